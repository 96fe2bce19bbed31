import { type Details, type Issue, issue, type RuleCode } from '../../fhir/issue.ts';
import type { Place } from './tree.ts';

/** Where in a map a problem is. */
export type MapPlace = Partial<Place> & { readonly path: string; readonly group?: string; readonly mapRule?: string };

/** An issue of the catalogue about a map itself, with its file and, where it applies, group and rule. */
export type MapProblem = Issue & MapPlace;

export function problem<R extends RuleCode>(rule: R, details: Details<R>, place: MapPlace): MapProblem {
  const found = issue(rule, details);
  return { ...found, dutch: found.dutch.replace('Did you mean', 'Bedoelde u'), ...place };
}

/** One line: file:line:column, code, group and rule, text. */
export const describeProblem = ({ path, line, column, group, mapRule, rule, message }: MapProblem): string => {
  const within = [group && `group ${group}`, mapRule && `rule ${mapRule}`].filter(Boolean).join(', ');
  return `${path}:${line ?? 1}:${column ?? 1} ${rule}${within ? ` (${within})` : ''}: ${message}`;
};

/** All problems of a map; `message` has one line per problem: file:line:column, code, text. */
export class MapError extends Error {
  readonly problems: readonly MapProblem[];
  constructor(problems: readonly MapProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'MapError';
    this.problems = problems;
  }
}

/** The text is not valid FML. The parser recovers after an error, so that all of them are listed. */
export class MapSyntaxError extends MapError {
  constructor(problems: readonly MapProblem[]) {
    super(problems);
    this.name = 'MapSyntaxError';
  }
}
