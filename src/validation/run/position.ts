import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';

/** Nothing in FHIR is deeper by far; a walk over hostile JSON ends here. */
export const maxDepth = 100;

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

/** What the value at the end of the way is called in a message. */
export const elementName = (run: Run, otherwise: string): string => run.way[run.depth - 1]?.path || otherwise;
