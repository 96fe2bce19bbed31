import type { Consent } from '@medplum/fhirtypes';
import type { OutsideConsent } from '../../disclosure/index.ts';

export type IdentifiedConsent = Consent & { readonly id: string };

/** Whether something may still be disclosed, after `consent` ended or was added. `outside`: the answers of the consent source. */
export type StillQuestion = {
  readonly consent?: IdentifiedConsent | undefined;
  readonly now: Date;
  readonly outside: OutsideConsent;
  /** It is about to be sent: judged as at first, also where no Consent is required. */
  readonly isSending?: boolean;
};
