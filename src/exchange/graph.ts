import type { Bundle } from '@medplum/fhirtypes';
import { isType, type Resource } from '../fhir/resource.ts';

export type Identified = Resource & { readonly id: string };

/** The resources of an adopted graph: each has an id. */
export const resourcesOf = (graph: Bundle): readonly Identified[] =>
  (graph.entry ?? []).flatMap(({ resource }) => (resource?.id ? [resource as Identified] : []));

/** `Type/id` of what to look at next: the first Coordination Task, or what comes first where nothing is asked. */
export function mainOf(graph: Bundle): string {
  const resources = resourcesOf(graph);
  const main = resources.find((it) => isType(it, 'Task')) ?? resources[0];
  if (!main) throw new Error('a graph without resources passed validation');
  return `${main.resourceType}/${main.id}`;
}
