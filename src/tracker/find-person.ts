import type { Patient } from '@medplum/fhirtypes';
import { identifierSystems } from '../fhir/identifier.ts';
import { parseJson } from '../fhir/json.ts';
import type { Store } from '../store/port.ts';
import { auditRows } from './audit-trail.ts';

/** By the id of a Patient at this gateway, or by BSN. */
export type WhichPerson = { readonly patient: string } | { readonly bsn: string };

type Reading = Pick<Store, 'read' | 'search' | 'referringTo' | 'formerPatients' | 'audit'>;

const pageSize = 500;
/** Beyond it the resources of a person are too many to be of one person. */
const mostResources = 20_000;

/** Ids of the Patients of a person. */
export type PatientsOfPerson = {
  readonly stored: readonly string[];
  /** Those that the retention removed, or that were erased: the audit trail may have events about them. */
  readonly removed: readonly string[];
};

/**
 * All Patients of a person (betrokkene): each referral has one of its own, and they have the same BSN. A Patient without a BSN
 * stands alone, and so does one that was removed and is asked for by its id. Those that the retention removed are found by BSN as
 * long as the store has a keyed hash of it.
 */
export async function patientsOf(store: Reading, which: WhichPerson): Promise<PatientsOfPerson> {
  const bsns = 'bsn' in which ? [which.bsn] : await bsnsOf(store, which.patient);
  if (!bsns) return { stored: [], removed: 'patient' in which ? [which.patient] : [] };
  const stored = bsns.length ? await byBsn(store, bsns) : [];
  return {
    stored: [...new Set([...('patient' in which ? [which.patient] : []), ...stored])],
    removed: bsns.length ? await store.formerPatients(bsns.map(bsnOf)) : [],
  };
}

/** Undefined when the Patient is not stored. */
async function bsnsOf(store: Reading, patient: string): Promise<readonly string[] | undefined> {
  const stored = await store.read('Patient', patient);
  if (!stored) return undefined;
  const { identifier = [] } = parseJson(stored.text) as Patient;
  return identifier.flatMap(({ system, value }) => (system === identifierSystems.bsn && value ? [value] : []));
}

const bsnOf = (value: string) => ({ system: identifierSystems.bsn, value });

/**
 * The resources of removed Patients, as `Type/id`, from the audit events that say so: no index leads to them any more. Empty when
 * there is no such event.
 */
export async function removedResources(store: Reading, patients: readonly string[]): Promise<ReadonlySet<string>> {
  const own = new Set(patients.map((id) => `Patient/${id}`));
  const found = new Set<string>();
  for (const entity of own)
    for await (const { line } of auditRows(store, { among: [{ entity }] })) {
      if (!removals.has(line.interaction)) continue;
      found.add(entity);
      // of a removal that concerned another person too it is not known what was whose
      const isOwn = line.references.every((it) => !it.startsWith('Patient/') || own.has(it));
      if (isOwn) for (const it of line.references) found.add(it);
    }
  return found;
}

const removals: ReadonlySet<string> = new Set(['retention', 'erase-person']);

/** The index has a keyed hash of a BSN: the number itself is compared nowhere. */
async function byBsn(store: Reading, numbers: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const values = numbers.map(bsnOf).map(({ system, value }) => `${system}|${value}`);
  const criteria = [{ name: 'identifier', values }];
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
