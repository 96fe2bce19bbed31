import type { Dispatch } from '../store/port.ts';

/** A notification of a Subscription, which may have ended, or whose endpoint may have. */
export const isNotification = <T extends Pick<Dispatch, 'subscription'>>(
  it: T,
): it is T & { readonly subscription: string } => it.subscription !== undefined;

const onConsent: readonly string[] = ['social-request', 'consultation', 'consultation-extract'];

/**
 * A request to the social domain, or the content of a case consultation: the Consent that it rests on also ends by its
 * period, which no commit announces.
 */
export const isOnConsent = ({ kind }: Pick<Dispatch, 'kind'>): boolean => onConsent.includes(kind);

/** Whether it has to be judged at each attempt if a dispatch may still be sent. Others are withdrawn by a commit. */
export const isConditional = (it: Pick<Dispatch, 'kind' | 'subscription'>): boolean =>
  isNotification(it) || isOnConsent(it);
