import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';
import { clone } from '../fhir/clone.ts';
import { identifierSystems } from '../fhir/identifier.ts';
import { parseReference, referencesIn } from '../fhir/reference.ts';
import type { Elements, Resource } from '../fhir/resource.ts';

export type TransactionOptions = {
  /** The gateway's FHIR base: the resources' own addresses lie under it, so that relative references resolve. */
  readonly base: string;
  /** `status` and `selection` bring the receiver's copy of a Task up to date; everything else is created once. */
  readonly purpose?: 'referral' | 'selection' | 'status';
};

const { bsn } = identifierSystems;

/**
 * The resources as a transaction for a receiver (https://hl7.org/fhir/R4/http.html#transaction). Each entry is created
 * unless the receiver has its identifier (ifNoneExist), or for the Task of a status replaced by it (conditional update):
 * a resend of the same text leaves the receiver as it was. Deterministic; the resources stay as they are.
 */
export function transactionOf(resources: readonly Resource[], { base, purpose }: TransactionOptions): Bundle {
  const root = base.replace(/\/+$/, '');
  const inside = new Set(resources.map((it) => `${it.resourceType}/${it.id}`));
  const entry = resources.map((resource) => {
    const { resourceType: type, id } = resource;
    return {
      ...(id ? { fullUrl: `${root}/${type}/${id}` } : {}),
      resource: pointingHome(resource, root, inside),
      request: requestOf(type, identifierQuery(resource), purpose),
    } as BundleEntry;
  });
  return { resourceType: 'Bundle', type: 'transaction', entry };
}

/**
 * What isn't sent along is still at the gateway: as a relative reference it would name something of the receiver's own
 * as soon as the resource is stored there.
 */
function pointingHome(resource: Resource, root: string, inside: ReadonlySet<string>): Resource {
  // a document stays what it is: its references lead to its own entries, whose addresses are whole
  if (resource.resourceType === 'Bundle') return resource;
  const leaves = (text: string | undefined): text is string => {
    const reference = text === undefined ? undefined : parseReference(text);
    return reference?.kind === 'relative' && !inside.has(`${reference.type}/${reference.id}`);
  };
  if (!referencesIn(resource).some(({ text }) => leaves(text))) return resource;
  const copy = clone(resource);
  for (const { text, set } of referencesIn(copy)) if (leaves(text)) set(`${root}/${text}`);
  return copy;
}

function requestOf(type: string, query: string | undefined, purpose: TransactionOptions['purpose']) {
  // an Appointment is planned, planned anew and called off: the receiver has the last of it
  if (type === 'Appointment' && query) return { method: 'PUT', url: `${type}?${query}` };
  if (purpose && purpose !== 'referral' && type === 'Task' && query) return { method: 'PUT', url: `${type}?${query}` };
  return { method: 'POST', url: type, ...(query ? { ifNoneExist: query } : {}) };
}

type Known = { readonly system: string; readonly value: string };

/** By the identifier that the gateway gave, else by the first one. Never by a BSN: receivers log such queries. */
function identifierQuery(resource: Resource): string | undefined {
  const identifier = (resource as unknown as Elements).identifier;
  const known = (Array.isArray(identifier) ? identifier : [identifier]).filter(
    (it: Partial<Known> | undefined): it is Known => Boolean(it?.system && it.value) && it?.system !== bsn,
  );
  const chosen = known.find((it) => it.system === mgnNaming('resource')) ?? known[0];
  return chosen && `identifier=${queryText(chosen.system)}|${queryText(chosen.value)}`;
}

/** Escaped as a search value, then what would end or change a query is percent-encoded. */
const queryText = (text: string): string =>
  text.replace(/[\\,$|]/g, '\\$&').replace(/[^A-Za-z0-9\-._~:/?@!'()*,;=$|]/gu, encodeURIComponent);
