import { parse } from '../syntax/parser.ts';
import { type MapProblem, MapSyntaxError } from '../syntax/problem.ts';
import type { MapFile } from '../syntax/tree.ts';
import { fromStructureMap } from './structure-map.ts';

/** The text of a map file: FML, or a StructureMap in JSON. */
export type MapSource = { readonly path: string; readonly text: string };

/** Reads all texts before it throws, so that an author sees the errors of every file. */
export function readAll(sources: readonly MapSource[]): MapFile[] {
  const problems: MapProblem[] = [];
  const files = sources.flatMap((source) => {
    try {
      return [readOne(source)];
    } catch (error) {
      if (!(error instanceof MapSyntaxError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new MapSyntaxError(problems);
  return files;
}

export function readOne({ path, text }: MapSource): MapFile {
  const bare = text.replace(/^\uFEFF/, '');
  return bare.trimStart().startsWith('{') ? fromStructureMap(bare, path) : parse(bare, path);
}
