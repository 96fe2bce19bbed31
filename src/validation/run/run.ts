/** What goes along while one resource is validated: where we are, what was found, and what may be asked. */

import { catalogue } from '../../fhir/catalogue/index.ts';
import {
  type Details,
  type Issue,
  isError,
  issue,
  type Place,
  type RuleCode,
  type Severity,
} from '../../fhir/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { Environment } from '../../fhirpath/index.ts';
import type { Knowledge } from '../compile/element-trees.ts';
import type { Target } from './reference-target.ts';

/** One step of the way into a resource, made when compiling. */
export type Segment = {
  /** The JSON property: `valueQuantity`, `_birthDate`. */
  readonly key: string;
  /** The same in FHIRPath: `value.ofType(Quantity)`, `birthDate`. */
  readonly says: string;
  /** Path in the definition: `HumanName.family`, `Observation.value[x]`. */
  readonly path: string;
  readonly type: string;
};

/** A question that validation cannot answer by itself; it asks nobody. */
export type Question = {
  readonly kind: 'code';
  readonly at: string;
  readonly element: string;
  readonly profile?: string;
  readonly strength: 'required' | 'extensible';
  /** Those that may be in the set: what is known to be out is left out. */
  readonly codings: readonly {
    readonly system?: string;
    readonly version?: string;
    readonly code: string;
    readonly display?: string;
  }[];
  readonly valueSet: string;
  /** The code systems whose content is not here. */
  readonly systems: readonly string[];
  /** Code systems of which the set has every code: whether a code exists says whether it is in. */
  readonly whole?: readonly string[];
};

/** A resource and what surrounds it: its container, its Bundle. */
export type Frame = {
  readonly resource: Resource;
  /** The resource that contains this one, or itself: where `#id` is looked up. */
  readonly root: Resource;
  readonly parent: Frame | undefined;
  /** fullUrl of the entry that holds it. */
  readonly fullUrl: string | undefined;
  /** How deep the way was when this resource began; extension contexts look no higher. */
  readonly depth: number;
  /** What invariants of this resource may ask; made when the first one runs. */
  environment?: Environment;
};

export type Reached = { readonly frame: Frame; readonly text: string; readonly target: Target };

export type Run = {
  readonly knowledge: Knowledge;
  readonly issues: Issue[];
  readonly questions: Question[];
  /** The name of the root resource, then one segment a level; `index[i]` is -1 for what does not repeat. */
  root: string;
  readonly way: Segment[];
  readonly index: number[];
  depth: number;
  frame: Frame;
  /** Above 0 only whether something fails is of interest: nothing is reported. */
  silent: number;
  failed: boolean;
  /** Profiles that a resource was or is being held against, so that references in a circle end. */
  judged: Map<object, Map<string, boolean>> | undefined;
  /** What was computed once for a resource of this run: the index of a Bundle, the ids of contained resources. */
  notes: Map<object, Map<string, unknown>> | undefined;
  /** The frame in which each resource of the run was found, for profiles that reach it from outside. */
  frames: Map<object, Frame> | undefined;
  /** Where the last reference led: the rules of one element ask one after the other. */
  reached: Reached | undefined;
};

export type PlaceOfRule = Omit<Place, 'expression' | 'line' | 'column'> & { readonly severity?: Severity };

/** Nothing in FHIR is deeper by far; a walk over hostile JSON ends here. */
export const maxDepth = 100;

export function report<R extends RuleCode>(run: Run, rule: R, details: Details<R>, place: PlaceOfRule = {}): void {
  if (run.silent > 0) {
    const severity = place.severity ?? catalogue[rule].severity;
    if (severity === 'error' || severity === 'fatal') run.failed = true;
    return;
  }
  run.issues.push(issue(rule, details, { expression: expressionOf(run), ...place }));
}

/** Reports what was found elsewhere before: its texts are the same wherever it is found, so they are made once. */
export function reportAgain(run: Run, finding: Issue): void {
  if (run.silent === 0) run.issues.push({ ...finding, expression: expressionOf(run) });
  else if (isError(finding)) run.failed = true;
}

/** FHIRPath of where the run is: `Patient.name[0].family`. */
export function expressionOf(run: Run): string {
  let text = run.root;
  for (let i = 0; i < run.depth; i++) {
    text += `.${run.way[i]!.says}`;
    if (run.index[i]! >= 0) text += `[${run.index[i]}]`;
  }
  return text;
}

/** Goes one step in; `leave` goes back. Kept apart from closures because it runs for every element. */
export function enter(run: Run, segment: Segment, index: number): void {
  run.way[run.depth] = segment;
  run.index[run.depth] = index;
  run.depth++;
}

export const leave = (run: Run): void => {
  run.depth--;
};

/** Reports below the element that the run is at. */
export function at(run: Run, segment: Segment, index: number, tell: () => void): void {
  enter(run, segment, index);
  tell();
  leave(run);
}

/** Whether a check passes, with nothing reported. */
export function passes(run: Run, check: () => void): boolean {
  const failedBefore = run.failed;
  run.silent++;
  run.failed = false;
  check();
  const passed = !run.failed;
  run.silent--;
  run.failed = failedBefore;
  return passed;
}

/** The errors that a check would report, for a message that says why nothing fitted. */
export function errorsOf(run: Run, check: () => void): readonly Issue[] {
  const [silent, count, questions] = [run.silent, run.issues.length, run.questions.length];
  run.silent = 0;
  check();
  run.silent = silent;
  run.questions.length = questions;
  return run.issues.splice(count).filter(isError);
}

/** Computed once for `key` in this run. */
export function noted<T>(run: Run, key: object, name: string, compute: () => T): T {
  run.notes ??= new Map();
  const notes = run.notes.get(key) ?? new Map<string, unknown>();
  run.notes.set(key, notes);
  if (!notes.has(name)) notes.set(name, compute());
  return notes.get(name) as T;
}
