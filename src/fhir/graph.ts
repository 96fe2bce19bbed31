import type { Bundle, Reference, ResourceType } from '@medplum/fhirtypes';
import { isType, type Resource, type ResourceOf } from './resource.ts';

/** A Bundle as a graph of resources. */
export type Graph = {
  readonly bundle: Bundle;
  readonly resources: readonly Resource[];
  readonly all: <T extends ResourceType>(type: T) => readonly ResourceOf<T>[];
  readonly first: <T extends ResourceType>(type: T) => ResourceOf<T> | undefined;
  /**
   * Resolves a reference within the Bundle (https://hl7.org/fhir/R4/bundle.html#references) by fullUrl or `Type/id`,
   * also when the fullUrls are not RESTful. Of two entries with the same id it returns the first.
   */
  readonly resolve: (reference: Reference | undefined) => Resource | undefined;
};

export function graphOf(bundle: Bundle): Graph {
  const resources: Resource[] = [];
  const places = new Map<string, Resource>();
  const add = (place: string | undefined, resource: Resource): void => {
    if (place && !places.has(place)) places.set(place, resource);
  };
  for (const { fullUrl, resource } of bundle.entry ?? []) {
    if (!resource) continue;
    resources.push(resource);
    add(fullUrl, resource);
  }
  for (const resource of resources) if (resource.id) add(`${resource.resourceType}/${resource.id}`, resource);
  const all = <T extends ResourceType>(type: T) =>
    resources.filter((it): it is Resource & ResourceOf<T> => isType(it, type));
  return {
    bundle,
    resources,
    all,
    first: (type) => all(type)[0],
    resolve: ({ reference } = {}) => (reference ? places.get(reference.replace(/\/_history\/[^/]*$/, '')) : undefined),
  };
}

export type Identified = Resource & { readonly id: string };

/** The resources of an adopted graph: each has an id. */
export const resourcesOf = (graph: Bundle): readonly Identified[] =>
  (graph.entry ?? []).flatMap(({ resource }) => (resource?.id ? [resource as Identified] : []));

/**
 * `Type/id` of the main resource, for the Location header: the first Task, or the first resource when there is no Task.
 */
export function mainOf(graph: Bundle): string {
  const resources = resourcesOf(graph);
  const main = resources.find((it) => isType(it, 'Task')) ?? resources[0];
  if (!main) throw new Error('a graph without resources passed validation');
  return `${main.resourceType}/${main.id}`;
}
