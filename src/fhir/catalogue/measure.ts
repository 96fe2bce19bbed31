import type { Rule } from './rule.ts';
import { forbidden, invalid } from './shared.ts';

/** Requests for the measures of the network. */
export const measureRules = {
  'measure-members-only': {
    ...forbidden,
    en: 'The figures of the network are for its members, and your organisation is none at this moment. Ask the operator of the network.',
    nl: 'De cijfers van het netwerk zijn voor zijn leden, en uw organisatie is dat op dit moment niet. Vraag het de beheerder van het netwerk.',
  },
  'measure-parameter-invalid': {
    ...invalid,
    type: 'invalid',
    en: 'The parameter {parameter} can not be read here, is given twice, or is missing. Ask with: {known}.',
    nl: 'De parameter {parameter} is hier niet te lezen, is dubbel gegeven of ontbreekt. Vraag met: {known}.',
  },
  'measure-summary-only': {
    ...invalid,
    type: 'not-supported',
    en: 'This gateway tells figures of everybody together only: reportType is summary (or population), and no subject or practitioner is named.',
    nl: 'Deze gateway geeft alleen cijfers over iedereen samen: reportType is summary (of population), en er wordt geen persoon of behandelaar genoemd.',
  },
  'measure-period-invalid': {
    ...invalid,
    type: 'business-rule',
    en: 'This network reports over whole periods: one calendar {period} at a time, from its first day to its last, so that no two reports overlap. Let periodStart and periodEnd be the first and the last day of one.',
    nl: 'Dit netwerk rapporteert over hele perioden: telkens één kalenderperiode ({period}), van de eerste tot en met de laatste dag, zodat geen twee rapporten elkaar overlappen. Geef in periodStart en periodEnd de eerste en de laatste dag daarvan.',
  },
  'measure-period-not-ended': {
    ...invalid,
    type: 'business-rule',
    en: 'That period is not over yet. Its figures can be asked for from the day after periodEnd, and do not change any more then.',
    nl: 'Die periode is nog niet voorbij. De cijfers zijn op te vragen vanaf de dag na periodEnd, en veranderen dan niet meer.',
  },
} as const satisfies Record<string, Rule>;
