import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';
import { clone } from '../fhir/clone.ts';
import { identifierSystems } from '../fhir/identifier.ts';
import { parseReference, referencedBy, referencesIn } from '../fhir/reference.ts';
import type { Elements, Resource } from '../fhir/resource.ts';

export type TransactionOptions = {
  /** FHIR base of the gateway: the full URLs of its resources start with it, so that relative references resolve. */
  readonly base: string;
  /** `status` and `selection` update the receiver's copy of a Task; all other resources are created once. */
  readonly purpose?: 'referral' | 'selection' | 'status';
  /** Whether the gateway has an address for this `Type/id`. Default: it has. */
  readonly isHere?: (reference: string) => boolean;
};

const { bsn } = identifierSystems;

/**
 * The resources as a transaction for a receiver (https://hl7.org/fhir/R4/http.html#transaction). Each is created unless
 * the receiver has its identifier (ifNoneExist); the Task of a status update is updated conditionally. Resending the
 * same text leaves the receiver unchanged. Deterministic; does not modify the resources.
 */
export function transactionOf(
  resources: readonly Resource[],
  { base, purpose, isHere = () => true }: TransactionOptions,
): Bundle {
  const root = base.replace(/\/+$/, '');
  const inside = new Set(resources.map((it) => `${it.resourceType}/${it.id}`));
  const entry = resources.map((resource) => {
    const { resourceType: type, id } = resource;
    return {
      ...(id ? { fullUrl: `${root}/${type}/${id}` } : {}),
      resource: pointingHome(resource, root, { inside, isHere }),
      request: requestOf(type, identifierQuery(resource), purpose),
    } as BundleEntry;
  });
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

type Addresses = { readonly inside: ReadonlySet<string>; readonly isHere: (reference: string) => boolean };

/**
 * A reference to a resource of the gateway outside the transaction becomes absolute: once stored, a relative reference would
 * resolve to a resource of the receiver. One that leads nowhere stays as it was sent: the gateway has no address for it.
 * Except to a person: it must never become a person of the receiver.
 */
function pointingHome(resource: Resource, root: string, { inside, isHere }: Addresses): Resource {
  // the references of a document resolve to its own entries, whose full URLs are absolute
  if (resource.resourceType === 'Bundle') return resource;
  const leaves = (text: string | undefined): text is string => {
    const reference = text === undefined ? undefined : parseReference(text);
    if (reference?.kind !== 'relative') return false;
    const address = `${reference.type}/${reference.id}`;
    return !inside.has(address) && (persons.has(reference.type) || isHere(address));
  };
  if (!referencedBy(resource).some(leaves)) return resource;
  const copy = clone(resource);
  for (const { text, set } of referencesIn(copy)) if (leaves(text)) set(`${root}/${text}`);
  return copy;
}

const persons: ReadonlySet<string> = new Set(['Patient', 'RelatedPerson']);

function requestOf(type: string, query: string | undefined, purpose: TransactionOptions['purpose']) {
  // an Appointment is rescheduled and cancelled: the receiver keeps the latest version
  if (type === 'Appointment' && query) return { method: 'PUT', url: `${type}?${query}` };
  if (purpose && purpose !== 'referral' && type === 'Task' && query) return { method: 'PUT', url: `${type}?${query}` };
  return { method: 'POST', url: type, ...(query ? { ifNoneExist: query } : {}) };
}

type KnownIdentifier = { readonly system: string; readonly value: string };

/** By the identifier assigned by the gateway, else by the first one. Never by a BSN: receivers log such queries. */
function identifierQuery(resource: Resource): string | undefined {
  const identifier = (resource as unknown as Elements).identifier;
  const known = (Array.isArray(identifier) ? identifier : [identifier]).filter(
    (it: Partial<KnownIdentifier> | undefined): it is KnownIdentifier =>
      Boolean(it?.system && it.value) && it?.system !== bsn,
  );
  const chosen = known.find((it) => it.system === mgnNaming('resource')) ?? known[0];
  return chosen && `identifier=${queryText(chosen.system)}|${queryText(chosen.value)}`;
}

/** Nothing of it is escaped or encoded: so are the ids of the gateway. */
const unescaped = /^[A-Za-z0-9\-._~:/?@!'()*;=]*$/;

/** Escaped as a search value; then characters with a meaning in a query are percent-encoded. */
const queryText = (text: string): string =>
  unescaped.test(text)
    ? text
    : text.replace(/[\\,$|]/g, '\\$&').replace(/[^A-Za-z0-9\-._~:/?@!'()*,;=$|]/gu, encodeURIComponent);
