import type { Bundle } from '@medplum/fhirtypes';
import type { ChannelName } from '../../delivery/channel/destination.ts';
import type { Network, Partner } from '../../directory/index.ts';
import type { Purpose } from '../../disclosure/index.ts';
import { mgnProfile } from '../../fhir/canonical.ts';
import { isType } from '../../fhir/resource.ts';
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

type Content = Pick<Disclosure, 'partner' | 'purpose' | 'bundle' | 'receipt' | 'evidence' | 'updatesTask'>;

/**
 * Completes a disclosure with the channel of its partner, and the shape in which that sends it. What a channel does not
 * carry, the partner reads at the gateway.
 */
export const disclosureTo = ({ partners }: Pick<Network, 'partners'>, it: Content): Disclosure => ({
  ...it,
  ...carriedBy(partners.get(it.partner), it),
  ...terms[it.purpose],
});

function carriedBy(partner: Partner | undefined, it: Content): Pick<Disclosure, 'channel' | 'shape'> {
  const { channel = 'inbox', shape } = partner ?? {};
  switch (channel) {
    case 'inbox':
    case 'mail':
    case 'file':
      return { channel };
    case 'fhir-rest':
      return { channel, ...(shape && it.purpose === 'referral' ? { shape } : {}) };
    case 'hl7v2':
      return { channel: it.purpose === 'status' ? channel : 'inbox' };
    case 'zgw': {
      if (it.purpose === 'social-request') return { channel, shape: shape ?? defaultShapes.zgw };
      // a case is notified that its request ended; all other moves are its own
      return { channel: it.purpose === 'status' && isEnded(it.bundle) ? channel : 'inbox' };
    }
  }
}

/** Shapes of channels that send no FHIR. */
export const defaultShapes: Readonly<Partial<Record<ChannelName, string>>> & { readonly zgw: string } = {
  zgw: 'municipality-zgw',
  hl7v2: 'rri-i12',
};

const ends: ReadonlySet<string> = new Set(['cancelled', 'failed', 'entered-in-error']);

const isEnded = ({ entry = [] }: Bundle): boolean =>
  entry.some(({ resource }) => isType(resource, 'Task') && ends.has(resource.status ?? ''));
