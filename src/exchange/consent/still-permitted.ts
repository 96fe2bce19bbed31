import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { isOnGround } from '../../delivery/conditional.ts';
import type { MayStillSend } from '../../delivery/settings.ts';
import { recipientOf } from '../../directory/index.ts';
import { disclose, groundRule, nobodyAsked, type OutsideConsent } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { Dispatch } from '../../store/port.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { projectionContext } from '../disclose/disclosures.ts';
import { askOutside } from '../disclose/outside-consent.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { orderOfPlan, ordersBefore, wholeOrder } from '../memory/journey.ts';
import { find, type Memory, readAt } from '../memory/memory.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { mayStillReceiveContent } from './content-permitted.ts';
import { isInvitationPermitted } from './invitation-permitted.ts';
import type { StillQuestion } from './still-question.ts';

type Deciding = Pick<Gateway, 'store' | 'network' | 'world' | 'grounds' | 'consentSource'>;

/** Whether content about a person may still be sent, checked before an attempt. Other dispatches pass. */
export const mayStillDisclose =
  (gateway: () => Deciding): MayStillSend =>
  async (dispatch) => {
    if (!isOnGround(dispatch)) return { ok: true };
    const it = gateway();
    const now = it.world.now();
    const judged = await judgementOf(it, dispatch, now);
    if (!judged) return { ok: true };
    const outside = await askOutside(it, judged);
    // a source that does not know now may know at the next attempt
    const unanswered = outside && (await judged((question) => (outside(question) === 'deny' ? 'deny' : 'permit')));
    if (outside && unanswered && !(await judged(outside))) throw new Error('the consent source is undecided');
    const permitted = outside ? unanswered : await judged(nobodyAsked);
    return permitted ? { ok: true } : { ok: false, because: 'consent-ended' };
  };

type Judgement = (outside: OutsideConsent) => Promise<boolean>;

/** How a dispatch is judged: by the Task of its recipient, or else by what its person says of the recipient. */
async function judgementOf(it: Deciding, dispatch: Dispatch, now: Date): Promise<Judgement | undefined> {
  const { about = [], kind } = dispatch;
  if (kind === 'feedback' || kind === 'appointment') {
    const order = await readAt(it.store, about.find((name) => name.startsWith('ServiceRequest/')) ?? '');
    if (!isType(order, 'ServiceRequest')) return undefined;
    const task = await socialTaskOf(it, order as ServiceRequest, dispatch.recipient);
    return async (outside) =>
      (await mayStillReceiveContent(it, order as ServiceRequest, dispatch, now)) &&
      (!task || isStillPermitted(it, order as ServiceRequest, task, { now, outside, isSending: true }));
  }
  const found = await subjectOf(it, dispatch);
  return found && ((outside) => isStillPermitted(it, found.order, found.task, { now, outside, isSending: true }));
}

type Subject = { readonly task: Task; readonly order: ServiceRequest };

/** The Task for an order that a party of the social domain carries out: it knows of the person by a Consent only. */
async function socialTaskOf(
  { store, network }: Deciding,
  { id }: ServiceRequest,
  partner: string,
): Promise<Task | undefined> {
  if (recipientOf(network, partner)?.domain !== 'social') return undefined;
  const tasks = await find<Task>(store, 'Task', 'focus', [`ServiceRequest/${id}`]);
  return tasks.find((it) => ownerOf(network, it) === partner);
}

