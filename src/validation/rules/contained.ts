/** dom-3: a contained resource is there because something refers to it (https://hl7.org/fhir/R4/references.html#contained). */
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { at } from '../run/position.ts';
import { report } from '../run/report.ts';
import { isObject, type Obj } from '../values/object.ts';

const segment: Segment = { key: 'contained', says: 'contained', path: 'DomainResource.contained', type: 'Resource' };

/** Referred to from elsewhere in the resource, or referring to the resource that contains it. */
export function checkContained(resource: Obj, run: Run): void {
  const { contained } = resource;
  if (!Array.isArray(contained) || run.context.policy.contained === 'ignore') return;
  const named = localReferences(resource);
  for (const [i, it] of contained.entries()) {
    if (!isObject(it) || (typeof it.id === 'string' && named.has(`#${it.id}`))) continue;
    // A contained resource that refers to its container is there for that (R4 by its text, not by its expression).
    if (localReferences(it).has('#')) continue;
    at(run, segment, i, () => report(run, 'contained-unreferenced', {}, { constraint: 'dom-3' }));
  }
}

/** Every string of a reference, uri or canonical that starts with #. */
function localReferences(value: Obj): Set<string> {
  const found = new Set<string>();
  const pending: unknown[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Array.isArray(next)) for (const it of next) pending.push(it);
    else if (isObject(next)) for (const name in next) if (name !== 'div') pending.push(next[name]);
    if (typeof next === 'string' && next.startsWith('#')) found.add(next);
  }
  return found;
}
