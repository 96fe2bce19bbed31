import type { Resource } from '../../fhir/resource.ts';
import type { Run } from '../plan/plan.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { oncePerRun } from './once-per-run.ts';

/** The contained resources of the root of the current resource, by id. */
export const containedById = (run: Run): ReadonlyMap<string, Resource> =>
  oncePerRun(run, run.frame.root, 'contained', () => {
    const all = (run.frame.root as unknown as JsonObject).contained;
    const found = (Array.isArray(all) ? all : []).filter(isObject) as unknown as Resource[];
    return new Map(found.flatMap((it) => (typeof it.id === 'string' ? [[it.id, it] as const] : [])));
  });
