import type { CarePlan, CareTeam, CareTeamParticipant, Encounter, ServiceRequest, Task } from '@medplum/fhirtypes';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { ordersBefore } from '../memory/journey.ts';
import { find, readAt } from '../memory/memory.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Consequence } from './consequence.ts';

type Team = CareTeam & { readonly id: string };

/**
 * When a Task ends as handed over, the CareTeam of the plan that it follows from gets a new member: the organisation that took
 * the work over, which manages it from now on. The membership of the one that handed it over ends.
 */
export const careTeamAfter: Consequence = async (
  { network, world, store },
  { graph: { order }, versioned: made, at },
) => {
  const done = made.find(({ rule }) => rule === 'complete')?.resource as Task | undefined;
  const taking = done && isHandedOver(done) ? ownerOf(network, done) : undefined;
  const handing = order && senderOf(network, order);
  if (!order || !taking || !handing || taking === handing) return success({});
  const asOf = (partner: string) => projectionContext({ network, world }, partner).requester;
  const [from, to] = [asOf(handing), asOf(taking)];
  const sees = network.partners.get(taking)?.domain !== 'social';
  const teams = await teamsOf(store, order);
  const changes = teams.map((team) => ({
    resource: handedOver(team, from as Member, to as Member, at),
    expect: { version: Number(team.meta?.versionId) },
    // the other members of the team are care's to know
    readers: sees ? [taking] : [],
  }));
  return success({ changes });
};

type Member = NonNullable<CareTeamParticipant['member']>;

const isHandedOver = ({ businessStatus }: Task): boolean =>
  hasOwnCode(businessStatus, 'business-status', 'handed-over');

function handedOver(team: Team, from: Member, to: Member, at: Date): Team {
  const now = at.toISOString();
  const was = (team.participant ?? []).map((it) =>
    it.member?.reference === from.reference && !it.period?.end ? { ...it, period: { ...it.period, end: now } } : it,
  );
  const known = was.some(({ member }) => member?.reference === from.reference);
  const participant = [
    ...was,
    ...(known ? [] : [{ member: from, period: { end: now } }]),
    { member: to, period: { start: now } },
  ];
  return { ...team, participant, managingOrganization: [to as NonNullable<CareTeam['managingOrganization']>[number]] };
}

/** The teams of the plans that were made on this journey before the order; a plan is made in a conversation about an order. */
async function teamsOf(store: Gateway['store'], order: ServiceRequest): Promise<readonly Team[]> {
  const orders = (await ordersBefore(store, order)).map(({ id }) => `ServiceRequest/${id}`);
  const encounters = await find<Encounter>(store, 'Encounter', 'based-on', orders);
  const held = encounters.map(({ id }) => `Encounter/${id}`);
  const plans = await find<CarePlan>(store, 'CarePlan', 'encounter', held);
  const named = plans.flatMap(({ careTeam = [] }) => careTeam.flatMap(({ reference }) => reference ?? []));
  const teams = await Promise.all([...new Set(named)].map((it) => readAt(store, it)));
  return teams.flatMap((it) => (it && isType(it, 'CareTeam') && it.status === 'active' ? [it as Team] : []));
}
