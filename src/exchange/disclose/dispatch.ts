import type { Bundle, Task } from '@medplum/fhirtypes';
import type { ZgwCase, ZgwWork } from '../../delivery/channel/zgw/case.ts';
import { transactionOf } from '../../delivery/transaction.ts';
import type { Partner } from '../../directory/index.ts';
import { resourcesOf } from '../../fhir/graph.ts';
import { writeJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { writtenBundle } from '../../fhir/written.ts';
import type { Dispatch } from '../../store/port.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { placerTaskOf } from '../maps/filler-order.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import { ownId } from '../memory/memory.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { fhirJson } from '../reading/media-type.ts';
import type { Cause } from '../reading/traceparent.ts';
import { shaped } from './shape.ts';
import { subjectsOf } from './subjects.ts';

type DispatchContext = Pick<Gateway, 'world' | 'network'>;
type ShapingContext = DispatchContext & Pick<Gateway, 'outgoing'>;

/** One dispatch per partner with an endpoint; its ids stay the same at every attempt. */
export const dispatchesOf =
  (gateway: ShapingContext, disclosures: readonly Disclosure[]) =>
  (cause: Cause): Dispatch[] =>
    disclosures
      .filter(({ channel }) => channel !== 'inbox')
      .map((disclosure) => ({
        id: gateway.world.newId(),
        recipient: disclosure.partner,
        kind: disclosure.purpose,
        about: subjectsOf(resourcesOf(disclosure.bundle)),
        ...(disclosure.evidence.grounds.consents.some(({ verdict }) => verdict === 'permit')
          ? { onConsent: true as const }
          : {}),
        ...contentOf(gateway, disclosure),
        requestId: gateway.world.newId(),
        ...causeFor(gateway.network, disclosure, cause),
      }));

/** The delivery of a resource that the gateway itself created; none to a party without a system of its own. */
export const dispatchesOfOwn = (
  { world, network }: DispatchContext,
  resource: Resource,
  { recipient, ...cause }: { readonly recipient: Partner | undefined; readonly kind: string; readonly traceId: string },
): Dispatch[] =>
  recipient?.channel === 'fhir-rest'
    ? [
        {
          id: world.newId(),
          recipient: recipient.id,
          channel: 'fhir-rest',
          body: writeJson(transactionOf([resource], { base: network.settings.baseUrl })),
          contentType: fhirJson,
          requestId: world.newId(),
          ...cause,
        },
      ]
    : [];

/**
 * The trace of a journey and the id of its message lead from one candidate to another, so a candidate that is not
 * selected gets a trace of its own: the id of its Task. The message stays with the dispatch, for the operator.
 */
export const causeOfTask = <C extends Partial<Cause>>(
  network: DispatchContext['network'],
  task: Task,
  partner: string,
  cause: C,
): C => {
  if (verbOf(task) !== 'request-fulfillment' || ownerOf(network, task) !== partner || !task.id) return cause;
  const { correlationId: _, ...rest } = cause;
  return { ...(rest as C), traceId: task.id };
};

function causeFor(network: DispatchContext['network'], { partner, bundle }: Disclosure, cause: Cause): Cause {
  const task = resourcesOf(bundle).find((it) => isType(it, 'Task'));
  return task ? causeOfTask(network, task as Task, partner, cause) : cause;
}

type Content = Pick<Dispatch, 'channel' | 'body' | 'contentType'>;

function contentOf(context: ShapingContext, disclosure: Disclosure): Content {
  const made = shaped(context, disclosure);
  // looked at before the commit was planned
  if (!made.ok) throw new Error(`the shape of a disclosure fails: ${made.issues.map(({ rule }) => rule).join(', ')}`);
  return disclosure.channel === 'zgw'
    ? { channel: 'zgw', contentType: 'application/json', body: JSON.stringify(caseWork(disclosure, made.value)) }
    : { contentType: fhirJson, ...asFhir(context, { ...disclosure, bundle: made.value as Bundle }) };
}

const caseWork = ({ shape, bundle }: Disclosure, made: unknown): ZgwWork => {
  if (shape !== undefined) return { open: made as ZgwCase };
  const task = resourcesOf(bundle).find((it) => isType(it, 'Task')) as Task | undefined;
  return { withdraw: { number: task?.focus?.reference?.split('/')[1] ?? '' } };
};

/** A placer that stores the Task itself gets an update of that Task; every other partner gets the gateway's copy. */
function asFhir(
  { network }: DispatchContext,
  { partner, purpose, bundle, updatesTask }: Disclosure,
): Pick<Dispatch, 'channel' | 'body'> {
  const whole = transactionOf(resourcesOf(bundle), {
    base: network.settings.baseUrl,
    purpose: purpose === 'status' ? purpose : updatesTask ? 'selection' : 'referral',
    isHere: (reference) => ownId.test(reference.split('/')[1] ?? '') || network.resource(reference) !== undefined,
  });
  const first: Resource | undefined = whole.entry?.[0]?.resource;
  const placerTask =
    purpose === 'status' && isType(first, 'Task') && isStoredAt(network, first, partner) ? first : undefined;
  return placerTask
    ? { channel: 'fhir-placer', body: writeJson(placerTask) }
    : { channel: 'fhir-rest', body: writtenBundle(whole) };
}

const isStoredAt = (network: DispatchContext['network'], task: Task, partner: string): boolean =>
  placerTaskOf(task) !== undefined && senderOf(network, task) === partner;
