/** Ids are unique within the container; dom-3: a contained resource must be referenced (https://hl7.org/fhir/R4/references.html#contained). */
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { atSegment } from '../run/position.ts';
import { report } from '../run/report.ts';
import { isObject, type JsonObject } from '../values/object.ts';

const segment: Segment = {
  key: 'contained',
  expression: 'contained',
  path: 'DomainResource.contained',
  type: 'Resource',
};

/** Referenced from elsewhere in the resource, or itself referring to its container. */
export function checkContained(resource: JsonObject, run: Run): void {
  const { contained } = resource;
  if (!Array.isArray(contained) || run.context.policy.contained === 'ignore') return;
  const references = localReferences(resource);
  const ids = new Set<string>();
  for (const [i, it] of contained.entries()) {
    if (isObject(it) && typeof it.id === 'string') {
      if (ids.has(it.id)) atSegment(run, segment, i, () => report(run, 'contained-id-duplicate', {}));
      ids.add(it.id);
    }
    if (!isObject(it) || (typeof it.id === 'string' && references.has(`#${it.id}`))) continue;
    // The text of R4 allows a contained resource that refers to its container; its expression does not.
    if (localReferences(it).has('#')) continue;
    atSegment(run, segment, i, () => report(run, 'contained-unreferenced', {}, { constraint: 'dom-3' }));
  }
}

/** Every string of a reference, uri or canonical that starts with #. */
function localReferences(value: JsonObject): Set<string> {
  const found = new Set<string>();
  const pending: unknown[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Array.isArray(next)) for (const it of next) pending.push(it);
    else if (isObject(next)) for (const name in next) if (name !== 'div') pending.push(next[name]);
    if (typeof next === 'string' && next.startsWith('#')) found.add(next);
  }
  return found;
}