/** The Task by which the recipient has a right to what is sent, and its order; undefined where it has another right. */
async function subjectOf(
  { store, network }: Deciding,
  { kind, recipient, about = [] }: Dispatch,
): Promise<Subject | undefined> {
  const named = about.filter((it) => it.startsWith('Task/'));
  if (kind === 'social-request' || kind === 'referral') {
    const order = await readAt(store, about.find((it) => it.startsWith('ServiceRequest/')) ?? '');
    const task = await readAt(store, named[0] ?? '');
    return isType(task, 'Task') && isType(order, 'ServiceRequest')
      ? { task: task as Task, order: order as ServiceRequest }
      : undefined;
  }
  if (kind === 'answer') {
    // the question is part of the Task of who asked
    const questions = await Promise.all(named.map((it) => readAt(store, it)));
    const parents = questions.flatMap((it) => (isType(it, 'Task') ? ((it as Task).partOf ?? []) : []));
    const tasks = await Promise.all(parents.map(({ reference = '' }) => readAt(store, reference)));
    const task = tasks
      .flatMap((it) => (isType(it, 'Task') ? [it as Task] : []))
      .find((it) => ownerOf(network, it) === recipient);
    const order = task && (await orderOfTask(store, task));
    return task && order && { task, order };
  }
  // of a record only the consultation is named, of which the recipient has a part
  const own = [
    ...(await Promise.all(named.map((it) => readAt(store, it)))),
    ...(await find<Task>(store, 'Task', 'part-of', named)),
  ]
    .flatMap((it) => (isType(it, 'Task') ? [it as Task] : []))
    .find((it) => isConsultation(it) && ownerOf(network, it) === recipient);
  const order = own && (await orderOfTask(store, own));
  return own && order && { task: own, order };
}

/** The order that a Task is about; of a part of a case consultation the first order of its journey. */
export async function orderOfTask(store: Memory, task: Task): Promise<ServiceRequest | undefined> {
  const focus = await readAt(store, task.focus?.reference ?? '');
  if (!isConsultation(task)) return isType(focus, 'ServiceRequest') ? (focus as ServiceRequest) : undefined;
  const order = isType(focus, 'CarePlan') ? await orderOfPlan(store, `CarePlan/${focus.id}`) : focus;
  return isType(order, 'ServiceRequest') ? (await ordersBefore(store, order as ServiceRequest)).at(-1) : undefined;
}

/**
 * Whether what this Task discloses to its owner may still be: after `consents` have ended or were added, or else on the
 * Consents as they are stored. Within care only a legal basis that requires a Consent depends on one; before it is sent, an objection
 * counts too, and what a consent source outside says.
 */
export async function isStillPermitted(
  gateway: Deciding,
  order: ServiceRequest,
  task: Task,
  { consents = [], now, outside, isSending = false }: StillQuestion,
): Promise<boolean> {
  const { network, store, grounds } = gateway;
  const owner = ownerOf(network, task);
  const recipient = owner ? recipientOf(network, owner) : undefined;
  const rule = recipient && groundRule(grounds, legalBasisOf(task), recipient, now);
  const isSocial = recipient?.domain === 'social';
  if (!owner || !recipient || (!isSocial && !isSending && rule?.consent !== 'required')) return true;
  if (isConsultation(task))
    return isInvitationPermitted(gateway, order as ServiceRequest & Identified, task, { consents, now, outside });
  // The order in the social domain is derived from another order; the Consent belongs to that one.
  const origin = (await readAt(store, order.basedOn?.[0]?.reference ?? '')) as ServiceRequest | undefined;
  const [consent] = consents;
  const own = order.subject.reference === (consent ? consent.patient : (origin?.subject ?? order.subject))?.reference;
  const root = (own || !isSocial ? order : origin) as (ServiceRequest & Identified) | undefined;
  if (!root) return true;
  const base = network.settings.baseUrl;
  const ids = new Set(consents.map(({ id }) => id));
  const others = (await wholeOrder(store, root, base)).filter(({ id }) => !ids.has(id));
  const originalTask = { ...task, focus: { reference: `ServiceRequest/${root.id}` }, for: root.subject };
  const resources = [originalTask, ...others, ...consents];
  const sender = senderOf(network, task) ?? '';
  const decision = disclose({
    graph: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: resources.map((resource) => ({ fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource })),
    } as Parameters<typeof disclose>[0]['graph'],
    recipient,
    sender,
    purpose: 'referral',
    now,
    grounds,
    outside,
    projection: projectionContext(gateway, sender),
  });
  // who carries out the Task has changed: another rule than a Consent
  return decision.kind === 'permitted' || decision.issues.every(({ rule }) => rule === 'recipient-not-party');
}
