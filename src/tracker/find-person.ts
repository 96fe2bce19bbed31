import type { Patient } from '@medplum/fhirtypes';
import { identifierSystems } from '../fhir/identifier.ts';
import { parseJson } from '../fhir/json.ts';
import type { Store } from '../store/port.ts';

/** By the id of a Patient at this gateway, or by BSN. */
export type WhichPerson = { readonly patient: string } | { readonly bsn: string };

type Reading = Pick<Store, 'read' | 'search' | 'referringTo'>;

const pageSize = 500;
/** Beyond it the resources of a person are too many to be of one person. */
const mostResources = 20_000;

/**
 * All Patients of a person (betrokkene): each referral has one of its own, and they have the same BSN. Empty when this gateway has
 * none. A Patient without a BSN stands alone.
 */
export async function patientsOf(store: Reading, which: WhichPerson): Promise<readonly string[]> {
  if ('bsn' in which) return byBsn(store, [which.bsn]);
  const stored = await store.read('Patient', which.patient);
  if (!stored) return [];
  const { identifier = [] } = parseJson(stored.text) as Patient;
  const numbers = identifier.flatMap(({ system, value }) => (system === identifierSystems.bsn && value ? [value] : []));
  return [...new Set([which.patient, ...(numbers.length ? await byBsn(store, numbers) : [])])];
}

/** The index has a keyed hash of a BSN: the number itself is compared nowhere. */
async function byBsn(store: Reading, numbers: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const criteria = [{ name: 'identifier', values: numbers.map((it) => `${identifierSystems.bsn}|${it}`) }];
  for (let cursor: string | undefined; ; ) {
    const page = await store.search('Patient', { criteria, count: pageSize, ...(cursor ? { cursor } : {}) });
    if (page.kind !== 'found') throw new Error(`Patients cannot be searched: ${page.kind}.`);
    found.push(...page.resources.map(({ id }) => id));
    if (!page.next) return found;
    cursor = page.next;
  }
}

/**
 * The resources about a person, as `Type/id`: the Patients, what refers to them, and what refers to that in turn. Another
 * Patient and its resources are never among them, whatever refers to both.
 */
export async function resourcesAbout(store: Reading, patients: readonly string[]): Promise<ReadonlySet<string>> {
  const own = new Set(patients.map((id) => `Patient/${id}`));
  for (let fresh = [...own]; fresh.length > 0 && own.size < mostResources; ) {
    const found: string[] = [];
    for (let start = 0; start < fresh.length; start += pageSize)
      for (const { type, id } of await store.referringTo(fresh.slice(start, start + pageSize)))
        if (type !== 'Patient') found.push(`${type}/${id}`);
    fresh = [...new Set(found)].filter((it) => !own.has(it));
    for (const it of fresh) own.add(it);
  }
  return own;
}
