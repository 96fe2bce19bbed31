import type { Bundle, Communication, Consent, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
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
import { projecting } from '../disclose/disclosures.ts';
import { runOutgoingMap } from '../maps/outgoing.ts';
import { senderOf } from '../memory/actors.ts';
import { find, type Memory, readAt } from '../memory/memory.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import { letterOf } from './letter.ts';
import { topicOf } from './topics.ts';

/** What the partner that sent an order is told: a Communication, within care also as a letter, and how they get there. */
export type Feedback = {
  readonly communication: Communication & Identified;
  readonly letter?: Bundle & Identified;
  readonly disclosure: Disclosure;
};

type FeedbackEvent = {
  /** As its referrer sent it: what it hears hangs on its own order. */
  readonly order: ServiceRequest;
  /** Whom the order is about; without it there is no letter. */
  readonly person?: Patient | undefined;
  /** Consents of the person, and what there is to know: disclosure decides what of it goes. */
  readonly around: readonly Resource[];
  readonly legalBasis: string | undefined;
  readonly topic: FeedbackTopic;
  readonly mover: string;
  readonly at: Date;
};

type Making = Pick<DecisionContext, 'network' | 'world' | 'outgoing'>;

/** That somebody goes to another provider is care's to know, and that a case was consulted about is its members'. */
const ofCare: ReadonlySet<FeedbackTopic> = new Set(['transfer', 'handed-over', 'consultation-held']);

/** Undefined when nobody is to be told: the referrer itself moved, or it has no part in the network any more. */
export function feedbackToReferrer(deciding: Making, telling: FeedbackEvent): Feedback | undefined {
  const { order, person, around, legalBasis, topic, mover, at } = telling;
  const { network, world, outgoing } = deciding;
  const referrer = senderOf(network, order);
  const recipient = referrer && referrer !== mover ? recipientOf(network, referrer) : undefined;
  if (!referrer || !recipient) return undefined;
  const isSocial = recipient.domain === 'social';
  if (isSocial && ofCare.has(topic)) return undefined;
  const isWritten = person !== undefined && mayReceiveContent(graphOf(collection(around)), recipient, at);
  const moment = {
    topic,
    order: `ServiceRequest/${order.id}`,
    person: order.subject.reference ?? '',
    sent: at.toISOString(),
    recipient: projecting(deciding, referrer).requester,
    ...(isSocial ? {} : { sender: projecting(deciding, mover).requester }),
    ...(isWritten ? { letter: `Bundle/${world.newId()}` } : {}),
  };
  const made = runOutgoingMap<Communication & Identified>(outgoing.communication, moment, world.newId());
  const communication = isSocial ? made : { ...made, meta: { ...made.meta, source: sourceOfPartner(mover) } };
  const graph = collection([communication, ...around, ...(person ? [person] : [])]);
  const { bundle, letterBundle, receipt } = feedback({ graph, recipient, legalBasis, now: at });
  const letter = letterBundle && letterOf(deciding, letterBundle, mover);
  const given = letter ? { ...bundle, entry: [...(bundle.entry ?? []), { resource: letter }] } : bundle;
  const disclosure = disclosureTo(network, { partner: referrer, purpose: 'feedback', bundle: given, receipt });
  return { communication, ...(letter ? { letter } : {}), disclosure };
}

const collection = (resources: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })) as NonNullable<Bundle['entry']>,
});

/** What is stored of it: the referrer and who made the move may read it. */
export const feedbackChanges = ({ communication, letter, disclosure }: Feedback, mover: string): Change[] =>
  [communication, ...(letter ? [letter] : [])].map((resource) => ({
    resource,
    expect: 'new' as const,
    readers: [...new Set([disclosure.partner, mover])],
  }));

/** Orders lead to the one they follow from; nobody goes on for ever. */
const longest = 5;

/** Everybody who referred on this journey hears of the move: who sent this order, and those it follows from. */
export async function feedbackOf(
  deciding: Making,
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
  for (let n = 0; order && n < longest; n++) {
    const subject = order.subject.reference ?? '';
    const person = await readAt(memory, subject);
    const around = await find<Consent>(memory, 'Consent', 'patient', [subject]);
    const about = isType(person, 'Patient') ? (person as Patient) : undefined;
    const one = feedbackToReferrer(deciding, { order, person: about, around, legalBasis, topic, mover, at });
    if (one && !found.has(one.disclosure.partner)) found.set(one.disclosure.partner, one);
    const before: Identified | undefined = await readAt(memory, order.basedOn?.[0]?.reference ?? '');
    order = before?.resourceType === 'ServiceRequest' ? (before as ServiceRequest) : undefined;
  }
  return [...found.values()];
}
