import type { Bundle } from '@medplum/fhirtypes';
import { type BundleIndex, bundleIndex } from './bundle.ts';
import { mgnNaming } from './canonical.ts';
import { clone } from './clone.ts';
import { type Issue, issue } from './issue.ts';
import { typeModel } from './model.ts';
import { type FoundReference, parseReference, referencesIn } from './reference.ts';
import type { Resource } from './resource.ts';

export type AdoptOptions = {
  readonly newId: () => string;
  /** FHIR base URL for the fullUrls of the adopted resources, so that `Type/id` resolves. Default: urn:uuid. */
  readonly base?: string;
  /** System of the identifier added to each resource. Default: `mgnNaming('resource')`. */
  readonly identifierSystem?: string;
  /** Replacement for a reference that no entry resolves; undefined retains the reference and warns. */
  readonly resolveElsewhere?: (reference: string) => string | undefined;
  /**
   * A reference that nothing resolves, with the fullUrl of its entry: `refused` (issue `reference-outside-referral`), or
   * the text to store. Default: as sent.
   */
  readonly unresolved?: (reference: string, from: string | undefined) => 'refused' | { readonly as: string };
};

export type Adopted = {
  readonly bundle: Bundle;
  /** From the old addresses (fullUrl, and Type/id) to the new `Type/id`. */
  readonly ids: ReadonlyMap<string, string>;
  readonly issues: readonly Issue[];
};

/**
 * Assigns new ids to the resources of a Bundle, as a server does for a transaction
 * (https://hl7.org/fhir/R4/http.html#trules). Each entry receives a new id and fullUrl, each reference that resolves
 * within the Bundle becomes `Type/<new id>`, and each resource also has its id as an identifier. Nothing is removed: an
 * unresolved reference is retained with a warning. Does not change its input; entry.request is copied unchanged.
 */
export function adopt(bundle: Bundle, options: AdoptOptions): Adopted {
  const index = bundleIndex(bundle);
  const system = options.identifierSystem ?? mgnNaming('resource');
  const adopted = clone(bundle);
  /** The new `Type/id` by place in Bundle.entry. */
  const addresses = new Map<number, string>();
  const ids = new Map<string, string>();
  for (const { index: place, fullUrl, resource } of index.entries) {
    const id = options.newId();
    const address = `${resource.resourceType}/${id}`;
    addresses.set(place, address);
    for (const old of [fullUrl, resource.id && `${resource.resourceType}/${resource.id}`])
      if (old && !ids.has(old)) ids.set(old, address);
    const entry = adopted.entry![place]!;
    entry.fullUrl = options.base ? `${options.base}/${address}` : `urn:uuid:${id}`;
    identify(entry.resource!, id, system);
  }
  const issues = index.entries.flatMap(({ index: place, fullUrl }) => {
    const resource: Resource = adopted.entry![place]!.resource!;
    // References in a nested Bundle resolve to its own entries.
    if (resource.resourceType === 'Bundle') return [];
    const found = referencesIn(resource, `Bundle.entry[${place}].resource`);
    return found.flatMap((it) => redirect(it, fullUrl, index, addresses, options) ?? []);
  });
  return { bundle: adopted, ids, issues: [...index.issues, ...issues] };
}

/** A single identifier element retains its value. */
function identify(resource: Resource & { identifier?: unknown }, id: string, system: string): void {
  const element = typeModel(resource.resourceType)?.elements.get('identifier');
  const identifier = { system, value: id };
  resource.id = id;
  if (element?.array) resource.identifier = [...asList(resource.identifier), identifier];
  else if (element) resource.identifier ??= identifier;
}

const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

function redirect(
  found: FoundReference,
  from: string | undefined,
  index: BundleIndex,
  addresses: ReadonlyMap<number, string>,
  { resolveElsewhere, unresolved }: AdoptOptions,
): Issue | undefined {
  const { text } = found;
  if (text === undefined || text.startsWith('#')) return undefined;
  const resolved = index.resolve(text, from);
  if (resolved) {
    found.set(addresses.get(resolved.entry.index)!);
    if (!resolved.ambiguous) return undefined;
    return issue('reference-resolved-to-first', { first: resolved.entry.index }, { expression: found.path() });
  }
  const elsewhere = resolveElsewhere?.(text);
  if (elsewhere !== undefined) {
    found.set(elsewhere);
    return undefined;
  }
  const otherwise = unresolved?.(text, from);
  if (otherwise === 'refused') return issue('reference-outside-referral', {}, { expression: found.path() });
  if (otherwise) found.set(otherwise.as);
  // A uri may identify anything; only one in the form of a relative reference was meant to resolve.
  if (found.kind === 'uri' && parseReference(text).kind !== 'relative') return undefined;
  return issue('reference-unresolved-retained', {}, { expression: found.path() });
}
