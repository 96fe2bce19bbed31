import type { Details } from '../../fhir/issue.ts';
import { type Issue, issue, type RuleCode } from '../../fhir/issue.ts';
import { FhirPathBudgetError, FhirPathEvaluationError } from '../../fhirpath/index.ts';
import type { Lineage } from './lineage.ts';
import { type Node, pathOf } from './node.ts';
import type { Created } from './prune.ts';
import { describePlace, type RulePlace } from './rule-place.ts';

/** A code that a table does not contain, for the list of unknown codes. It contains a value of the message: never log it. */
export type UnmappedCode = {
  readonly table: string;
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
  /** FHIRPath of its place in the source. */
  readonly expression: string;
  readonly handling: 'refuse' | 'text' | 'queue';
};

/** State of one run of a map. */
export type Run = {
  readonly issues: Issue[];
  readonly unmapped: UnmappedCode[];
  /** Elements that the map created empty; removed at the end when they still are. */
  readonly created: Created;
  /** Targets of `share` and `single`, by the object that contains them. */
  readonly shared: Map<object, Map<string, Node>>;
  /** Number of elements that `first` and `last` fixed at the start and the end of an array. */
  readonly pinned: Map<unknown[], { first: number; last: number }>;
  readonly newId: () => string;
  readonly lineage: Lineage | undefined;
  elementCount: number;
  /** Number of list elements that rules iterated over. */
  stepCount: number;
  depth: number;
};

/** One slot per variable; each call of a group has its own frame. */
export type Frame = (Node | undefined)[];

/** Thrown to end a run that exceeds its limits. */
export class LimitExceeded extends Error {}

export const maxElements = 200_000;
const maxIssues = 1000;
const maxSteps = 2_000_000;
/** Steps of FHIRPath (fhirpath/budget.ts) that one run, or the constants of one compilation, may take: 0.2 s on a slow core. */
export const maxExpressionSteps = 5_000_000;
const maxCallDepth = 256;

export const report = <R extends RuleCode>(run: Run, rule: R, details: Details<R>, at?: Node): void =>
  addIssue(run, issue(rule, details, at ? { expression: pathOf(at) } : {}));

/** Adds an issue. The limit ends a run that would report the same fault thousands of times. */
export function addIssue(run: Run, found: Issue): void {
  run.issues.push(found);
  if (run.issues.length < maxIssues) return;
  run.issues.push(issue('map-output-too-large', { place: `finding ${maxIssues}` }));
  throw new LimitExceeded();
}

export function countElement(run: Run, place: RulePlace): void {
  if (++run.elementCount > maxElements) tooManyElements(run, place);
}

export function tooManyElements(run: Run, place: RulePlace): never {
  report(run, 'map-output-too-large', { place: describePlace(place) });
  throw new LimitExceeded();
}

/** Nested rules iterate over nested lists: without a limit a message of many small parts could run for hours. */
export function countSteps(run: Run, stepCount: number, place: RulePlace): void {
  run.stepCount += stepCount;
  if (run.stepCount <= maxSteps) return;
  report(run, 'map-output-too-large', { place: describePlace(place) });
  throw new LimitExceeded();
}

/** An expression that failed ends in a finding; one that took too many steps ends the run, since each further one would too. */
export function expressionFailed(error: unknown, run: Run, place: RulePlace, at?: Node): void {
  if (!(error instanceof FhirPathEvaluationError)) throw error;
  const rule = error instanceof FhirPathBudgetError ? 'map-too-costly' : 'map-evaluation-failed';
  report(run, rule, { place: describePlace(place) }, at);
  if (rule === 'map-too-costly') throw new LimitExceeded();
}

export function countCall(run: Run, place: RulePlace): void {
  if (++run.depth <= maxCallDepth) return;
  report(run, 'map-recursion-too-deep', { place: describePlace(place) });
  throw new LimitExceeded();
}
