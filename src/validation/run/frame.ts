import type { Frame } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';

/** The Bundle that contains the resource, and the frame of its entry; for a Bundle without one around it, itself. */
export function enclosingBundle(
  frame: Frame,
): { readonly bundle: Frame; readonly entry: Frame | undefined } | undefined {
  for (let it: Frame = frame; it.parent; it = it.parent)
    if (it.parent.resource.resourceType === 'Bundle') return { bundle: it.parent, entry: it };
  return frame.resource.resourceType === 'Bundle' ? { bundle: frame, entry: undefined } : undefined;
}

/** Runs a check with another resource as the current one. */
export function inFrame(run: Run, frame: Frame, check: () => void): void {
  const before = run.frame;
  run.frame = frame;
  check();
  run.frame = before;
}
