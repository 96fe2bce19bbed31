import type { Verdict } from './classify.ts';
/** How one attempt ended. No status: there was no answer. */
export type AttemptResult = Verdict & {
  readonly status?: number;
  readonly location?: string;
  /** Milliseconds that the receiver asks to wait. */
  readonly retryAfter?: number;
};

/** What a recipient answers to a read or an update: its text, or how the attempt ends for want of it. */
export type RecipientAnswer =
  | { readonly kind: 'answer'; readonly text: string; readonly etag?: string }
  | { readonly kind: 'ended'; readonly sent: AttemptResult };

export type RequestRecipient = (
  method: 'GET' | 'PUT',
  /** Below the recipient's FHIR base, which is all that an attempt may reach. */
  path: string,
  with_: { readonly limit: number; readonly body?: string; readonly ifMatch?: string },
) => Promise<RecipientAnswer>;
