import type { Consent } from '@medplum/fhirtypes';
import type { OutsideAnswer } from '../ground/outside.ts';
import type { Recipient } from '../recipient.ts';

/** On which grounds a disclosure was decided. */
export type DecidingGrounds = {
  /** The rule of mappings/grounds.yaml: `explicit-consent.within.social`. Absent: no legal basis is recorded. */
  readonly key?: string;
  /** The Consents that say anything about this recipient and these data, with what they say. */
  readonly consents: readonly { readonly reference: string; readonly verdict: 'permit' | 'deny' }[];
  /** The answer of the consent source outside; absent: it was not asked. */
  readonly outside?: OutsideAnswer;
};

/** Called for each statement of a Consent on which a decision rests. */
export type NoteConsent = (consent: Consent, verdict: 'permit' | 'deny') => void;

/** Remembers what a decision rests on while it is made. */
export type GroundsNoted = {
  readonly consent: NoteConsent;
  readonly outside: (answer: OutsideAnswer) => void;
  readonly grounds: () => DecidingGrounds;
};

export function groundsNoted(recipient: Pick<Recipient, 'domain'>, legalBasis: string | undefined): GroundsNoted {
  const consents = new Map<string, DecidingGrounds['consents'][number]>();
  let answered: OutsideAnswer | undefined;
  return {
    consent: ({ id }, verdict) => {
      const reference = `Consent/${id}`;
      consents.set(`${reference} ${verdict}`, { reference, verdict });
    },
    outside: (answer) => {
      answered = answer;
    },
    grounds: () => ({
      ...(legalBasis === undefined
        ? {}
        : { key: `${legalBasis}.within.${recipient.domain === 'social' ? 'social' : 'care'}` }),
      consents: [...consents.values()].sort((one, other) => (one.reference < other.reference ? -1 : 1)),
      ...(answered === undefined ? {} : { outside: answered }),
    }),
  };
}
