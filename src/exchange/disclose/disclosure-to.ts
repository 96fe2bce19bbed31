import type { Network } from '../../directory/index.ts';
import type { Purpose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import type { Disclosure } from '../pipeline/disclosure.ts';

type Terms = Pick<Disclosure, 'requiredProfile' | 'isExtract' | 'includesStored'>;

/** Required profile and storage of a disclosure, one line per purpose. */
const terms: Readonly<Record<Purpose, Terms>> = {
  referral: { requiredProfile: { profile: mgnProfile('referral-bundle'), unlessComplete: true } },
  'social-request': { requiredProfile: { profile: mgnProfile('social-request-bundle') }, isExtract: true },
  'consultation-extract': { requiredProfile: { profile: mgnProfile('consultation-extract-bundle') }, isExtract: true },
  invitation: { isExtract: true },
  consultation: { includesStored: true },
  solicitation: {},
  status: {},
  feedback: {},
  answer: {},
  appointment: {},
};

/** Completes a disclosure with the channel of its partner; a partner without one reads its inbox at the gateway. */
export const disclosureTo = (
  { partners }: Pick<Network, 'partners'>,
  it: Pick<Disclosure, 'partner' | 'purpose' | 'bundle' | 'receipt' | 'evidence' | 'updatesTask'>,
): Disclosure => ({ ...it, channel: partners.get(it.partner)?.channel ?? 'inbox', ...terms[it.purpose] });
