import { join, relative } from 'node:path';
import type { PublishedMap } from '../exchange/maps/published-map.ts';
import { digestOf } from '../fhir/digest.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { MapError, type MapProblem, type MapSource, parseMap } from '../mapping/index.ts';
import { compileFolder, type MapTexts, mapFilesAt, parseMapTexts, readMapTexts } from './map-folder.ts';

/**
 * Compiled maps by their texts, the last used ones last. A set that is activated differs from the one in force in a few
 * files; compiling all maps again would hold up messages for most of a second.
 */
const compiled = new Map<string, PublishedMap>();
const mostCompiled = 100;

/** Compiles every map of a folder that no other map in it imports. Reports the mistakes of all of them at once. */
export function openMaps(folder: string): Result<readonly PublishedMap[]> {
  const problems: MapProblem[] = [];
  const maps = mapFilesAt(folder).flatMap((file): PublishedMap[] => {
    try {
      return [openMap(folder, readMapTexts(file))];
    } catch (error) {
      if (!(error instanceof MapError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  return problems.length ? failure(...problems) : success(maps);
}

function openMap(folder: string, texts: MapTexts): PublishedMap {
  const key = keyOf(folder, texts);
  const known = compiled.get(key);
  compiled.delete(key);
  const map = known ?? compileMap(folder, texts);
  compiled.set(key, map);
  for (const oldest of compiled.keys()) {
    if (compiled.size <= mostCompiled) break;
    compiled.delete(oldest);
  }
  return map;
}

/** Paths below the folder of maps: a stored set is compiled in another folder each time. */
function keyOf(folder: string, { path, sources, tables, resources }: MapTexts): string {
  const below = (files: readonly MapSource[]) => files.map(({ path: it, text }) => [relative(folder, it), text]);
  return digestOf(JSON.stringify([relative(folder, path), ...[sources, tables, resources].map(below)]));
}

function compileMap(folder: string, texts: MapTexts): PublishedMap {
  const found = parseMapTexts(texts);
  const { sources, definitions } = found;
  const path = relative(folder, texts.path);
  const map = compileFolder(found);
  const { text } = sources[0]!;
  const id = map.url.replace(/^.*\//, '');
  return { id, path, map, structureMap: { ...parseMap(text, join(folder, path)), id }, definitions };
}
