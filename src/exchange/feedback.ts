import type { Communication, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../directory/index.ts';
import { feedback } from '../disclosure/index.ts';
import { mgnCodeSystem, mgnExtension, mgnNaming, mgnProfile } from '../fhir/canonical.ts';
import { type Effect, isConsultation, type OrderGraph } from '../workflow/index.ts';
import { senderOf } from './actors.ts';
import type { Deciding } from './gateway.ts';
import { projecting, type Share } from './give.ts';
import type { Identified } from './graph.ts';
import { readAt } from './journey.ts';
import { sourceOfPartner } from './judge.ts';
import type { Memory } from './recall.ts';

/** What a referrer hears of, in the words it reads: that it happened, never what was said or found. */
const topics = {
  'no-show': 'De persoon is niet op de afspraak verschenen. De behandelaar neemt het verder op.',
  transfer: 'Voor uw verwijzing is een andere aanbieder gevraagd. U hoort het als die haar overneemt.',
  'handed-over': 'Een andere aanbieder heeft de hulp overgenomen.',
  completed: 'De hulp waarvoor u verwees is afgerond.',
  'not-completed': 'De hulp waarvoor u verwees is gestopt voordat zij was afgerond.',
} as const;

export type Topic = keyof typeof topics;

/** A Communication to the partner that sent an order, and how it gets there. */
export type Told = { readonly communication: Communication & Identified; readonly share: Share };

type Telling = {
  /** As its referrer sent it: what it hears hangs on its own order. */
  readonly order: ServiceRequest;
  readonly legalBasis: string;
  readonly topic: Topic;
  readonly mover: string;
  readonly at: Date;
};

/** Undefined when nobody is to be told: the referrer itself moved, or it has no part in the network any more. */
export function tellReferrer(
  deciding: Pick<Deciding, 'network' | 'world'>,
  { order, legalBasis, topic, mover, at }: Telling,
): Told | undefined {
  const { network, world } = deciding;
  const referrer = senderOf(network, order);
  const recipient = referrer && referrer !== mover ? recipientOf(network, referrer) : undefined;
  if (!referrer || !recipient) return undefined;
  // that somebody goes to another provider is care's to know
  if (recipient.domain === 'social' && (topic === 'transfer' || topic === 'handed-over')) return undefined;
  const id = world.newId();
  const to = projecting(deciding, referrer).requester as NonNullable<Communication['recipient']>[number];
  const communication: Communication & Identified = {
    resourceType: 'Communication',
    id,
    meta: { profile: [mgnProfile('feedback')], source: sourceOfPartner(mover) },
    identifier: [{ system: mgnNaming('resource'), value: id }],
    basedOn: [{ reference: `ServiceRequest/${order.id}` }],
    status: 'completed',
    category: [{ coding: [{ system: mgnCodeSystem('use-case'), code: 'feedback' }] }],
    topic: { coding: [{ system: mgnCodeSystem('feedback-topic'), code: topic }] },
    // the address alone: a display is a name
    subject: { reference: order.subject.reference ?? '' },
    sent: at.toISOString(),
    recipient: [to],
    payload: [{ contentString: topics[topic] }],
  };
  const graph = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: communication }] } as const;
  const { bundle, receipt } = feedback({
    graph: { ...graph, entry: [...graph.entry] },
    recipient,
    legalBasis,
    now: at,
  });
  const channel = network.partners.get(referrer)?.channel ?? 'inbox';
  return { communication, share: { partner: referrer, purpose: 'feedback', bundle, receipt, channel } };
}

/** What of a move who referred should hear; most moves tell themselves by the status of the Task. */
export function topicOf(before: Task | undefined, { rule, resource }: Effect): Topic | undefined {
  if (resource.resourceType !== 'Task') return undefined;
  // to consult is no end of the help that was referred for; its minutes tell themselves
  if (isConsultation(resource)) return undefined;
  const says = (task: Task | undefined, code: string) =>
    task?.businessStatus?.coding?.some((it) => it.code === code) ?? false;
  if (rule === 'complete') return says(resource, 'handed-over') ? 'handed-over' : 'completed';
  if (rule === 'fail') return 'not-completed';
  return rule === 'tell' && says(resource, 'no-show') && !says(before, 'no-show') ? 'no-show' : undefined;
}

/** Orders lead to the one they follow from; nobody goes on for ever. */
const longest = 5;

/** Everybody who referred on this journey hears of the move: who sent this order, and those it follows from. */
export async function feedbackOf(
  deciding: Pick<Deciding, 'network' | 'world'>,
  memory: Memory,
  { graph, effect, mover, at }: { graph: OrderGraph; effect: Effect; mover: string; at: Date },
): Promise<readonly Told[]> {
  const topic = topicOf(
    graph.tasks.find(({ id }) => id === effect.resource.id),
    effect,
  );
  if (!topic) return [];
  const legalBasis = legalBasisOf(effect.resource as Task);
  const told = new Map<string, Told>();
  let order: ServiceRequest | undefined = graph.order;
  for (let n = 0; order && n < longest; n++) {
    const one = tellReferrer(deciding, { order, legalBasis, topic, mover, at });
    if (one && !told.has(one.share.partner)) told.set(one.share.partner, one);
    const before: Identified | undefined = await readAt(memory, order.basedOn?.[0]?.reference ?? '');
    order = before?.resourceType === 'ServiceRequest' ? (before as ServiceRequest) : undefined;
  }
  return [...told.values()];
}

export const legalBasisOf = ({ extension = [] }: Task): string =>
  extension.find(({ url }) => url === mgnExtension('legal-basis'))?.valueCodeableConcept?.coding?.[0]?.code ?? '';
