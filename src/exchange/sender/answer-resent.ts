import type { Task } from '@medplum/fhirtypes';
import { auditEvent } from '../../audit/event.ts';
import { acceptedLine } from '../../audit/message-line.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { KeyedMessage, MessageKeys, Store } from '../../store/port.ts';
import { isOpen } from '../../workflow/index.ts';
import { type Memory, readAt } from '../memory/memory.ts';
import { type Answer, duplicateAnswer, refused } from '../pipeline/answer.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import { agentOf } from '../reading/audited-request.ts';
import type { Received } from '../reading/envelope.ts';

/**
 * Answer to a message that its sender named by the key of an earlier one: the first answer when the content is the
 * same, with an audit event of its own; otherwise `order-sent-before` with the first order.
 */
export async function answerResent(
  gateway: Pick<Gateway, 'store' | 'network' | 'world' | 'log'>,
  received: Received,
  { message, content, location }: KeyedMessage,
  keys: Pick<MessageKeys, 'content'>,
): Promise<Answer> {
  const { store, world, log } = gateway;
  const { partner, at, requestId, correlationId, traceId } = received;
  // taken in by another gateway on the store, since this one looked for the request
  if (message.requestId === requestId)
    return message.bodyDigest === received.bodyDigest
      ? duplicateAnswer(gateway, partner, message)
      : refused([issue('request-id-reused', {})]);
  if (content !== keys.content) return refused([issue('order-sent-before', { task: location })]);
  const event = auditEvent({
    id: world.newId(),
    at,
    action: 'R',
    interaction: 'accept',
    outcome: 'success',
    codes: ['duplicate'],
    ...agentOf(partner),
    requestId,
    traceId,
    ...(correlationId ? { correlationId } : {}),
    references: [location],
  });
  await store.appendAudit([event]);
  const resent = { interaction: 'accept', steps: [], codes: ['duplicate'], reference: location };
  log(acceptedLine(received, resent, performance.now()));
  return { kind: 'accepted', body: parseJson(message.answer.body) as Resource, location, version: 1, steps: [] };
}

/** The message that this one repeats, if any, and the keys to store of this one. */
export type Recognised = { readonly earlier?: KeyedMessage; readonly keys: MessageKeys };

/**
 * Finds the message that its sender sent before. An amendment may have the identifier of the order that it replaces. A
 * referral without a name is meant anew once the first one has ended, withdrawn or rejected: as a resend it would be
 * answered with that one, and reach nobody.
 */
export async function recognise(
  store: Memory & Pick<Store, 'messageByKeys'>,
  partner: string,
  keys: MessageKeys,
): Promise<Recognised> {
  const found = await store.messageByKeys(partner, keys);
  if (!found || (keys.amends && found.content !== keys.content)) return { keys };
  if (keys.since && (await hasEnded(store, found)))
    return { keys: { ...keys, since: new Date(found.message.receivedAt.getTime() + 1) } };
  return { earlier: found, keys };
}

async function hasEnded(store: Memory, { location }: KeyedMessage): Promise<boolean> {
  const task = await readAt(store, location);
  return task !== undefined && isType(task, 'Task') && !isOpen(task as Task);
}
