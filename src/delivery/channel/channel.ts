import type { Dispatch } from '../../store/port.ts';
import type { Verdict } from './classify.ts';
import type { Address } from './destination.ts';

/**
 * A way to a partner, one file or folder each. Every channel passes test/delivery/channels.test.ts: an attempt is repeated
 * with the same ids and leads to one message at the receiver; an attempt without an answer is resolved by asking the
 * receiver, or by an id that it recognises, before anything is sent again; results name a rule, never words of the receiver
 * or content.
 */
export type Channel = {
  /** Never rejects: every failure is a result of the attempt. `cut` interrupts it. */
  send(dispatch: Dispatch, address: Address, now: () => Date, cut: AbortSignal): Promise<AttemptResult>;
  close(): Promise<void>;
};

/** The result of one attempt. Without a status there was no response. */
export type AttemptResult = Verdict & {
  readonly status?: number;
  readonly location?: string;
  /** Retry-After in milliseconds. */
  readonly retryAfter?: number;
};

/** The response of a recipient to a read or an update, or the failed attempt. */
export type RecipientAnswer =
  | { readonly kind: 'answer'; readonly text: string; readonly etag?: string }
  | { readonly kind: 'ended'; readonly sent: AttemptResult };

export type RequestRecipient = (
  method: 'GET' | 'PUT',
  /** Relative to the recipient's FHIR base: an attempt reaches nothing else. */
  path: string,
  with_: { readonly limit: number; readonly body?: string; readonly ifMatch?: string },
) => Promise<RecipientAnswer>;
