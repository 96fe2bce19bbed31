import type { Resource } from '../../fhir/resource.ts';

/** The configured id of a partner, as used for access to resources. */
export type PartnerId = string;

export type ResourceKey = { readonly type: string; readonly id: string };

/** A resource to write. The store sets meta.versionId (1, 2, ...) and meta.lastUpdated (the commit's `now`). */
export type Change = {
  readonly resource: Resource & { readonly id: string };
  /**
   * The version as exact JSON text, ready-made by `sendable`. A clone of the resource loses the digits of
   * its numbers (1.10), so that a store in another thread requires it; absent: the store creates it.
   */
  readonly text?: string;
  /** `new`: no resource of this type and id exists. A version: the current one (If-Match). */
  readonly expect: 'new' | { readonly version: number };
  /**
   * Partners that may see the resource from this version on, besides those of earlier versions. Without readers, only a
   * call without reader (the gateway itself) sees it.
   */
  readonly readers: readonly PartnerId[];
};

/** Partners that may see a resource from its current version on, without a change of the resource. */
export type Grant = ResourceKey & { readonly readers: readonly PartnerId[] };

/**
 * Partners whose right to read a resource ends, in all its versions. A grant in the same commit restores it from the
 * version of that commit on.
 */
export type Revocation = ResourceKey & { readonly readers: readonly PartnerId[] };

/**
 * A resource that must still be at this version when the commit takes place, although the commit does not change it.
 */
export type Guard = ResourceKey & { readonly version: number };

/** One version of a resource, as exact JSON text (decimals keep their precision). */
export type StoredResource = ResourceKey & {
  readonly version: number;
  readonly lastUpdated: Date;
  readonly text: string;
};

/**
 * A search (https://hl7.org/fhir/R4/search.html). Criteria are ANDed, the values of a criterion are ORed; values are in
 * FHIR's notation: `system|code`, `Organization/1`, `ge2026-01-01`. Names are those of store/search-parameters.ts,
 * `_id` and `_lastUpdated`; modifiers: those of `modifiersOf`.
 */
export type Query = {
  readonly criteria: readonly Criterion[];
  /** A name of `sortableBy`, with `-` for descending. Resources without the value are last. Default: newest first. */
  readonly sort?: string;
  readonly count: number;
  /** `next` of the previous page; valid for the same criteria and sort only. */
  readonly cursor?: string;
  /**
   * Only for the gateway itself, by one criterion of the reference of a statement: of the resources that state the same, the earliest
   * alone (statements.ts).
   */
  readonly distinct?: true;
  /** Counting is expensive: request it on the first page only. */
  readonly total?: boolean;
  /** The present, which the prefix `ap` depends on. */
  readonly now?: Date;
};

export type Criterion = {
  readonly name: string;
  readonly modifier?: string;
  readonly values: readonly string[];
  /** What meets one of these instead matches too. */
  readonly or?: readonly Criterion[];
  /**
   * Instead of values: the reference leads to a stored resource of this type that meets the criterion, and that the reader
   * may read.
   */
  readonly through?: { readonly type: string; readonly criterion: Criterion };
};

export type SearchResult =
  /** `total` is absent when not requested, or above the number of matches that the store counts. */
  | {
      readonly kind: 'found';
      readonly resources: readonly StoredResource[];
      readonly total?: number;
      readonly next?: string;
    }
  /** No such parameter, modifier or prefix for this type. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** More resources match than the store sorts by another parameter than `_lastUpdated`. */
  | { readonly kind: 'too-many'; readonly name: string }
  /** The value (or the cursor, under the name `cursor`) cannot be parsed. */
  | { readonly kind: 'malformed'; readonly name: string };

export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

/**
 * Resources with their versions. For a reader, a resource it may not see is indistinguishable from one that does not
 * exist.
 */
export type Resources = {
  /** For a reader, a resource it may not see is undefined, as if it did not exist. */
  read(type: string, id: string, reader?: PartnerId): Promise<StoredResource | undefined>;
  vread(type: string, id: string, version: number, reader?: PartnerId): Promise<StoredResource | undefined>;

  /** Newest first; empty when the resource does not exist for this reader. */
  history(type: string, id: string, reader?: PartnerId): Promise<readonly StoredResource[]>;
  search(type: string, query: Query, reader?: PartnerId): Promise<SearchResult>;

  /** Resources of the type that were last changed at this time or later, in the order of their changes, without their texts. */
  changedSince(
    type: string,
    since: Date,
    page: { readonly count: number; readonly cursor?: string },
  ): Promise<Page<{ readonly id: string; readonly version: number; readonly lastUpdated: Date }>>;

  /** Resources of any type whose current version refers to any of these (`Type/id`). */
  referringTo(references: readonly string[]): Promise<readonly ResourceKey[]>;
};
