import type { Bundle, CarePlan, Task } from '@medplum/fhirtypes';
import { planNarrative } from '../../conversation/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { type Identified, resourcesOf } from '../../fhir/graph.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { type Result, success } from '../../fhir/result.ts';
import type { Change } from '../../store/port.ts';
import { hasOwnCode } from '../../vocabulary/concept.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { feedbackChanges, feedbackToReferrer } from '../feedback/feedback.ts';
import { atGateway } from '../memory/memory.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { type Incoming, messageKind } from '../pipeline/kind.ts';
import { type FollowUp, followUpDisclosures, followUpsOf } from './follow-ups.ts';
import { conversationOf, orderOf, ownTaskOf, type RecordedOrder, withOrder } from './recorded-order.ts';

/**
 * Record of an exploratory conversation (verkennend gesprek), sent by the team that accepted the order. The gateway
 * stores it with the plan in plain Dutch for the person, sends each of its requests as a new order, and notifies the
 * referrer.
 */
export const conversationRecord = messageKind<Result<RecordedOrder>>({
  name: 'record',
  senders: ['referrer', 'provider'],
  profiles: [mgnProfile('record-bundle')],
  requires: (graph, base) =>
    (conversationOf(graph)?.basedOn ?? []).flatMap(({ reference = '' }) => atGateway(reference, base) ?? []),
  lookUp: async (_, { graph, loaded }) => orderOf(graph, loaded),
  check: ({ graph, loaded }, order) => (order.ok ? withOrder({ graph, loaded }, order.value) : order),
  route: (incoming, order, context) => {
    if (!order.ok) return order;
    const { partner, at } = incoming;
    const ownTask = ownTaskOf(context, order.value, partner);
    if (!ownTask.ok) return ownTask;
    const followUps = followUpsOf(context, incoming, { ...order.value, ownTask: ownTask.value });
    if (!followUps.ok) return followUps;
    const recorded = withPlan(context, incoming.graph, followUps.value);
    const feedback = feedbackOn(context, incoming, order.value, recorded);
    return success(
      {
        graph: feedback ? withEntries(context, recorded, [feedback.communication]) : recorded,
        decisions: followUps.value.flatMap(({ decision }) => decision ?? []),
        changes: [
          ...patientReaders(order.value, followUps.value),
          ...(feedback ? feedbackChanges(feedback, partner.id).slice(1) : []),
        ],
        disclosures: () => {
          const disclosed = followUpDisclosures(context, followUps.value, partner.id, at);
          if (!disclosed.ok) return disclosed;
          return success([...disclosed.value, ...(feedback ? [feedback.disclosure] : [])], disclosed.issues);
        },
      },
      followUps.issues,
    );
  },
});

/** The record in its stored form: with the follow-up orders, their Tasks, and the narrative of the plan. */
function withPlan(context: DecisionContext, graph: Bundle, followUps: readonly FollowUp[]): Bundle {
  const { network } = context;
  const orders = new Map(followUps.map(({ order }) => [order.id, order]));
  const entry = (graph.entry ?? []).map((entry) => {
    const { resource } = entry;
    if (isType(resource, 'ServiceRequest')) return { ...entry, resource: orders.get(resource.id ?? '') ?? resource };
    if (isType(resource, 'CarePlan')) return { ...entry, resource: inPlainWords(resource, graph, followUps, network) };
    return entry;
  });
  const tasks = followUps.map(({ task }) => task);
  return withEntries(context, { ...graph, entry }, tasks);
}

const withEntries = ({ network }: DecisionContext, graph: Bundle, resources: readonly Identified[]): Bundle => ({
  ...graph,
  entry: [
    ...(graph.entry ?? []),
    ...resources.map((resource) => ({
      fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  ] as NonNullable<Bundle['entry']>,
});

function inPlainWords(
  plan: CarePlan,
  graph: Bundle,
  followUps: readonly FollowUp[],
  { directory }: DecisionContext['network'],
): CarePlan {
  const conversation = conversationOf(graph);
  if (!conversation) return plan;
  const goals = (graph.entry ?? []).flatMap(({ resource }) => (isType(resource, 'Goal') ? [resource] : []));
  const nameOf = (reference: string) => (directory.service(reference) ?? directory.organization(reference))?.name;
  const requests = followUps.map(({ order }) => order);
  return { ...plan, text: planNarrative({ plan, conversation, goals, requests, nameOf }) };
}

/** Feedback (terugkoppeling) to the referrer after the conversation; within care it includes the plan. */
function feedbackOn(
  context: DecisionContext,
  incoming: Incoming,
  { order, person, tasks }: RecordedOrder,
  graph: Bundle,
) {
  if (conversationOf(graph)?.status !== 'finished') return undefined;
  const resources = resourcesOf(graph);
  const consents = [...incoming.loaded.resources.values()].filter((it) => isType(it, 'Consent'));
  return feedbackToReferrer(context, {
    order,
    person,
    around: [...resources, ...consents],
    legalBasis: legalBasisOf(tasks[0]) || 'referral-within-care',
    topic: resources.some((it) => isType(it, 'CarePlan')) ? 'plan-ready' : 'conversation-held',
    mover: incoming.partner.id,
    at: incoming.at,
  });
}

/** A provider that receives a follow-up order within care may also read the Patient at the gateway. */
function patientReaders({ person }: RecordedOrder, followUps: readonly FollowUp[]): Change[] {
  const readers = followUps.flatMap(({ recipient, task }) => (recipient && !isSocial(task) ? [recipient] : []));
  const version = Number(person.meta?.versionId);
  if (readers.length === 0 || !Number.isInteger(version)) return [];
  return [{ resource: person as Resource & { id: string }, expect: { version }, readers }];
}

const isSocial = ({ code }: Task): boolean => hasOwnCode(code, 'use-case', 'social-request');
