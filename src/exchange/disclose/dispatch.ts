import type { Task } from '@medplum/fhirtypes';
import { transactionOf } from '../../delivery/transaction.ts';
import { resourcesOf } from '../../fhir/graph.ts';
import { writeJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { Dispatch } from '../../store/port.ts';
import { placerTaskOf } from '../maps/filler-order.ts';
import { senderOf } from '../memory/actors.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { fhirJson } from '../reading/media-type.ts';

type DispatchContext = Pick<Gateway, 'world' | 'network'>;

/** One dispatch per partner with an endpoint; its ids stay the same at every attempt. */
export const dispatchesOf =
  (gateway: DispatchContext, disclosures: readonly Disclosure[]) =>
  (cause: Pick<Dispatch, 'messageId' | 'correlationId' | 'traceId'>): Dispatch[] =>
    disclosures
      .filter(({ channel }) => channel === 'fhir-rest')
      .map((disclosure) => ({
        id: gateway.world.newId(),
        recipient: disclosure.partner,
        kind: disclosure.purpose,
        ...contentOf(gateway, disclosure),
        contentType: fhirJson,
        requestId: gateway.world.newId(),
        ...cause,
      }));

/** A placer that stores the Task itself gets an update of that Task; every other partner gets the gateway's copy. */
function contentOf(
  { network }: DispatchContext,
  { partner, purpose, bundle, updatesTask }: Disclosure,
): Pick<Dispatch, 'channel' | 'body'> {
  const whole = transactionOf(resourcesOf(bundle), {
    base: network.settings.baseUrl,
    purpose: purpose === 'status' ? purpose : updatesTask ? 'selection' : 'referral',
  });
  const first: Resource | undefined = whole.entry?.[0]?.resource;
  const placerTask =
    purpose === 'status' && isType(first, 'Task') && isStoredAt(network, first, partner) ? first : undefined;
  return placerTask
    ? { channel: 'fhir-placer', body: writeJson(placerTask) }
    : { channel: 'fhir-rest', body: writeJson(whole) };
}

const isStoredAt = (network: DispatchContext['network'], task: Task, partner: string): boolean =>
  placerTaskOf(task) !== undefined && senderOf(network, task) === partner;
