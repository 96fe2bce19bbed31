import type { Details } from '../fhir/issue.ts';
import { type Issue, issue, type RuleCode } from '../fhir/issue.ts';
import type { Lineage } from './lineage.ts';
import { type Node, pathOf } from './node.ts';
import type { Created } from './prune.ts';

/** Where in a map something comes from: what issues and lineage name. */
export type RulePlace = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly group: string;
  readonly name: string;
  /** The same for all rules that one `src -> tgt: a, b;` stands for. */
  readonly batch?: string;
};

/** A code that a table did not know, for the list of unknown codes. It holds a value of the message: never log it. */
export type UnmappedCode = {
  readonly table: string;
  readonly system?: string;
  readonly code: string;
  readonly display?: string;
  /** FHIRPath of where it stood. */
  readonly expression: string;
  readonly handling: 'refuse' | 'text' | 'queue';
};

/** What one run of a map knows and finds. */
export type Run = {
  readonly issues: Issue[];
  readonly unmapped: UnmappedCode[];
  /** Elements that the map made empty, to be taken out again when they stay so. */
  readonly created: Created;
  /** Targets of `share` and `single`, by the object that holds them. */
  readonly shared: Map<object, Map<string, Node>>;
  /** How many elements at the start and the end of an array are held there by `first` and `last`. */
  readonly pinned: Map<unknown[], { first: number; last: number }>;
  readonly newId: () => string;
  readonly lineage: Lineage | undefined;
  made: number;
  /** Elements of lists that rules went through. */
  steps: number;
  depth: number;
};

/** One variable a slot; each call of a group has its own frame. */
export type Frame = (Node | undefined)[];

/** Ends a run that would not end by itself. */
export class Stopped extends Error {}

export const mostElements = 200_000;
const mostIssues = 1000;
const mostSteps = 2_000_000;
const deepestCalls = 256;

export const report = <R extends RuleCode>(run: Run, rule: R, details: Details<R>, at?: Node): void =>
  raise(run, issue(rule, details, at ? { expression: pathOf(at) } : {}));

/** Tells a finding. A message that gives more of them than anybody reads is not mapped to its end. */
export function raise(run: Run, found: Issue): void {
  run.issues.push(found);
  if (run.issues.length < mostIssues) return;
  run.issues.push(issue('map-output-too-large', { place: `finding ${mostIssues}` }));
  throw new Stopped();
}

export function countElement(run: Run, place: RulePlace): void {
  if (++run.made > mostElements) tooManyElements(run, place);
}

export function tooManyElements(run: Run, place: RulePlace): never {
  report(run, 'map-output-too-large', { place: tellPlace(place) });
  throw new Stopped();
}

/** Rules within rules go through lists within lists: a message of many small parts must not take for ever. */
export function countSteps(run: Run, steps: number, place: RulePlace): void {
  run.steps += steps;
  if (run.steps <= mostSteps) return;
  report(run, 'map-output-too-large', { place: tellPlace(place) });
  throw new Stopped();
}

export function enterGroup(run: Run, place: RulePlace): void {
  if (++run.depth <= deepestCalls) return;
  report(run, 'map-recursion-too-deep', { place: tellPlace(place) });
  throw new Stopped();
}

/** `elz-bundle.fml:12 (Task.status)`: the file without its folders, the line, the group and the rule. */
export const tellPlace = ({ path, line, group, name }: RulePlace): string =>
  `${path.replace(/^.*\//, '')}:${line} (${group}${name ? `.${name}` : ''})`;
