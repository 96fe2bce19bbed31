import type { CarePlan, CareTeam, CareTeamParticipant, Encounter, ServiceRequest, Task } from '@medplum/fhirtypes';
import { isType } from '../../fhir/resource.ts';
import { success } from '../../fhir/result.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { requesterOf } from '../disclose/disclosures.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { ordersBefore } from '../memory/journey.ts';
import { find, readAt } from '../memory/memory.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Consequence } from './consequence.ts';

type Team = CareTeam & { readonly id: string };

/**
 * When a Task ends as handed over (overgedragen), the CareTeam of the plan on which it is based gets a new member: the
 * organisation that took over, which manages the team from now on. The membership of the previous organisation ends.
 */
export const careTeamAfter: Consequence = async ({ network, store }, { graph: { order }, versioned, at }) => {
  const done = versioned.find(({ rule }) => rule === 'complete')?.resource as Task | undefined;
  const successor = done && isHandedOver(done) ? ownerOf(network, done) : undefined;
  const predecessor = order && senderOf(network, order);
  if (!order || !successor || !predecessor || successor === predecessor) return success({});
  const [from, to] = [requesterOf(network, predecessor), requesterOf(network, successor)];
  const mayRead = network.partners.get(successor)?.domain !== 'social';
  const teams = await teamsOf(store, order);
  const changes = teams.map((team) => ({
    resource: handedOver(team, from as Member, to as Member, at),
    expect: { version: Number(team.meta?.versionId) },
    // the social domain may not read the other members of the care team
    readers: mayRead ? [successor] : [],
  }));
  return success({ changes });
};

type Member = NonNullable<CareTeamParticipant['member']>;

const isHandedOver = ({ businessStatus }: Task): boolean =>
  hasOwnCode(businessStatus, 'business-status', 'handed-over');

function handedOver(team: Team, from: Member, to: Member, at: Date): Team {
  const now = at.toISOString();
  const members = (team.participant ?? []).map((it) =>
    it.member?.reference === from.reference && !it.period?.end ? { ...it, period: { ...it.period, end: now } } : it,
  );
  const isMember = members.some(({ member }) => member?.reference === from.reference);
  const participant = [
    ...members,
    ...(isMember ? [] : [{ member: from, period: { end: now } }]),
    { member: to, period: { start: now } },
  ];
  return { ...team, participant, managingOrganization: [to as NonNullable<CareTeam['managingOrganization']>[number]] };
}

/** Active CareTeams of the plans of earlier conversations on the journey. */
async function teamsOf(store: Gateway['store'], order: ServiceRequest): Promise<readonly Team[]> {
  const orders = (await ordersBefore(store, order)).map(({ id }) => `ServiceRequest/${id}`);
  const encounters = await find<Encounter>(store, 'Encounter', 'based-on', orders);
  const references = encounters.map(({ id }) => `Encounter/${id}`);
  const plans = await find<CarePlan>(store, 'CarePlan', 'encounter', references);
  const teamReferences = plans.flatMap(({ careTeam = [] }) => careTeam.flatMap(({ reference }) => reference ?? []));
  const teams = await Promise.all([...new Set(teamReferences)].map((it) => readAt(store, it)));
  return teams.flatMap((it) => (it && isType(it, 'CareTeam') && it.status === 'active' ? [it as Team] : []));
}
