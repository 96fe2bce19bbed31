import type { LoadedMap } from '../program/program.ts';
import { type MapProblem, problem } from '../syntax/problem.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import { ambiguousLines, targetOf } from '../tables/table.ts';

/** Codes of the concept maps within a map that have two targets in one code system. */
export const conceptMapProblems = ({ file }: LoadedMap): MapProblem[] =>
  file.conceptMaps.flatMap(({ name, mappings }) =>
    ambiguousLines(
      mappings.map((it) => ({ ...it, target: targetOf(it) })),
      ({ targetSystem }) => targetSystem,
    ).map(({ source, line, column }) =>
      problem(
        'map-table-ambiguous',
        { code: source.slice(0, 64), table: `#${name}` },
        { path: file.path, line, column },
      ),
    ),
  );

export const commentProblems = ({ file }: LoadedMap): MapProblem[] =>
  file.doubtfulComments.map((at) => problem('map-comment-nested', {}, { path: file.path, ...at }));

/** What is wrong with the models that a map declares with `uses`. */
export function structureProblems({ file, types }: LoadedMap): MapProblem[] {
  const unknown = types.unknown.map(({ url, urlAt }) =>
    problem(
      'map-model-unknown',
      { url: url.slice(0, 200), suggestion: didYouMean(url, types.urls(), 200) },
      { path: file.path, ...urlAt },
    ),
  );
  const byAlias = new Map<string, string>();
  const repeated = file.structures.flatMap(({ url, alias, line, column }): MapProblem[] => {
    if (alias === undefined) return [];
    const first = byAlias.get(alias) ?? url;
    byAlias.set(alias, first);
    return first === url ? [] : [problem('map-alias-repeated', { alias }, { path: file.path, line, column })];
  });
  return [...unknown, ...repeated];
}
