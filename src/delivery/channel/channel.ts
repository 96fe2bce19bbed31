import type { Verdict } from './classify.ts';
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
