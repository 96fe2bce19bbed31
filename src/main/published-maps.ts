import { join, relative } from 'node:path';
import type { PublishedMap } from '../exchange/maps/published-map.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { MapError, type MapProblem, type MapTerminology, parseMap } from '../mapping/index.ts';
import { compileFolder, mapFilesAt, readMapFolder } from './map-folder.ts';

/**
 * Compiles every map of a folder that no other map in it imports; `terminology` decides its value sets. Reports the mistakes of all of
 * them at once.
 */
export function openMaps(folder: string, terminology?: () => MapTerminology): Result<readonly PublishedMap[]> {
  const problems: MapProblem[] = [];
  const maps = mapFilesAt(folder).flatMap((file): PublishedMap[] => {
    try {
      const found = readMapFolder(file);
      const { sources, definitions } = found;
      const path = relative(folder, file);
      const map = compileFolder(found, terminology ? { terminology } : {});
      const { text } = sources[0]!;
      const id = map.url.replace(/^.*\//, '');
      return [{ id, path, map, structureMap: { ...parseMap(text, join(folder, path)), id }, definitions }];
    } catch (error) {
      if (!(error instanceof MapError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  return problems.length ? failure(...problems) : success(maps);
}
