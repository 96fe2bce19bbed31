import type { Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { dayIn, type Partner } from '../../directory/index.ts';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { parseJson } from '../../fhir/json.ts';
import { type Proposal, personFactsOf, proposePlaces, type Residence, residenceOf } from '../../routing/index.ts';
import type { Reading } from '../memory/as-seen.ts';
import type { Gateway } from '../pipeline/gateway.ts';

/**
 * Search for a place. `types` are codes of mgn-service-type, `group` a code of mgn-diagnosis-group, `postcode` four
 * digits, `municipality` a CBS code.
 */
export type PlaceQuery = {
  readonly types: readonly string[];
  readonly group: string | null;
  readonly postcode?: string;
  readonly municipality?: string;
};

/** Proposes places without an order or a person. */
export function findPlace(gateway: Gateway, partner: Partner, query: PlaceQuery): Proposal {
  const { network } = gateway;
  return propose(gateway, partner, query, fromOf(network.directory, query), []);
}

/**
 * Proposes places for an order; undefined when the partner may not read the order. Residence and age of the person
 * count only when the partner may read the Patient: the reasons of a proposal would reveal them. `permitted`: the store as
 * the partner sees it.
 */
export async function proposeTransfer(
  gateway: Gateway,
  { partner, permitted }: { readonly partner: Partner; readonly permitted: Reading },
  order: string,
  query: PlaceQuery,
): Promise<Proposal | undefined> {
  const { network, world } = gateway;
  const stored = await permitted.read('ServiceRequest', order, partner.id);
  if (!stored) return undefined;
  const { subject } = parseJson(stored.text) as ServiceRequest;
  const [type = '', id = ''] = subject.reference?.split('/').slice(-2) ?? [];
  const person = type === 'Patient' ? await permitted.read('Patient', id, partner.id) : undefined;
  const patient = person && (parseJson(person.text) as Patient);
  const requested = fromOf(network.directory, query);
  const from = requested === 'anywhere' && patient ? residenceOf(patient, network.directory, world.now()) : requested;
  const { age } = personFactsOf(patient, network.directory.dayOf(world.now()));
  return propose(gateway, partner, query, from, await ownersOf(permitted, partner, order), age);
}

/**
 * Owners of the Tasks of this order that the partner may read; they are excluded from the proposal. Of its own Task as a
 * candidate it does not know that it is of this order: the exclusion would reveal it.
 */
async function ownersOf(permitted: Reading, partner: Partner, order: string): Promise<readonly string[]> {
  const criteria = [{ name: 'focus', values: [`ServiceRequest/${order}`] }];
  const found = await permitted.search('Task', { criteria, count: 500 }, partner.id);
  if (found.kind !== 'found') return [];
  return found.resources.flatMap(({ text }) => (parseJson(text) as Task).owner?.reference ?? []);
}

function fromOf(
  directory: Gateway['network']['directory'],
  { postcode, municipality }: PlaceQuery,
): Residence | 'anywhere' {
  if (postcode === undefined && municipality === undefined) return 'anywhere';
  const municipalityCode = municipality ?? (postcode === undefined ? undefined : directory.municipalityOf(postcode));
  return {
    residence: municipalityCode ? 'inside' : 'outside',
    municipality: municipalityCode ?? null,
    postcode: postcode?.slice(0, 4) ?? null,
  };
}

function propose(
  { network, ranking, world }: Gateway,
  partner: Partner,
  { types, group }: PlaceQuery,
  from: Residence | 'anywhere',
  exclude: readonly string[],
  age: number | null = null,
): Proposal {
  const { directory, availability, settings } = network;
  const serviceTypes = types.length > 0 ? types : ranking.transferTypes;
  return proposePlaces(
    {
      types: serviceTypes.map((it) => `${mgnCodeSystem('service-type')}|${it}`),
      group,
      from,
      isOwnRequest: false,
      referring: directory.organizationOfPartner(partner.id),
      exclude,
      age,
      today: dayIn(settings.timezone, world.now()),
    },
    { directory, availability, norms: settings.norms, ranking },
  );
}
