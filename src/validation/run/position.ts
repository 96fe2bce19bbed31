import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';

/** Far deeper than any FHIR resource; bounds the recursion on hostile JSON. */
export const maxDepth = 100;

/** The current element as FHIRPath: `Patient.name[0].family`. */
export function expressionOf(run: Run): string {
  let text = run.root;
  for (let i = 0; i < run.depth; i++) {
    text += `.${run.segments[i]!.expression}`;
    if (run.index[i]! >= 0) text += `[${run.index[i]}]`;
  }
  return text;
}

/** Descends one level; `leave` returns. Not a closure, because it runs for every element. */
export function enter(run: Run, segment: Segment, index: number): void {
  run.segments[run.depth] = segment;
  run.index[run.depth] = index;
  run.depth++;
}

export const leave = (run: Run): void => {
  run.depth--;
};

/** Runs a check one level below the current element. */
export function atSegment(run: Run, segment: Segment, index: number, check: () => void): void {
  enter(run, segment, index);
  check();
  leave(run);
}

/** The definition path of the current element, for texts of findings. */
export const elementName = (run: Run, otherwise: string): string => run.segments[run.depth - 1]?.path || otherwise;
