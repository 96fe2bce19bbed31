import type { Consent } from '@medplum/fhirtypes';
import type { OutsideConsent } from '../../disclosure/index.ts';

export type IdentifiedConsent = Consent & { readonly id: string };

/**
 * Whether something may still be disclosed, after these Consents of one person ended or were added. `outside`: the answers of
 * the consent source.
 */
export type StillQuestion = {
  readonly consents?: readonly IdentifiedConsent[];
  readonly now: Date;
  readonly outside: OutsideConsent;
  /** It is about to be sent: judged as at first, also where no Consent is required. */
  readonly isSending?: boolean;
};
