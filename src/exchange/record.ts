import type { Bundle, CarePlan, Communication, Consent, Task } from '@medplum/fhirtypes';
import { planNarrative } from '../conversation/index.ts';
import { recipientOf } from '../directory/index.ts';
import { feedback } from '../disclosure/index.ts';
import { mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import type { Issue } from '../fhir/issue.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import type { Change } from '../store/port.ts';
import { type FollowUp, followUpsOf, referrerOf } from './follow-ups.ts';
import type { Deciding } from './gateway.ts';
import { type Share, shares } from './give.ts';
import type { Identified } from './graph.ts';
import { sourceOfPartner } from './judge.ts';
import type { Incoming, Kind, Routed } from './kind.ts';
import { conversationOf, orderOf, ownTaskOf, type RecordOrder, settled } from './record-order.ts';

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
    const told = communication(deciding, incoming, order.value);
    const graph = withPlan(deciding, incoming.graph, followUps.value, told);
    return success(
      {
        graph,
        decisions: followUps.value.flatMap(({ decision }) => decision ?? []),
        changes: seenByProviders(order.value, followUps.value),
        followUps: followUps.value,
      },
      followUps.issues,
    );
  },
  share: (deciding, routed, incoming) => {
    const { followUps } = routed as RoutedRecord;
    const given = followUps.map(({ graph, recipient }) =>
      shares(deciding, graph, { sender: incoming.partner.id, owner: recipient }, incoming.at),
    );
    const wrong = given.filter((it) => !it.ok).flatMap(({ issues }) => issues);
    if (wrong.length) return failure(...wrong);
    const warnings: Issue[] = given.flatMap(({ issues }) => issues);
    return success(
      [...given.flatMap((it) => (it.ok ? it.value : [])), ...feedbackOf(deciding, routed.graph, incoming)],
      warnings,
    );
  },
};

/** The record as it will be stored: its orders as they go on, their Tasks, the plan in plain words. */
function withPlan(
  { network, world }: Deciding,
  graph: Bundle,
  followUps: readonly FollowUp[],
  told: (Communication & Identified) | undefined,
): Bundle {
  const orders = new Map(followUps.map(({ order }) => [order.id, order]));
  const kept = (graph.entry ?? []).map((entry) => {
    const { resource } = entry;
    if (isType(resource, 'ServiceRequest')) return { ...entry, resource: orders.get(resource.id ?? '') ?? resource };
    if (isType(resource, 'CarePlan')) return { ...entry, resource: inPlainWords(resource, graph, followUps, network) };
    return entry;
  });
  const made = [...followUps.map(({ task }) => task), ...(told ? [told] : [])].map((resource) => ({
    fullUrl: `${network.settings.baseUrl}/${resource.resourceType}/${resource.id ?? world.newId()}`,
    resource,
  }));
  return { ...graph, entry: [...kept, ...made] };
}

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

/** Tells who referred that the conversation was held; nothing of what was said. */
function communication(
  deciding: Deciding,
  { graph, partner, at }: Incoming,
  { order, person }: RecordOrder,
): (Communication & Identified) | undefined {
  const referrer = referrerOf(deciding, order);
  const held = conversationOf(graph)?.status === 'finished';
  if (!held || !referrer || referrer.partner === partner.id) return undefined;
  const hasPlan = graph.entry?.some(({ resource }) => isType(resource, 'CarePlan')) ?? false;
  const id = deciding.world.newId();
  return {
    resourceType: 'Communication',
    id,
    meta: { profile: [mgnProfile('feedback')], source: sourceOfPartner(partner.id) },
    identifier: [{ system: mgnNaming('resource'), value: id }],
    basedOn: [{ reference: `ServiceRequest/${order.id}` }],
    status: 'completed',
    category: [{ coding: [{ system: mgnCodeSystem('use-case'), code: 'feedback' }] }],
    topic: {
      coding: [{ system: mgnCodeSystem('feedback-topic'), code: hasPlan ? 'plan-ready' : 'conversation-held' }],
    },
    subject: { reference: `Patient/${person.id}` },
    sent: at.toISOString(),
    recipient: [referrer.reference],
    payload: [
      {
        contentString: hasPlan
          ? 'Het verkennend gesprek is geweest. Het plan is klaar.'
          : 'Het verkennend gesprek is geweest. Er volgt nog een gesprek.',
      },
    ],
  };
}

function feedbackOf({ network }: Deciding, graph: Bundle, { known, partner, at }: Incoming): Share[] {
  if (conversationOf(graph)?.status !== 'finished') return [];
  const order = orderOf(graph, known);
  const referrer = order.ok ? referrerOf({ network }, order.value.order) : undefined;
  const recipient = referrer && referrer.partner !== partner.id ? recipientOf(network, referrer.partner) : undefined;
  if (!order.ok || !referrer || !recipient) return [];
  const consents = [...known.resources.values()].filter((it): it is Consent & Identified => isType(it, 'Consent'));
  const whole: Bundle = { ...graph, entry: [...(graph.entry ?? []), ...consents.map((resource) => ({ resource }))] };
  const legalBasis = legalBasisOf(order.value.tasks[0]);
  const { bundle, receipt } = feedback({ graph: whole, recipient, legalBasis, now: at });
  const channel = network.partners.get(referrer.partner)?.channel ?? 'inbox';
  return [{ partner: referrer.partner, purpose: 'feedback', bundle, receipt, channel }];
}

const legalBasisOf = (task: Task | undefined): string =>
  task?.extension?.find(({ url }) => url === mgnExtension('legal-basis'))?.valueCodeableConcept?.coding?.[0]?.code ??
  'referral-within-care';

/** A provider that gets an order within care may read the person at the gateway too. */
function seenByProviders({ person }: RecordOrder, followUps: readonly FollowUp[]): Change[] {
  const readers = followUps.flatMap(({ recipient, task }) => (recipient && !isSocial(task) ? [recipient] : []));
  const version = Number(person.meta?.versionId);
  if (readers.length === 0 || !Number.isInteger(version)) return [];
  return [{ resource: person as Resource & { id: string }, expect: { version }, readers }];
}

const isSocial = ({ code }: Task): boolean =>
  code?.coding?.some((it) => it.system === mgnCodeSystem('use-case') && it.code === 'social-request') ?? false;
