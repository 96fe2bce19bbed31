import type { Bundle, Communication, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { feedback, mayReceiveContent } from '../../disclosure/index.ts';
import { graphOf, type Identified } from '../../fhir/graph.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { Change } from '../../store/port.ts';
import type { FeedbackTopic } from '../../vocabulary/feedback-topic.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { sourceOfPartner } from '../../vocabulary/meta-source.ts';
import type { Effect, OrderGraph } from '../../workflow/index.ts';
import { disclosureTo } from '../disclose/disclosure-to.ts';
import { requesterOf } from '../disclose/disclosures.ts';
import { runOutgoingMap } from '../maps/outgoing.ts';
import { senderOf } from '../memory/actors.ts';
import { consentsOf } from '../memory/consents.ts';
import { type Memory, readAt } from '../memory/memory.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { letterOf } from './letter.ts';
import { topicOf } from './topics.ts';

/**
 * Feedback (terugkoppeling) to the sender of an order: a Communication, within care also a letter, and its disclosure.
 */
export type Feedback = {
  readonly communication: Communication & Identified;
  readonly letter?: Bundle & Identified;
  readonly disclosure: Disclosure;
};

type FeedbackEvent = {
  /** The referrer's own order, to which the feedback refers. */
  readonly order: ServiceRequest;
  /** Person of the order; without it there is no letter. */
  readonly person?: Patient | undefined;
  /** Consents of the person and the content to disclose: disclosure decides on each. */
  readonly around: readonly Resource[];
  readonly legalBasis: string | undefined;
  readonly topic: FeedbackTopic;
  readonly mover: string;
  /** The author; absent: the organisation of the mover. */
  readonly sender?: ReturnType<typeof requesterOf>;
  readonly at: Date;
};

type FeedbackContext = Pick<DecisionContext, 'network' | 'world' | 'outgoing'>;

/** Topics that the social domain does not get: a transfer between providers, and a case consultation (casusoverleg). */
const careOnlyTopics: ReadonlySet<FeedbackTopic> = new Set(['transfer', 'handed-over', 'consultation-held']);

/** Undefined without a recipient: the referrer is the mover, or left the network. */
export function feedbackToReferrer(context: FeedbackContext, event: FeedbackEvent): Feedback | undefined {
  const { order, person, around, legalBasis, topic, mover, sender, at } = event;
  const { network, world, outgoing } = context;
  const referrer = senderOf(network, order);
  const recipient = referrer && referrer !== mover ? recipientOf(network, referrer) : undefined;
  if (!referrer || !recipient) return undefined;
  const isSocial = recipient.domain === 'social';
  if (isSocial && careOnlyTopics.has(topic)) return undefined;
  const isWritten = person !== undefined && mayReceiveContent(graphOf(collection(around)), recipient, at);
  const input = {
    topic,
    order: `ServiceRequest/${order.id}`,
    person: order.subject.reference ?? '',
    sent: at.toISOString(),
    recipient: requesterOf(network, referrer),
    ...(isSocial ? {} : { sender: sender ?? requesterOf(network, mover) }),
    ...(isWritten ? { letter: `Bundle/${world.newId()}` } : {}),
  };
  const mapped = runOutgoingMap<Communication & Identified>(outgoing.communication, input, world.newId());
  const communication = isSocial ? mapped : { ...mapped, meta: { ...mapped.meta, source: sourceOfPartner(mover) } };
  const graph = collection([communication, ...around, ...(person ? [person] : [])]);
  const { bundle, letterBundle, receipt, evidence } = feedback({ graph, recipient, legalBasis, now: at });
  const letter = letterBundle && letterOf(context, letterBundle, mover);
  const content = letter ? { ...bundle, entry: [...(bundle.entry ?? []), { resource: letter }] } : bundle;
  const disclosure = disclosureTo(network, {
    partner: referrer,
    purpose: 'feedback',
    bundle: content,
    receipt,
    evidence,
  });
  return { communication, ...(letter ? { letter } : {}), disclosure };
}

const collection = (resources: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })) as NonNullable<Bundle['entry']>,
});

/** Stores the feedback, readable for the referrer and the mover. */
export const feedbackChanges = ({ communication, letter, disclosure }: Feedback, mover: string): Change[] =>
  [communication, ...(letter ? [letter] : [])].map((resource) => ({
    resource,
    expect: 'new' as const,
    readers: [...new Set([disclosure.partner, mover])],
  }));

/** Upper bound on the chain of orders that are based on each other. */
const maximumDepth = 5;

/** Feedback on a move to every referrer of the journey: the senders of this order and of those on which it is based. */
export async function feedbackOf(
  context: FeedbackContext,
  memory: Memory,
  { graph, effect, mover, at }: { graph: OrderGraph; effect: Effect; mover: string; at: Date },
): Promise<readonly Feedback[]> {
  const topic = topicOf(
    graph.tasks.find(({ id }) => id === effect.resource.id),
    effect,
  );
  if (!topic) return [];
  const legalBasis = legalBasisOf(effect.resource as Task);
  const found = new Map<string, Feedback>();
  let order: ServiceRequest | undefined = graph.order;
  for (let n = 0; order && n < maximumDepth; n++) {
    const subject = order.subject.reference ?? '';
    const person = await readAt(memory, subject);
    const around = await consentsOf(memory, [subject]);
    const patient = isType(person, 'Patient') ? (person as Patient) : undefined;
    const added = feedbackToReferrer(context, { order, person: patient, around, legalBasis, topic, mover, at });
    if (added && !found.has(added.disclosure.partner)) found.set(added.disclosure.partner, added);
    const before: Identified | undefined = await readAt(memory, order.basedOn?.[0]?.reference ?? '');
    order = before?.resourceType === 'ServiceRequest' ? (before as ServiceRequest) : undefined;
  }
  return [...found.values()];
}
