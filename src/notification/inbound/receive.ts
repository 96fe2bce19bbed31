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
import { type Pull, pullsOf } from './notification.ts';

/**
 * Receives a notification of a placer that stores its own Tasks (HL7 backport, TTA v0.6). It is answered once stored,
 * together with the reads it requests. Reading is a delivery, so it survives a restart and an unavailable placer. A
 * repeated notification is accepted again: it only triggers a read.
 */
export async function receiveNotification(gateway: Gateway, envelope: Envelope): Promise<Answer> {
  const { network, world, admission } = gateway;
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
  const pulls = pullsOf(parsed.value.resource, rootOf(place.value.url));
  if (!pulls.ok) return refuse(refused(pulls.issues));
  const kept = await commit(gateway, message, {
    ...received,
    interaction: 'notify',
    action: 'C',
    changes: [],
    dispatches: (cause) => pulls.value.map((pull) => dispatchOf(gateway, message.partner.id, pull, cause)),
    codes: [],
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
