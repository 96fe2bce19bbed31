import type { Resource } from '../../fhir/resource.ts';
import type { Run } from '../plan/plan.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { oncePerRun } from './once-per-run.ts';

/** The contained resources of a resource, by id: by default of the root of the current one. */
export const containedById = (run: Run, root: Resource = run.frame.root): ReadonlyMap<string, Resource> =>
  oncePerRun(run, root, 'contained', () => {
    const all = (root as unknown as JsonObject).contained;
    const found = (Array.isArray(all) ? all : []).filter(isObject) as unknown as Resource[];
    return new Map(found.flatMap((it) => (typeof it.id === 'string' ? [[it.id, it] as const] : [])));
  });
