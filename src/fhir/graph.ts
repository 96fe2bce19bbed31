import type { Bundle, BundleEntry, Reference, ResourceType } from '@medplum/fhirtypes';
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
  const known = graphs.get(bundle);
  if (known && known.entry === bundle.entry && known.size === bundle.entry?.length) return known.graph;
  const graph = makeGraph(bundle);
  graphs.set(bundle, { graph, entry: bundle.entry, size: bundle.entry?.length });
  return graph;
}

type Known = { readonly graph: Graph; readonly entry: Bundle['entry']; readonly size: number | undefined };

/** The steps of a message read the same Bundle ten times. Its resources are not replaced, only the Bundle is. */
const graphs = new WeakMap<Bundle, Known>();

function makeGraph(bundle: Bundle): Graph {
  const resources: Resource[] = [];
  for (const { resource } of entriesIn(bundle)) if (isObject(resource)) resources.push(resource);
  /** Made when a reference is first resolved: most steps of a message only look for resources of a type. */
  let places: ReadonlyMap<string, Resource> | undefined;
  const all = <T extends ResourceType>(type: T) =>
    resources.filter((it): it is Resource & ResourceOf<T> => isType(it, type));
  return {
    bundle,
    resources,
    all,
    first: (type) => all(type)[0],
    resolve: (it) => {
      const reference: unknown = it?.reference;
      if (typeof reference !== 'string' || reference === '') return undefined;
      places ??= placesIn(bundle);
      return places.get(withoutVersion(reference));
    },
  };
}

const withoutVersion = (reference: string): string =>
  reference.includes('/_history/') ? reference.replace(/\/_history\/[^/]*$/, '') : reference;

/** Maps read Bundles that nobody validated: an entry may be anything. */
const entriesIn = ({ entry }: Bundle): readonly BundleEntry[] => (Array.isArray(entry) ? entry.filter(isObject) : []);

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** By fullUrl, then by `Type/id`; the first of two with the same one. */
function placesIn(bundle: Bundle): ReadonlyMap<string, Resource> {
  const entry = entriesIn(bundle);
  const places = new Map<string, Resource>();
  const add = (place: string | undefined, resource: Resource | undefined): void => {
    if (place && isObject(resource) && !places.has(place)) places.set(place, resource);
  };
  for (const { fullUrl, resource } of entry) add(fullUrl, resource);
  for (const { resource } of entry) add(resource?.id && `${resource.resourceType}/${resource.id}`, resource);
  return places;
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
