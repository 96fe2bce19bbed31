import type { Resource } from '../../../fhir/resource.ts';

/** The index entries of a resource as rows. */
export type IndexRows = {
  /** Values that few resources have. */
  readonly tokens: readonly { readonly parameter: string; readonly value: string; readonly system: string }[];
  /** All others: see facets.ts. */
  readonly facets: string;
  readonly low: number | null;
  readonly high: number | null;
};

export type Indexing = {
  readonly of: (resource: Resource) => IndexRows;
  /** Number of a parameter. */
  readonly key: (type: string, parameter: string) => number;
};
