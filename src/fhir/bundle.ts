import type { Bundle } from '@medplum/fhirtypes';
import type { Issue } from './issue.ts';
import type { Resource } from './resource.ts';

export type IndexedEntry = {
  /** Its place in Bundle.entry. */
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly resource: Resource;
};

/** An entry that a reference points to. */
export type Resolved = {
  readonly entry: IndexedEntry;
  /**
   * `fullUrl`: by the rules of R4. `id`: only by type and id, which R4 gives no meaning
   * (the target has no fullUrl, or source or target has one that is no RESTful address).
   */
  readonly by: 'fullUrl' | 'id';
  /** Other entries have the same address; the first was taken. */
  readonly ambiguous: boolean;
};

export type BundleIndex = {
  readonly entries: readonly IndexedEntry[];
  /** Addresses that more than one entry has, as warnings. */
  readonly issues: readonly Issue[];
  /** The entry that `reference`, found in the resource of the entry with `fromFullUrl`, points to. Constant time. */
  readonly resolve: (reference: string, fromFullUrl?: string) => Resolved | undefined;
};

/** Indexes a Bundle by the rules of https://hl7.org/fhir/R4/bundle.html#references. Linear in its entries. */
export declare function bundleIndex(bundle: Bundle): BundleIndex;

export type AdoptOptions = {
  readonly newId: () => string;
  /** System of the identifier that each adopted resource gets; `mgnNaming('resource')` unless told. */
  readonly identifierSystem?: string;
  /** What to write for a reference that nothing in the Bundle answers; undefined leaves it and warns. */
  readonly resolveElsewhere?: (reference: string) => string | undefined;
};

export type Adopted = {
  readonly bundle: Bundle;
  /** From the old addresses (fullUrl, and Type/id) to the new `Type/id`. */
  readonly ids: ReadonlyMap<string, string>;
  readonly issues: readonly Issue[];
};

/**
 * Takes a Bundle in as a transaction does: each entry gets a new id and the fullUrl `urn:uuid:<id>`, each reference
 * that resolves inside becomes `Type/<new id>`, and each resource carries its id as an identifier too.
 * Nothing is dropped; what resolves nowhere stays and is named in a warning. Never changes its input.
 */
export declare function adopt(bundle: Bundle, options: AdoptOptions): Adopted;
