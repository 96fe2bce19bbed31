import type { Resource } from '../../fhir/resource.ts';
import type { Run } from '../plan/plan.ts';
import { isObject, type Obj } from '../values/object.ts';
import { noted } from './once-per-run.ts';

export const containedIds = (run: Run): ReadonlyMap<string, Resource> =>
  noted(run, run.frame.root, 'contained', () => {
    const all = (run.frame.root as unknown as Obj).contained;
    const found = (Array.isArray(all) ? all : []).filter(isObject) as unknown as Resource[];
    return new Map(found.flatMap((it) => (typeof it.id === 'string' ? [[it.id, it] as const] : [])));
  });
