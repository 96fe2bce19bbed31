import { identifierSystems } from '../../fhir/identifier.ts';
import { parseJson } from '../../fhir/json.ts';
import { referencedBy } from '../../fhir/reference.ts';
import type { StoredResource } from '../../store/port.ts';
import type { Reading } from './as-seen.ts';
import { atGateway } from './memory.ts';

/** The persons (Patients, as `Patient/id`) whom a resource is about. */
function personsOf({ type, id, text }: Pick<StoredResource, 'type' | 'id' | 'text'>, base: string): readonly string[] {
  const own = type === 'Patient' ? [`Patient/${id}`] : [];
  const named = referencedBy(parseJson(text)).flatMap((it) => {
    const reference = atGateway(it, base);
    return reference?.startsWith('Patient/') ? [reference] : [];
  });
  return [...new Set([...own, ...named])];
}

/** The one person whom a stored resource is about; `several` also when it is about nobody. Undefined when there is no such resource. */
export async function personAbout(
  store: Pick<Reading, 'read'>,
  [type, id]: readonly [string, string],
  base: string,
): Promise<string | 'several' | undefined> {
  const stored = await store.read(type, id);
  const [person, ...others] = stored ? personsOf(stored, base) : [];
  return stored && (person && others.length === 0 ? person : 'several');
}

/** The Patients with this BSN, at most `count`; each referral of a person has its own. */
export async function patientsWith(
  store: Pick<Reading, 'search'>,
  number: string,
  count: number,
): Promise<readonly string[]> {
  const values = [`${identifierSystems.bsn}|${number}`];
  const answer = await store.search('Patient', { criteria: [{ name: 'identifier', values }], count });
  return answer.kind === 'found' ? answer.resources.map(({ id }) => `Patient/${id}`) : [];
}

/**
 * The store as somebody with emergency access sees it: single resources about these persons and about nobody else, whole.
 * Nothing is found by a search: who begins emergency access knows what to look at.
 */
export function emergencyReading(store: Reading, persons: ReadonlySet<string>, base: string): Reading {
  const isAbout = (it: StoredResource): boolean => {
    const found = personsOf(it, base);
    return found.length > 0 && found.every((person) => persons.has(person));
  };
  const only = (it: StoredResource | undefined) => (it && isAbout(it) ? it : undefined);
  return {
    read: async (type, id) => only(await store.read(type, id)),
    vread: async (type, id, version) => only(await store.vread(type, id, version)),
    history: async (type, id) => (await store.history(type, id)).filter(isAbout),
    search: async () => ({ kind: 'found', resources: [] }),
  };
}
