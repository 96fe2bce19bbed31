import type { Bundle, Patient } from '@medplum/fhirtypes';
import { identifierSystems } from '../../fhir/identifier.ts';
import type { Issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Memory } from '../memory/memory.ts';
import { contradictionsWith, flagIdentityConflict, ownContradictions, personOfOrder } from './identity-conflict.ts';
import { flagSecondReferral, hasOpenReferral, secondReferral } from './second-referral.ts';

/** Upper bound on the Patients searched per BSN, latest first. Each referral stores a Patient of its own. */
const mostPatients = 20;

/** What the sender is warned of, and the graph with what its owner is notified of: each as far as it may read. */
export type KnownPerson = { readonly warnings: readonly Issue[]; readonly flag: (graph: Bundle) => Bundle };

/**
 * Compares the person of a new order with the stored Patients of the same BSN: other open referrals, and another name,
 * birth date or gender. Sender and owner are each notified only of what they may read themselves; of the person the sender is
 * warned about its own earlier statements alone. Anything more would reveal whether a person is known here. The store
 * searches by the keyed hash of the BSN.
 */
export async function lookUpPerson(
  memory: Memory,
  graph: Bundle,
  { sender, owner }: { readonly sender: string; readonly owner: string | undefined },
): Promise<KnownPerson> {
  const person = personOfOrder(graph);
  // never without a reader: the time that an answer takes would depend on whether anybody referred this person
  const [ofSender, ofOwner] = await Promise.all([
    patientsOf(memory, person, sender),
    owner === undefined ? [] : patientsOf(memory, person, owner),
  ]);
  const isSecondForOwner = owner !== undefined && (await hasOpenReferral(memory, graph, ofOwner, owner));
  const elements = person ? contradictionsWith(person, ofOwner) : [];
  return {
    warnings: [
      ...((await hasOpenReferral(memory, graph, ofSender, sender)) ? [secondReferral] : []),
      ...(person ? ownContradictions(person, ofSender, sender) : []),
    ],
    flag: (it) => flagIdentityConflict(isSecondForOwner ? flagSecondReferral(it) : it, elements),
  };
}

async function patientsOf(
  memory: Memory,
  person: Patient | undefined,
  reader: string,
): Promise<readonly (Patient & { readonly id: string })[]> {
  const { bsn } = identifierSystems;
  const numbers = (person?.identifier ?? []).flatMap(({ system, value }) => (system === bsn && value ? value : []));
  if (numbers.length === 0) return [];
  const criteria = [{ name: 'identifier', values: numbers.map((it) => `${bsn}|${it}`) }];
  const found = await memory.search('Patient', { criteria, count: mostPatients }, reader);
  return found.kind === 'found'
    ? found.resources.map(({ text }) => parseJson(text) as Patient & { readonly id: string })
    : [];
}
