import type { Bundle } from '@medplum/fhirtypes';
import { type Issue, issue } from './issue.ts';
import { type ParsedReference, parseReference } from './reference.ts';
import type { Resource } from './resource.ts';

export type IndexedEntry = {
  /** Index in Bundle.entry. */
  readonly index: number;
  readonly fullUrl: string | undefined;
  readonly resource: Resource;
};

/** An entry that a reference points to. */
export type Resolved = {
  readonly entry: IndexedEntry;
  /**
   * `fullUrl`: by the rules of R4. `id`: by type and id only, which R4 does not define (the target has no fullUrl, or
   * the fullUrl of source or target is not a RESTful URL).
   */
  readonly by: 'fullUrl' | 'id';
  /** Other entries have the same address; the first was used. */
  readonly ambiguous: boolean;
};

export type BundleIndex = {
  /** Entries that contain a resource. */
  readonly entries: readonly IndexedEntry[];
  /** Addresses that more than one entry has, as warnings. */
  readonly issues: readonly Issue[];
  /**
   * The entry that `reference`, found in the resource of the entry with `fromFullUrl`, points to. Constant time. `target`:
   * the parsed reference, where the caller has it.
   */
  readonly resolve: (reference: string, fromFullUrl?: string, target?: ParsedReference) => Resolved | undefined;
};

type Addresses = Map<string, [IndexedEntry, ...IndexedEntry[]]>;

/**
 * Indexes a Bundle by the rules of https://hl7.org/fhir/R4/bundle.html#references, in time linear in its entries. When
 * those rules find no entry, type and id are compared, except between servers: `Patient/1` of one server is never
 * `Patient/1` of another.
 */
export function bundleIndex(bundle: Bundle): BundleIndex {
  const entries: IndexedEntry[] = [];
  for (const [index, { fullUrl, resource }] of (bundle.entry ?? []).entries())
    if (resource) entries.push({ index, fullUrl, resource });
  const byUrl = addresses(entries, ({ fullUrl }) => fullUrl && sameUrn(fullUrl));
  const byId = addresses(entries, ({ resource: { resourceType, id } }) => id && `${resourceType}/${id}`);
  /** The references of a resource come one after another. */
  let last: { readonly fullUrl: string; readonly base: string | undefined } | undefined;
  const baseOf = (fullUrl: string): string | undefined => {
    if (last?.fullUrl !== fullUrl) {
      const from = parseReference(fullUrl);
      last = { fullUrl, base: from.kind === 'absolute' ? from.base : undefined };
    }
    return last.base;
  };
  return {
    entries,
    issues: [...repeatedUrls(byUrl), ...repeatedIds(byId)].sort((a, b) => a.index - b.index).map(repeatedIssue),
    resolve: (reference, fromFullUrl, target = parseReference(reference)) => {
      const base = fromFullUrl === undefined ? undefined : baseOf(fromFullUrl);
      const url = absolute(target, reference, base);
      const byFullUrl = url === undefined ? undefined : pick(byUrl.get(sameUrn(url)), target, 'fullUrl');
      if (byFullUrl || target.kind !== 'relative') return byFullUrl;
      const candidates = byId.get(`${target.type}/${target.id}`);
      return pick(
        base === undefined ? candidates : candidates?.filter(({ fullUrl }) => !isRestful(fullUrl)),
        target,
        'id',
      );
    },
  };
}

function addresses(entries: readonly IndexedEntry[], of: (entry: IndexedEntry) => string | undefined): Addresses {
  const found: Addresses = new Map();
  for (const entry of entries) {
    const address = of(entry);
    if (!address) continue;
    const same = found.get(address);
    if (same) same.push(entry);
    else found.set(address, [entry]);
  }
  return found;
}

/** Scheme and hexadecimal digits of a urn:uuid are the same in either case (RFC 4122). */
const sameUrn = (url: string): string => (/^urn:uuid:/i.test(url) ? url.toLowerCase() : url);

const isRestful = (fullUrl: string | undefined): boolean =>
  fullUrl !== undefined && parseReference(fullUrl).kind === 'absolute';

/** The version-independent fullUrl of the target. */
function absolute(target: ParsedReference, text: string, base: string | undefined): string | undefined {
  switch (target.kind) {
    case 'absolute':
      return `${target.base}/${target.type}/${target.id}`;
    case 'relative':
      return base === undefined ? undefined : `${base}/${target.type}/${target.id}`;
    case 'urn':
    case 'url':
      return text;
    default:
      return undefined;
  }
}

/** A versioned reference resolves to that version, or else to an entry without a version. */
function pick(
  candidates: readonly IndexedEntry[] | undefined,
  target: ParsedReference,
  by: Resolved['by'],
): Resolved | undefined {
  const version = 'version' in target ? target.version : undefined;
  const exact =
    version === undefined ? candidates : candidates?.filter((it) => it.resource.meta?.versionId === version);
  if (exact?.[0]) return { entry: exact[0], by, ambiguous: exact.length > 1 };
  const unversioned = candidates?.filter((it) => it.resource.meta?.versionId === undefined);
  return unversioned?.[0] && { entry: unversioned[0], by: 'id', ambiguous: unversioned.length > 1 };
}

type Repeated = {
  readonly rule: 'entry-fullurl-duplicate' | 'entry-id-duplicate';
  readonly index: number;
  readonly first: number;
};

/** A fullUrl may occur twice only for two versions (invariant bdl-7). */
function* repeatedUrls(byUrl: Addresses): Generator<Repeated> {
  for (const [first, ...others] of byUrl.values()) {
    const versions = new Set([first.resource.meta?.versionId]);
    for (const { index, resource } of others) {
      if (versions.has(resource.meta?.versionId)) yield { rule: 'entry-fullurl-duplicate', index, first: first.index };
      versions.add(resource.meta?.versionId);
    }
  }
}

/** Ignores equal type and id on two servers, and entries with equal fullUrls, which repeatedUrls reports. */
function* repeatedIds(byId: Addresses): Generator<Repeated> {
  for (const [first, ...others] of byId.values()) {
    for (const { index, fullUrl } of others) {
      const onDistinctServers = isRestful(first.fullUrl) && isRestful(fullUrl);
      if (!onDistinctServers && (fullUrl === undefined || fullUrl !== first.fullUrl))
        yield { rule: 'entry-id-duplicate', index, first: first.index };
    }
  }
}

const repeatedIssue = ({ rule, index, first }: Repeated): Issue =>
  issue(
    rule,
    { first },
    { expression: `Bundle.entry[${index}]${rule === 'entry-id-duplicate' ? '.resource.id' : '.fullUrl'}` },
  );
