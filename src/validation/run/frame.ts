import type { Frame } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';

/** The Bundle around a frame, with the frame of its entry. */
export function bundleAround(frame: Frame): { readonly bundle: Frame; readonly entry: Frame } | undefined {
  for (let it: Frame = frame; it.parent; it = it.parent)
    if (it.parent.resource.resourceType === 'Bundle') return { bundle: it.parent, entry: it };
  return undefined;
}

/** Runs a check as if the run were in that resource. */
export function within(run: Run, frame: Frame, check: () => void): void {
  const before = run.frame;
  run.frame = frame;
  check();
  run.frame = before;
}
