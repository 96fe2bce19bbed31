import type { Bundle, Task } from '@medplum/fhirtypes';
import { isType, type Resource } from '../fhir/resource.ts';

export type Identified = Resource & { readonly id: string };

/** The resources of an adopted graph: each has an id. */
export const resourcesOf = (graph: Bundle): readonly Identified[] =>
  (graph.entry ?? []).flatMap(({ resource }) => (resource?.id ? [resource as Identified] : []));

/** The one Coordination Task of a referral graph; the gateway's profile has made sure that there is one. */
export function taskOf(graph: Bundle): Task & { id: string } {
  for (const { resource } of graph.entry ?? []) if (isType(resource, 'Task')) return resource as Task & { id: string };
  throw new Error('a referral graph without Task passed validation');
}
