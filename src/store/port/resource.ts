import type { Resource } from '../../fhir/resource.ts';

/** The configured id of a partner; who may see a resource is told in these. */
export type PartnerId = string;

export type ResourceKey = { readonly type: string; readonly id: string };

/** A resource to be written. The store sets meta.versionId (1, 2, ...) and meta.lastUpdated (the commit's `now`). */
export type Change = {
  readonly resource: Resource & { readonly id: string };
  /** `new`: there is none with this type and id. A version: that one is current (If-Match). */
  readonly expect: 'new' | { readonly version: number };
  /**
   * Partners that may see the resource from this version on, besides those of earlier versions.
   * Nobody sees what names no readers, except a call without reader (the gateway itself).
   */
  readonly readers: readonly PartnerId[];
};

/** Partners that may see a resource from its present version on, though the commit does not change it. */
export type Grant = ResourceKey & { readonly readers: readonly PartnerId[] };

/** What must still be at this version for a commit to hold, though the commit does not change it. */
export type Guard = ResourceKey & { readonly version: number };

/** One version of a resource, as the exact JSON text (decimals keep their digits). */
export type StoredResource = ResourceKey & {
  readonly version: number;
  readonly lastUpdated: Date;
  readonly text: string;
};

/**
 * A search (https://hl7.org/fhir/R4/search.html). Criteria are and-ed; the values of one criterion are or-ed and
 * still in FHIR's own form: `system|code`, `Organization/1`, `ge2026-01-01`. Names are those of
 * store/search-parameters.ts and `_id`, `_lastUpdated`; modifiers: `identifier` on owner and requester, `not` on tokens.
 */
export type Query = {
  readonly criteria: readonly Criterion[];
  /** Newest first unless told otherwise. */
  readonly sort?: '_lastUpdated' | '-_lastUpdated';
  readonly count: number;
  /** `next` of the page before; belongs to the same criteria and sort. */
  readonly cursor?: string;
  /** Counting costs; ask for it on the first page. */
  readonly total?: boolean;
};

export type Criterion = { readonly name: string; readonly modifier?: string; readonly values: readonly string[] };

export type SearchResult =
  /** `total` is absent when not asked for, or when there are more matches than the store is willing to count. */
  | {
      readonly kind: 'found';
      readonly resources: readonly StoredResource[];
      readonly total?: number;
      readonly next?: string;
    }
  /** No such parameter, modifier or prefix for this type. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** The value (or the cursor, under the name `cursor`) can't be read. */
  | { readonly kind: 'malformed'; readonly name: string };

export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

/** Resources with their versions. With a reader, what that partner may not see is answered exactly as what is not there. */
export type Resources = {
  /** With a reader, what that partner may not see is answered exactly as what is not there. */
  read(type: string, id: string, reader?: PartnerId): Promise<StoredResource | undefined>;
  vread(type: string, id: string, version: number, reader?: PartnerId): Promise<StoredResource | undefined>;

  /** Newest first; empty when there is no such resource for this reader. */
  history(type: string, id: string, reader?: PartnerId): Promise<readonly StoredResource[]>;
  search(type: string, query: Query, reader?: PartnerId): Promise<SearchResult>;
};
