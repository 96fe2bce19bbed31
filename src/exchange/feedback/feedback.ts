import type { Bundle, Communication, Consent, Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { feedback, mayKnowContent } from '../../disclosure/index.ts';
import { mgnExtension } from '../../fhir/canonical.ts';
import { graphOf, type Identified } from '../../fhir/graph.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { Change } from '../../store/port.ts';
import type { Effect, OrderGraph } from '../../workflow/index.ts';
import { projecting } from '../disclose/disclosures.ts';
import { madeBy } from '../maps/outgoing.ts';
import { senderOf } from '../memory/actors.ts';
import { find, type Memory, readAt } from '../memory/memory.ts';
import type { Share } from '../pipeline/disclosure.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import { sourceOfPartner } from '../pipeline/judge.ts';
import { letterOf } from './letter.ts';
import { type FeedbackTopic, topicOf } from './topics.ts';

/** What the partner that sent an order is told: a Communication, within care also as a letter, and how they get there. */
export type Told = {
  readonly communication: Communication & Identified;
  readonly letter?: Bundle & Identified;
  readonly share: Share;
};

type Telling = {
  /** As its referrer sent it: what it hears hangs on its own order. */
  readonly order: ServiceRequest;
  /** Whom the order is about; without it there is no letter. */
  readonly person?: Patient | undefined;
  /** Consents of the person, and what there is to know: disclosure decides what of it goes. */
  readonly around: readonly Resource[];
  readonly legalBasis: string;
  readonly topic: FeedbackTopic;
  readonly mover: string;
  readonly at: Date;
};

type Making = Pick<Deciding, 'network' | 'world' | 'outgoing'>;

/** That somebody goes to another provider is care's to know, and that a case was consulted about is its members'. */
const ofCare: ReadonlySet<FeedbackTopic> = new Set(['transfer', 'handed-over', 'consultation-held']);

/** Undefined when nobody is to be told: the referrer itself moved, or it has no part in the network any more. */
export function tellReferrer(deciding: Making, telling: Telling): Told | undefined {
  const { order, person, around, legalBasis, topic, mover, at } = telling;
  const { network, world, outgoing } = deciding;
  const referrer = senderOf(network, order);
  const recipient = referrer && referrer !== mover ? recipientOf(network, referrer) : undefined;
  if (!referrer || !recipient) return undefined;
  const isSocial = recipient.domain === 'social';
  if (isSocial && ofCare.has(topic)) return undefined;
  const isWritten = person !== undefined && mayKnowContent(graphOf(collection(around)), recipient, at);
  const moment = {
    topic,
    order: `ServiceRequest/${order.id}`,
    person: order.subject.reference ?? '',
    sent: at.toISOString(),
    recipient: projecting(deciding, referrer).requester,
    ...(isSocial ? {} : { sender: projecting(deciding, mover).requester }),
    ...(isWritten ? { letter: `Bundle/${world.newId()}` } : {}),
  };
  const made = madeBy<Communication & Identified>(outgoing.communication, moment, world.newId());
  const communication = isSocial ? made : { ...made, meta: { ...made.meta, source: sourceOfPartner(mover) } };
  const graph = collection([communication, ...around, ...(person ? [person] : [])]);
  const { bundle, onLetter, receipt } = feedback({ graph, recipient, legalBasis, now: at });
  const letter = onLetter && letterOf(deciding, onLetter, mover);
  const channel = network.partners.get(referrer)?.channel ?? 'inbox';
  const given = letter ? { ...bundle, entry: [...(bundle.entry ?? []), { resource: letter }] } : bundle;
  const share: Share = { partner: referrer, purpose: 'feedback', bundle: given, receipt, channel };
  return { communication, ...(letter ? { letter } : {}), share };
}

const collection = (resources: readonly Resource[]): Bundle => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })) as NonNullable<Bundle['entry']>,
});

/** What is stored of it: the referrer and who made the move may read it. */
export const keptOf = ({ communication, letter, share }: Told, mover: string): Change[] =>
  [communication, ...(letter ? [letter] : [])].map((resource) => ({
    resource,
    expect: 'new' as const,
    readers: [...new Set([share.partner, mover])],
  }));

/** Orders lead to the one they follow from; nobody goes on for ever. */
const longest = 5;

/** Everybody who referred on this journey hears of the move: who sent this order, and those it follows from. */
export async function feedbackOf(
  deciding: Making,
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
    const subject = order.subject.reference ?? '';
    const person = await readAt(memory, subject);
    const around = await find<Consent>(memory, 'Consent', 'patient', [subject]);
    const about = isType(person, 'Patient') ? (person as Patient) : undefined;
    const one = tellReferrer(deciding, { order, person: about, around, legalBasis, topic, mover, at });
    if (one && !told.has(one.share.partner)) told.set(one.share.partner, one);
    const before: Identified | undefined = await readAt(memory, order.basedOn?.[0]?.reference ?? '');
    order = before?.resourceType === 'ServiceRequest' ? (before as ServiceRequest) : undefined;
  }
  return [...told.values()];
}

export const legalBasisOf = (task: Task | undefined): string =>
  task?.extension?.find(({ url }) => url === mgnExtension('legal-basis'))?.valueCodeableConcept?.coding?.[0]?.code ??
  '';
