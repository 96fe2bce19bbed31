import type { Frame } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';

/** The Bundle that contains the resource, and the frame of its entry. */
export function enclosingBundle(frame: Frame): { readonly bundle: Frame; readonly entry: Frame } | undefined {
  for (let it: Frame = frame; it.parent; it = it.parent)
    if (it.parent.resource.resourceType === 'Bundle') return { bundle: it.parent, entry: it };
  return undefined;
}

/** Runs a check with another resource as the current one. */
export function inFrame(run: Run, frame: Frame, check: () => void): void {
  const before = run.frame;
  run.frame = frame;
  check();
  run.frame = before;
}
