import type { Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { dayIn, type Partner } from '../../directory/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { parseJson } from '../../fhir/json.ts';
import { type Proposal, personFactsOf, proposePlaces, type Residence, residenceOf } from '../../routing/index.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/** What somebody looks for. Codes of mgn-service-type and mgn-diagnosis-group; where the person lives at its coarsest. */
export type Sought = {
  readonly types: readonly string[];
  readonly group: string | null;
  readonly postcode?: string;
  readonly municipality?: string;
};

/** Places for nobody in particular: what if. */
export function findPlace(gateway: Gateway, partner: Partner, sought: Sought): Proposal {
  const { network } = gateway;
  return propose(gateway, partner, sought, fromOf(network.directory, sought), []);
}

/**
 * Places for an order, for one of its parties; undefined for anybody else. Where the person lives, and how old the person is,
 * counts only for who may read the person: reasons must not give it away to others.
 */
export async function proposeTransfer(
  gateway: Gateway,
  partner: Partner,
  order: string,
  sought: Sought,
): Promise<Proposal | undefined> {
  const { store, network, world } = gateway;
  const stored = await store.read('ServiceRequest', order, partner.id);
  if (!stored) return undefined;
  const { subject } = parseJson(stored.text) as ServiceRequest;
  const [type = '', id = ''] = subject.reference?.split('/').slice(-2) ?? [];
  const person = type === 'Patient' ? await store.read('Patient', id, partner.id) : undefined;
  const patient = person && (parseJson(person.text) as Patient);
  const asked = fromOf(network.directory, sought);
  const from = asked === 'anywhere' && patient ? residenceOf(patient, network.directory, world.now()) : asked;
  const { age } = personFactsOf(patient, network.directory.dayOf(world.now()));
  return propose(gateway, partner, sought, from, await ownersOf(gateway, partner, order), age);
}

/** Who has been asked for this order already, as far as the partner may know. */
async function ownersOf({ store }: Gateway, partner: Partner, order: string): Promise<readonly string[]> {
  const criteria = [{ name: 'focus', values: [`ServiceRequest/${order}`] }];
  const found = await store.search('Task', { criteria, count: 500 }, partner.id);
  if (found.kind !== 'found') return [];
  return found.resources.flatMap(({ text }) => (parseJson(text) as Task).owner?.reference ?? []);
}

function fromOf(
  directory: Gateway['network']['directory'],
  { postcode, municipality }: Sought,
): Residence | 'anywhere' {
  if (postcode === undefined && municipality === undefined) return 'anywhere';
  const known = municipality ?? (postcode === undefined ? undefined : directory.municipalityOf(postcode));
  return {
    residence: known ? 'inside' : 'outside',
    municipality: known ?? null,
    postcode: postcode?.slice(0, 4) ?? null,
  };
}

function propose(
  { network, ranking, world }: Gateway,
  partner: Partner,
  { types, group }: Sought,
  from: Residence | 'anywhere',
  exclude: readonly string[],
  age: number | null = null,
): Proposal {
  const { directory, availability: figures, settings } = network;
  const wanted = types.length > 0 ? types : ranking.transferTypes;
  return proposePlaces(
    {
      types: wanted.map((it) => `${mgnCodeSystem('service-type')}|${it}`),
      group,
      from,
      isOwnRequest: false,
      referring: directory.organizationOfPartner(partner.id),
      exclude,
      age,
      today: dayIn(settings.timezone, world.now()),
    },
    { directory, availability: figures, norms: settings.norms, ranking },
  );
}
