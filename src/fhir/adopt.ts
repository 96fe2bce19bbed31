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
  /** FHIR base under which the adopted resources live: their fullUrls, so that `Type/id` resolves. Without it: urn:uuid. */
  readonly base?: string;
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
 * Takes a Bundle in as a transaction does: each entry gets a new id and a fullUrl made of it, each reference
 * that resolves inside becomes `Type/<new id>`, and each resource carries its id as an identifier too.
 * Nothing is dropped; what resolves nowhere stays and is named in a warning. Never changes its input.
 * Entry.request and the like stay as they were: what was asked, not what is stored.
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
    // A Bundle inside an entry is a world of its own: its references lead to its own entries.
    if (resource.resourceType === 'Bundle') return [];
    const found = referencesIn(resource, `Bundle.entry[${place}].resource`);
    return found.flatMap((it) => redirect(it, fullUrl, index, addresses, options) ?? []);
  });
  return { bundle: adopted, ids, issues: [...index.issues, ...issues] };
}

/** An element that holds one identifier keeps the one it has. */
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
  { resolveElsewhere }: AdoptOptions,
): Issue | undefined {
  const { text } = found;
  if (text === undefined || text.startsWith('#')) return undefined;
  const resolved = index.resolve(text, from);
  if (resolved) {
    found.set(addresses.get(resolved.entry.index)!);
    if (!resolved.ambiguous) return undefined;
    return issue('reference-resolved-to-first', { first: resolved.entry.index }, { expression: found.path });
  }
  const elsewhere = resolveElsewhere?.(text);
  if (elsewhere !== undefined) {
    found.set(elsewhere);
    return undefined;
  }
  // A uri may name anything; only one that is written as a resource's address was meant to lead somewhere.
  if (found.kind === 'uri' && parseReference(text).kind !== 'relative') return undefined;
  return issue('reference-unresolved-retained', {}, { expression: found.path });
}
