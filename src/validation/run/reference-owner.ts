import type { Frame } from '../plan/frame.ts';
import type { Run } from '../plan/plan.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { oncePerRun } from './once-per-run.ts';

/**
 * The frame of the resource that contains a Reference. A rule of a Bundle or of Parameters reaches references of the
 * resources inside: they are resolved from there, not from the Bundle.
 */
export function frameOfReference(run: Run, reference: object): Frame {
  const { frame, frames } = run;
  if (!frames || !holdsResources(frame.resource)) return frame;
  const owner = ownersOf(run, frame.resource).get(reference);
  return (owner && frames.get(owner)) ?? frame;
}

/** Resources that may contain others; of the rest every reference is their own, or that of a contained resource. */
const holdsResources = (resource: object): boolean => {
  const { resourceType, contained } = resource as JsonObject;
  return resourceType === 'Bundle' || resourceType === 'Parameters' || contained !== undefined;
};

/** The innermost resource around each Reference below a resource. */
const ownersOf = (run: Run, root: object): ReadonlyMap<object, object> =>
  oncePerRun(run, root, 'reference owners', () => {
    const owners = new Map<object, object>();
    const pending: { readonly value: unknown; readonly owner: object }[] = [{ value: root, owner: root }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { value } = next;
      if (Array.isArray(value)) for (const it of value) pending.push({ value: it, owner: next.owner });
      if (!isObject(value)) continue;
      const owner = typeof value.resourceType === 'string' ? value : next.owner;
      if (typeof value.reference === 'string') owners.set(value, owner);
      for (const name in value)
        if (typeof value[name] === 'object' && value[name] !== null) pending.push({ value: value[name], owner });
    }
    return owners;
  });
