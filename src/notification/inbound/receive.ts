import { addressOf } from '../../directory/index.ts';
import { admit } from '../../exchange/pipeline/admit.ts';
import { type Answer, refused } from '../../exchange/pipeline/answer.ts';
import { commit } from '../../exchange/pipeline/commit.ts';
import { type Gateway, retryAfterSeconds } from '../../exchange/pipeline/gateway.ts';
import type { Envelope } from '../../exchange/reading/envelope.ts';
import { parse } from '../../exchange/reading/parse.ts';
import { issue } from '../../fhir/issue.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { Dispatch } from '../../store/port.ts';
import { missedEvents } from './gap.ts';
import { noticeOf, type Pull } from './notification.ts';

/**
 * Receives a notification of a placer that stores its own Tasks (HL7 backport, TTA v0.6). It is answered once stored,
 * together with the reads it requests. Reading is a delivery, so it survives a restart and an unavailable placer. A
 * repeated notification is accepted again: it only triggers a read.
 */
export async function receiveNotification(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const { network, world, store, admission } = gateway;
  // Servers that implement only Subscriptions send no X-Request-Id.
  const requestId = envelope.requestId ?? world.newId();
  const entered = await admit(gateway, { ...envelope, requestId, target: 'notification' }, 'notify', 'C');
  if (entered.kind === 'answered') {
    const { answer } = entered;
    const again = answer.kind === 'refused' && answer.issues.some(({ rule }) => rule === 'duplicate');
    return again ? { ...received, kind: 'accepted' } : answer;
  }
  const { received: message, refuse } = entered;
  if (await admission.isOverloaded()) return refuse(refused([issue('overloaded', { seconds: retryAfterSeconds })]));
  const parsed = parse(message.contentType, message.body, network.settings.limits);
  if (!parsed.ok) return refuse(refused(parsed.issues));
  const place = addressOf(network, { partner: message.partner.id }, message.at);
  if (!place.ok) return refuse(refused([issue('notification-address-missing', {})]));
  const read = noticeOf(parsed.value.resource, rootOf(place.value.url));
  if (!read.ok) return refuse(refused(read.issues));
  const notice = read.value;
  const partner = message.partner.id;
  const known = notice.subscription ? await store.placerSubscription(partner, notice.subscription) : undefined;
  if (known?.content && notice.content && known.content !== notice.content)
    return refuse(refused([issue('notification-content-changed', { content: known.content })]));
  const missed = missedEvents(notice, known);
  const kept = await commit(gateway, message, {
    ...received,
    body: operationOutcome([
      issue('notification-received', {}),
      ...read.issues,
      ...(missed.length ? [issue('notification-events-missed', { since: (known?.events ?? 0) + 1 })] : []),
    ]),
    interaction: 'notify',
    action: 'C',
    changes: [],
    placerSubscriptions: notice.subscription
      ? [
          {
            partner,
            subscription: notice.subscription,
            events: Math.max(notice.total ?? 0, ...notice.numbers, 0),
            ...(notice.content ? { content: notice.content } : {}),
          },
        ]
      : [],
    dispatches: (cause) =>
      [...missed, ...notice.pulls].map((pull, index) =>
        // each Task is a journey of its own: one that is refused does not hold up the others
        dispatchOf(gateway, partner, pull, index === 0 ? cause : { ...cause, traceId: world.newId() }),
      ),
    codes: read.issues.map(({ rule }) => rule),
  });
  return kept.kind === 'accepted' ? kept : refuse(kept);
}

/** Without the trailing slash. */
export const rootOf = (base: string): string => base.replace(/\/+$/, '');

const received = {
  body: operationOutcome([issue('notification-received', {})]),
  location: '',
  version: 1,
  steps: [],
} as const;

const dispatchOf = (
  { world }: Gateway,
  recipient: string,
  pull: Pull,
  cause: Pick<Dispatch, 'messageId' | 'correlationId' | 'traceId'>,
): Dispatch => ({
  id: world.newId(),
  recipient,
  channel: 'fhir-pull',
  kind: 'pull',
  body: JSON.stringify(pull),
  contentType: 'application/json',
  requestId: world.newId(),
  ...cause,
});
