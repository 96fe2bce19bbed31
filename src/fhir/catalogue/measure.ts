import type { Rule } from './rule.ts';
import { forbidden, invalid } from './shared.ts';

/** Requests for the measures of the network. */
export const measureRules = {
  'measure-members-only': {
    ...forbidden,
    en: 'The measures of the network are for its members, and your organisation is not a member now. Contact the operator of the network.',
    nl: 'De cijfers van het netwerk zijn voor de leden, en uw organisatie is nu geen lid. Neem contact op met de beheerder van het netwerk.',
  },
  'measure-parameter-invalid': {
    ...invalid,
    type: 'invalid',
    en: 'The parameter {parameter} is missing, occurs twice or cannot be read. Use: {known}.',
    nl: 'De parameter {parameter} ontbreekt, staat er dubbel of is niet te lezen. Gebruik: {known}.',
  },
  'measure-summary-only': {
    ...invalid,
    type: 'not-supported',
    en: 'This gateway reports on all persons together. Set reportType to summary or population, and remove subject and practitioner.',
    nl: 'Deze gateway rapporteert over alle personen samen. Zet reportType op summary of population, en verwijder subject en practitioner.',
  },
  'measure-period-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'This network reports on one whole calendar {period} at a time, so that reports do not overlap. Set periodStart and periodEnd to its first and last day.',
    nl: 'Dit netwerk rapporteert per hele kalenderperiode ({period}), zodat rapporten elkaar niet overlappen. Zet periodStart en periodEnd op de eerste en de laatste dag ervan.',
  },
  'measure-period-not-ended': {
    ...invalid,
    type: 'business-rule',
    en: 'This period has not ended. Request its measures from the day after periodEnd; they no longer change then.',
    nl: 'Deze periode is nog niet voorbij. Vraag de cijfers op vanaf de dag na periodEnd; daarna veranderen zij niet meer.',
  },
} as const satisfies Record<string, Rule>;
