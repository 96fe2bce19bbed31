import type { Delivery, Dispatch } from '../store/port.ts';

/** A notification of a Subscription, which may have ended, or whose endpoint may have. */
export const isNotification = <T extends Pick<Dispatch, 'subscription'>>(
  it: T,
): it is T & { readonly subscription: string } => it.subscription !== undefined;

/** Kinds of deliveries with content about a person: the ground for it can end before it is sent. */
const onGround: ReadonlySet<string> = new Set([
  ...['referral', 'social-request', 'feedback'],
  ...['consultation', 'consultation-extract', 'appointment'],
]);

export const isOnGround = ({ kind }: Pick<Dispatch, 'kind'>): boolean => onGround.has(kind);

/** Milliseconds for which the decision that was stored with a dispatch is the present one. */
const settled = 5_000;

/** Rests on a Consent, which also ends by its period. */
const onConsent: ReadonlySet<string> = new Set(['social-request', 'consultation', 'consultation-extract']);

type Judged = Pick<Dispatch, 'kind' | 'subscription'> & Partial<Pick<Delivery, 'attempts' | 'createdAt'>>;

/**
 * Whether it has to be judged at this attempt if a dispatch may still be sent. A request to the social domain and the content of a case consultation
 * always, and all content where a consent source outside is asked: what it answers is announced by no commit. Other content when it has waited: a
 * Consent can begin or end by its period, and be added meanwhile.
 */
export const isConditional = (it: Judged, { now, asksOutside }: { now: Date; asksOutside: boolean }): boolean => {
  if (isNotification(it)) return true;
  if (!isOnGround(it)) return false;
  if (onConsent.has(it.kind) || asksOutside || (it.attempts ?? 0) > 0) return true;
  return it.createdAt === undefined || now.getTime() - it.createdAt.getTime() > settled;
};
