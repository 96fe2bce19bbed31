import type { Bundle, CarePlan, Task } from '@medplum/fhirtypes';
import { planNarrative } from '../../conversation/index.ts';
import { mgnCodeSystem, mgnProfile } from '../../fhir/canonical.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import type { Issue } from '../../fhir/issue.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Change } from '../../store/port.ts';
import { shares } from '../disclose/disclosures.ts';
import { keptOf, legalBasisOf, tellReferrer } from '../feedback/feedback.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import type { Incoming, Kind, Routed } from '../pipeline/kind.ts';
import { type FollowUp, followUpsOf } from './follow-ups.ts';
import { conversationOf, orderOf, ownTaskOf, type RecordOrder, settled } from './recorded-order.ts';

/** The record of a conversation, with what it asks of others. */
type RoutedRecord = Routed & { readonly followUps: readonly FollowUp[] };

/**
 * The record of an exploratory conversation, told by the team that took its order on: kept, the plan put into plain
 * words for the person, its requests sent on as orders of their own, and who referred is told that it is there.
 */
export const record: Kind = {
  profiles: [mgnProfile('record-bundle')],
  check: ({ graph, known }) => {
    const order = orderOf(graph, known);
    return order.ok ? settled({ graph, known }, order.value) : order;
  },
  route: (deciding, incoming): Result<RoutedRecord> => {
    const order = orderOf(incoming.graph, incoming.known);
    if (!order.ok) return order;
    const ownTask = ownTaskOf(deciding, order.value, incoming.partner);
    if (!ownTask.ok) return ownTask;
    const followUps = followUpsOf(deciding, incoming, { ...order.value, ownTask: ownTask.value });
    if (!followUps.ok) return followUps;
    const recorded = withPlan(deciding, incoming.graph, followUps.value);
    const told = toldOf(deciding, incoming, order.value, recorded);
    const graph = told ? withEntries(deciding, recorded, [told.communication]) : recorded;
    return success(
      {
        graph,
        decisions: followUps.value.flatMap(({ decision }) => decision ?? []),
        changes: [
          ...seenByProviders(order.value, followUps.value),
          ...(told ? keptOf(told, incoming.partner.id).slice(1) : []),
        ],
        heard: told ? [told.share] : [],
        followUps: followUps.value,
      },
      followUps.issues,
    );
  },
  share: (deciding, routed, incoming) => {
    const { followUps, heard = [] } = routed as RoutedRecord;
    const given = followUps.map(({ graph, recipient }) =>
      shares(deciding, graph, { sender: incoming.partner.id, owner: recipient }, incoming.at),
    );
    const wrong = given.filter((it) => !it.ok).flatMap(({ issues }) => issues);
    if (wrong.length) return failure(...wrong);
    const warnings: Issue[] = given.flatMap(({ issues }) => issues);
    return success([...given.flatMap((it) => (it.ok ? it.value : [])), ...heard], warnings);
  },
};

/** The record as it will be stored: its orders as they go on, their Tasks, the plan in plain words. */
function withPlan(deciding: Deciding, graph: Bundle, followUps: readonly FollowUp[]): Bundle {
  const { network } = deciding;
  const orders = new Map(followUps.map(({ order }) => [order.id, order]));
  const entry = (graph.entry ?? []).map((entry) => {
    const { resource } = entry;
    if (isType(resource, 'ServiceRequest')) return { ...entry, resource: orders.get(resource.id ?? '') ?? resource };
    if (isType(resource, 'CarePlan')) return { ...entry, resource: inPlainWords(resource, graph, followUps, network) };
    return entry;
  });
  const tasks = followUps.map(({ task }) => task);
  return withEntries(deciding, { ...graph, entry }, tasks);
}

const withEntries = ({ network }: Deciding, graph: Bundle, made: readonly Identified[]): Bundle => ({
  ...graph,
  entry: [
    ...(graph.entry ?? []),
    ...made.map((resource) => ({
      fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  ] as NonNullable<Bundle['entry']>,
});

function inPlainWords(
  plan: CarePlan,
  graph: Bundle,
  followUps: readonly FollowUp[],
  { directory }: Deciding['network'],
): CarePlan {
  const conversation = conversationOf(graph);
  if (!conversation) return plan;
  const goals = (graph.entry ?? []).flatMap(({ resource }) => (isType(resource, 'Goal') ? [resource] : []));
  const nameOf = (reference: string) => (directory.service(reference) ?? directory.organization(reference))?.name;
  const requests = followUps.map(({ order }) => order);
  return { ...plan, text: planNarrative({ plan, conversation, goals, requests, nameOf }) };
}

/** Who referred hears that the conversation was held, and within care gets the plan. */
function toldOf(deciding: Deciding, incoming: Incoming, { order, person, tasks }: RecordOrder, graph: Bundle) {
  if (conversationOf(graph)?.status !== 'finished') return undefined;
  const resources = resourcesOf(graph);
  const consents = [...incoming.known.resources.values()].filter((it) => isType(it, 'Consent'));
  return tellReferrer(deciding, {
    order,
    person,
    around: [...resources, ...consents],
    legalBasis: legalBasisOf(tasks[0]) || 'referral-within-care',
    topic: resources.some((it) => isType(it, 'CarePlan')) ? 'plan-ready' : 'conversation-held',
    mover: incoming.partner.id,
    at: incoming.at,
  });
}

/** A provider that gets an order within care may read the person at the gateway too. */
function seenByProviders({ person }: RecordOrder, followUps: readonly FollowUp[]): Change[] {
  const readers = followUps.flatMap(({ recipient, task }) => (recipient && !isSocial(task) ? [recipient] : []));
  const version = Number(person.meta?.versionId);
  if (readers.length === 0 || !Number.isInteger(version)) return [];
  return [{ resource: person as Resource & { id: string }, expect: { version }, readers }];
}

const isSocial = ({ code }: Task): boolean =>
  code?.coding?.some((it) => it.system === mgnCodeSystem('use-case') && it.code === 'social-request') ?? false;
