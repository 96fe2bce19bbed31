import { join, relative } from 'node:path';
import type { PublishedMap } from '../exchange/gateway.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { MapError, type MapProblem, parseMap } from '../mapping/index.ts';
import { compileFolder, mapFilesAt, readMapFolder } from './map-folder.ts';

/** The maps of a folder, and the texts of all that they were made from by file. */
export type PublishedMaps = { readonly maps: readonly PublishedMap[]; readonly texts: ReadonlyMap<string, string> };

/** Compiles every map of a folder that no other map there imports. The mistakes of all of them are told at once. */
export function openMaps(folder: string): Result<PublishedMaps> {
  const texts = new Map<string, string>();
  const problems: MapProblem[] = [];
  const maps = mapFilesAt(folder).flatMap((file): PublishedMap[] => {
    try {
      const found = readMapFolder(file);
      const { sources, beside, definitions } = found;
      for (const { path, text } of [...sources, ...beside]) texts.set(relative(folder, path), text);
      const path = relative(folder, file);
      const map = compileFolder(found);
      const { text } = sources[0]!;
      const id = map.url.replace(/^.*\//, '');
      return [{ id, path, map, structureMap: { ...parseMap(text, join(folder, path)), id }, definitions }];
    } catch (error) {
      if (!(error instanceof MapError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  return problems.length ? failure(...problems) : success({ maps, texts });
}
