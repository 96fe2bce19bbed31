import type { Delivery, WhoWaits } from '../store/port.ts';
import type { AttemptResult } from './channel/channel.ts';
import type { DeliveryRule } from './reason.ts';
import type { DeliverySettings } from './settings.ts';

/**
 * Whether a failure may be caused by the dispatch itself (docs/decisions/0010-poison-messages.md). `message`: the
 * receiver was reached and failed on it. `either`: a proxy answered for it, or it named no reason. `receiver`: it has
 * nothing to do with the dispatch; the receiver said so, or nothing was sent.
 */
export type Suspicion = 'message' | 'either' | 'receiver';

const byRule: Readonly<Partial<Record<DeliveryRule, Suspicion>>> = {
  'receiver-error': 'message',
  'receiver-not-found': 'message',
  'receiver-timeout': 'message',
  'receiver-disconnected': 'message',
  'receiver-answer-invalid': 'message',
  'mail-undecided': 'message',
  'drop-folder-name-taken': 'message',
  'drop-folder-full': 'either',
  'placer-task-changed': 'message',
  'pulled-order-undecided': 'message',
  'receiver-unavailable': 'either',
  // an answer that the channel fails on may come to one message only
  'delivery-undecided': 'either',
};

type Failure = Pick<Extract<AttemptResult, { readonly kind: 'retry' }>, 'kind' | 'reason' | 'retryAfter'>;

/** The endpoint of a Subscription is not the receiver of the other deliveries: it may be down by itself. */
export const suspicionOf = (
  { reason, retryAfter }: Failure,
  { address }: Pick<Delivery, 'address'> = {},
): Suspicion => {
  if (address !== undefined) return 'message';
  return retryAfter === undefined ? (byRule[reason.rule] ?? 'receiver') : 'receiver';
};

/**
 * Who waits after a failed attempt. A failure alone is no evidence against a dispatch: after a few, another journey is
 * tried, and only if the receiver answers that one the store sets this one aside. A receiver that is down fails on every
 * one of them, so that nothing is set aside, and it gets one attempt per pause.
 */
export function whoWaits(failure: Failure, delivery: Delivery, settings: DeliverySettings): WhoWaits {
  const { aside, attempts } = delivery;
  const suspicion = suspicionOf(failure, delivery);
  if (suspicion === 'receiver') return 'recipient';
  if (aside) return 'journey';
  return attempts + 1 >= (suspicion === 'message' ? settings.setAsideAfter : settings.setAsideUnavailableAfter)
    ? 'suspect'
    : 'recipient';
}
