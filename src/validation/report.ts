import { type Issue, isError, type RuleCode } from '../fhir/issue.ts';
import { locator } from '../fhir/locate.ts';
import type { Run } from './plan/plan.ts';
import type { Question } from './plan/question.ts';

/**
 * `undecided`: a required code, a rule or a profile could not be checked with the loaded definitions. Never treat it as
 * valid.
 */
export type Verdict = 'valid' | 'invalid' | 'undecided';

export type Report = {
  readonly verdict: Verdict;
  readonly issues: readonly Issue[];
  /** Questions that the loaded definitions leave open. */
  readonly questions: readonly Question[];
};

/** The report of a finished run; with `text`, the source of the resource, each issue has line and column. */
export function reportOf({ issues, questions }: Run, text: string | undefined): Report {
  if (issues.length === 0 && questions.length === 0) return { verdict: 'valid', issues, questions };
  const found = text === undefined ? distinct(issues) : located(distinct(issues), text);
  return { verdict: verdictOf(found, questions), issues: found, questions };
}

/** Findings that nothing could be decided about: as a warning they leave the verdict undecided. */
const openings: ReadonlySet<RuleCode> = new Set([
  'constraint-unsupported',
  'invariant-undecided',
  'profile-not-loaded',
]);

export function verdictOf(issues: readonly Issue[], questions: readonly Question[]): Verdict {
  if (issues.some(isError)) return 'invalid';
  const isOpen =
    questions.some(({ strength }) => strength === 'required') ||
    issues.some(({ rule, severity }) => severity === 'warning' && openings.has(rule));
  return isOpen ? 'undecided' : 'valid';
}

/** Removes duplicates (two profiles, a type and its extension report the same), keeping the most severe. */
function distinct(issues: readonly Issue[]): readonly Issue[] {
  if (issues.length < 2) return issues;
  const byPlace = new Map<string, number[]>();
  const found: Issue[] = [];
  for (const it of issues) {
    const place = it.expression ?? '';
    const same = byPlace.get(place) ?? [];
    const before = same.find((at) => found[at]!.rule === it.rule && found[at]!.message === it.message);
    if (before === undefined) byPlace.set(place, [...same, found.push(it) - 1]);
    else if (isError(it) && !isError(found[before]!)) found[before] = it;
  }
  return found;
}

function located(issues: readonly Issue[], text: string): Issue[] {
  const locate = locator(text);
  return issues.map((it) => ({ ...it, ...locate(it.expression ?? '') }));
}
