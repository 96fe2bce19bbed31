import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { isType, type Resource } from '../fhir/resource.ts';

export type Identified = Resource & { readonly id: string };

/** The resources of an adopted graph: each has an id. */
export const resourcesOf = (graph: Bundle): readonly Identified[] =>
  (graph.entry ?? []).flatMap(({ resource }) => (resource?.id ? [resource as Identified] : []));

/** The one Coordination Task of a referral graph; the gateway's profile has made sure that there is one. */
export const taskOf = (graph: Bundle): Task & { id: string } => only(graph, 'Task') as Task & { id: string };
export const orderOf = (graph: Bundle): ServiceRequest => only(graph, 'ServiceRequest');

function only<T extends 'Task' | 'ServiceRequest'>(graph: Bundle, type: T) {
  for (const { resource } of graph.entry ?? []) if (isType(resource, type)) return resource;
  throw new Error(`a referral graph without ${type} passed validation`);
}
