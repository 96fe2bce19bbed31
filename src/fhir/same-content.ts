import type { Bundle } from '@medplum/fhirtypes';
import type { Elements, Resource } from './resource.ts';

/** Elements of a Bundle and of an entry that adoption retains or replaces; any other must not be in what was sent. */
const ofBundle: ReadonlySet<string> = new Set(['resourceType', 'id', 'type', 'meta', 'entry']);
const ofEntry: ReadonlySet<string> = new Set(['fullUrl', 'resource']);

/**
 * Whether an adopted graph has the content of the Bundle that was sent, so that what conforms to a profile in the one
 * conforms in the other. They differ only in: ids and fullUrls; the identifier with the new id in `identifierSystem`;
 * meta.source; and references to an entry, which have its new address.
 */
export function hasSameContent(sent: Resource, adopted: Bundle, identifierSystem: string): boolean {
  const before = sent as unknown as Elements;
  const { entry: entries = [] } = adopted;
  const sentEntries = Array.isArray(before.entry) ? (before.entry as readonly Elements[]) : [];
  if (!hasOnly(before, ofBundle) || before.type !== adopted.type || sentEntries.length !== entries.length) return false;
  if (!isSame(before.meta, adopted.meta, nowhere)) return false;
  const addresses = newAddresses(sentEntries, entries);
  return entries.every(({ resource }, index) => {
    const entry = sentEntries[index]!;
    return hasOnly(entry, ofEntry) && isSameResource(entry.resource, resource, { addresses, identifierSystem });
  });
}

/** Whether a reference in the sent Bundle was to the entry that has this address now. */
type Redirected = (sent: string, adopted: string) => boolean;

function newAddresses(sent: readonly Elements[], adopted: NonNullable<Bundle['entry']>): Redirected {
  const places = new Map(adopted.map(({ resource }, index) => [`${resource?.resourceType}/${resource?.id}`, index]));
  return (text, address) => {
    const place = places.get(address);
    if (place === undefined) return false;
    const { fullUrl, resource } = sent[place]!;
    const { resourceType, id } = resource as Resource;
    const unversioned = text.replace(/\/_history\/[^/]*$/, '');
    if (unversioned === `${resourceType}/${id}`) return true;
    return typeof fullUrl === 'string' && (fullUrl === unversioned || fullUrl.endsWith(`/${unversioned}`));
  };
}

type Context = { readonly addresses: Redirected; readonly identifierSystem: string };

function isSameResource(sent: unknown, adopted: unknown, context: Context): boolean {
  if (!isObject(sent) || !isObject(adopted)) return false;
  const { id, identifier } = adopted;
  const { addresses } = context;
  return (
    isSameBut(ofMeta, isObject(sent.meta) ? sent.meta : {}, isObject(adopted.meta) ? adopted.meta : {}, nowhere) &&
    (isSame(sent.identifier, identifier, addresses) ||
      isSame(sent.identifier, withoutOwn(identifier, id, context), addresses)) &&
    isSameBut(ofResource, sent, adopted, addresses)
  );
}

/** What adoption changes, compared apart. */
const ofResource: ReadonlySet<string> = new Set(['id', 'meta', 'identifier']);
const ofMeta: ReadonlySet<string> = new Set(['source']);

/** Equality of two objects except for some members, which are skipped: copies without them took 1 % of a message. */
function isSameBut(left: ReadonlySet<string>, sent: Elements, adopted: Elements, addresses: Redirected): boolean {
  let count = 0;
  for (const name of Object.keys(sent)) {
    if (left.has(name)) continue;
    if (!Object.hasOwn(adopted, name) || !isSame(sent[name], adopted[name], addresses)) return false;
    count += 1;
  }
  for (const name of Object.keys(adopted)) if (!left.has(name)) count -= 1;
  return count === 0;
}

/** The identifiers without the one that adoption added; undefined when it is the only one. */
function withoutOwn(identifiers: unknown, id: unknown, { identifierSystem }: Context): unknown {
  const isOwn = (it: unknown) => isSame(it, { system: identifierSystem, value: id }, nowhere);
  if (!Array.isArray(identifiers)) return isOwn(identifiers) ? undefined : identifiers;
  if (!isOwn(identifiers.at(-1))) return identifiers;
  return identifiers.length === 1 ? undefined : identifiers.slice(0, -1);
}

const nowhere: Redirected = () => false;

/** Deep equality; a text may have become the address of an entry. */
function isSame(sent: unknown, adopted: unknown, addresses: Redirected): boolean {
  if (sent === adopted) return true;
  if (typeof sent === 'string') return typeof adopted === 'string' && addresses(sent, adopted);
  if (Array.isArray(sent))
    return (
      Array.isArray(adopted) &&
      sent.length === adopted.length &&
      sent.every((it, index) => isSame(it, adopted[index], addresses))
    );
  if (!isObject(sent) || !isObject(adopted)) return Number.isNaN(sent) && Number.isNaN(adopted);
  const names = Object.keys(sent);
  return (
    names.length === Object.keys(adopted).length &&
    names.every((name) => Object.hasOwn(adopted, name) && isSame(sent[name], adopted[name], addresses))
  );
}

const hasOnly = (value: Elements, names: ReadonlySet<string>): boolean =>
  Object.keys(value).every((name) => names.has(name));

const isObject = (value: unknown): value is Elements =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
