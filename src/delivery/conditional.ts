import type { Delivery, Dispatch } from '../store/port.ts';

/** A notification of a Subscription, which may have ended, or whose endpoint may have. */
export const isNotification = <T extends Pick<Dispatch, 'subscription'>>(
  it: T,
): it is T & { readonly subscription: string } => it.subscription !== undefined;

/** Kinds of deliveries with content about a person: the ground for it can end before it is sent. */
const onGround: ReadonlySet<string> = new Set([
  ...['referral', 'social-request', 'feedback'],
  ...['consultation', 'consultation-extract', 'appointment', 'answer'],
]);

export const isOnGround = ({ kind }: Pick<Dispatch, 'kind'>): boolean => onGround.has(kind);

/** Milliseconds for which the decision that was stored with a dispatch is the present one. */
const settled = 5_000;

/** May rest on a Consent that no line of its decision names. */
const judgedAlways: ReadonlySet<string> = new Set(['social-request', 'consultation', 'consultation-extract']);

type Judged = Pick<Dispatch, 'kind' | 'subscription' | 'onConsent' | 'replay'> &
  Partial<Pick<Delivery, 'attempts' | 'createdAt'>>;

/**
 * Whether it has to be judged at this attempt if a dispatch may still be sent. What rests on a Consent always, since that ends by its period too, to
 * the second; and all content where a consent source outside is asked: what it answers is announced by no commit. Other content when it has waited:
 * an objection can begin by its period, and be added meanwhile. And what a replay sends again.
 */
export const isConditional = (it: Judged, { now, asksOutside }: { now: Date; asksOutside: boolean }): boolean => {
  if (isNotification(it) || it.replay) return true;
  if (!isOnGround(it)) return false;
  if (it.onConsent || judgedAlways.has(it.kind) || asksOutside || (it.attempts ?? 0) > 0) return true;
  return it.createdAt === undefined || now.getTime() - it.createdAt.getTime() > settled;
};
