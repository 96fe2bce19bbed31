import { auditEvent } from '../../audit/event.ts';
import { acceptedLine } from '../../audit/message-line.ts';
import { issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { KeyedMessage, MessageKeys } from '../../store/port.ts';
import { type Answer, refused } from '../pipeline/answer.ts';
import { agentOf } from '../pipeline/audit-refusal.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';

/**
 * Answer to a message that its sender named by the key of an earlier one: the first answer when the content is the
 * same, with an audit event of its own; otherwise `order-sent-before` with the first order.
 */
export async function answerResent(
  { store, world, log }: Pick<Gateway, 'store' | 'world' | 'log'>,
  received: Received,
  { message, content, location }: KeyedMessage,
  keys: Pick<MessageKeys, 'content'>,
): Promise<Answer> {
  const { partner, at, requestId, correlationId, traceId } = received;
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
