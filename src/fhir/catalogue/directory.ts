import type { Rule } from './rule.ts';
import { forbidden, gatewayTransient, invalid } from './shared.ts';

/** Waiting times and capacity in the directory, and their import. */
export const directoryRules = {
  'directory-update-forbidden': {
    ...forbidden,
    en: 'Only the system of its provider may tell the waiting times and capacity of this service. Send this for services of your own organisation.',
    nl: 'Alleen het systeem van de aanbieder zelf mag wachttijden en capaciteit van dit aanbod melden. Stuur dit voor aanbod van uw eigen organisatie.',
  },
  'directory-element-read-only': {
    ...invalid,
    type: 'business-rule',
    en: '{elements} differs from the directory. Only waiting times and capacity may change here; ask the network’s own bureau for the rest.',
    nl: '{elements} wijkt af van de adreslijst. Alleen wachttijden en capaciteit mogen hier veranderen; vraag het bureau van het netwerk om de rest.',
  },
  'waiting-time-future': {
    ...invalid,
    type: 'value',
    en: 'A waiting time or capacity is dated in the future. Give the day on which it was measured.',
    nl: 'Een wachttijd of capaciteit heeft een datum in de toekomst. Geef de dag waarop is gemeten.',
  },
  'waiting-time-above-maximum': {
    ...invalid,
    type: 'value',
    en: 'A waiting time is more than {longest} weeks, which can’t have been meant in weeks. Divide days by seven.',
    nl: 'Een wachttijd is meer dan {longest} weken; dat kan niet in weken zijn bedoeld. Deel dagen door zeven.',
  },
  'waiting-time-outdated': {
    ...invalid,
    type: 'business-rule',
    en: 'A waiting time or capacity was measured before the one that is known. Send the latest; the earlier ones are in the history.',
    nl: 'Een wachttijd of capaciteit is gemeten vóór die al bekend is. Stuur de laatste; de eerdere staan in de geschiedenis.',
  },
  'waiting-time-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'Two waiting times tell the same: one diagnosis group and one method. Keep one.',
    nl: 'Twee wachttijden melden hetzelfde: dezelfde hoofddiagnosegroep en dezelfde meetwijze. Laat er één staan.',
  },
  'import-columns-invalid': {
    ...invalid,
    type: 'structure',
    en: 'The first line must name the columns, parted by semicolons: {columns}.',
    nl: 'De eerste regel moet de kolommen noemen, gescheiden door puntkomma’s: {columns}.',
  },
  'import-cell-count': {
    ...invalid,
    type: 'structure',
    en: 'The line has {count} cells instead of {wanted}. Part them by semicolons; put a text that holds one in double quotes.',
    nl: 'De regel heeft {count} cellen in plaats van {wanted}. Scheid ze met puntkomma’s; zet een tekst die er een bevat tussen dubbele aanhalingstekens.',
  },
  'import-service-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The directory does not know this service. Give its id, as in HealthcareService/<id>.',
    nl: 'De adreslijst kent dit aanbod niet. Geef het id, zoals in HealthcareService/<id>.',
  },
  'import-number-invalid': {
    ...invalid,
    type: 'value',
    en: '{column} must be a number of weeks, 0 or more, with at most one decimal after a point: 6 or 6.5.',
    nl: '{column} moet een aantal weken zijn, 0 of meer, met ten hoogste één decimaal na een punt: 6 of 6.5.',
  },
  'import-date-invalid': {
    ...invalid,
    type: 'value',
    en: '{column} must be a day as 2026-11-22.',
    nl: '{column} moet een dag zijn zoals 2026-11-22.',
  },
  'import-code-unknown': {
    ...invalid,
    type: 'code-invalid',
    en: '{column} must be one of: {known}.',
    nl: '{column} moet een van deze zijn: {known}.',
  },
  'import-row-empty': {
    ...invalid,
    type: 'required',
    en: 'The line tells nothing. Give at least weeks to the intake, weeks to treatment, or a capacity.',
    nl: 'De regel meldt niets. Geef ten minste weken tot de intake, weken tot behandeling of een capaciteit.',
  },
  'import-cell-missing': {
    ...invalid,
    type: 'required',
    en: '{column} is missing.',
    nl: '{column} ontbreekt.',
  },
  'import-row-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'Line {line} tells the same of this service: one diagnosis group and one method, or the capacity. Keep one.',
    nl: 'Regel {line} meldt hetzelfde over dit aanbod: dezelfde hoofddiagnosegroep en meetwijze, of de capaciteit. Laat er één staan.',
  },
  'directory-endpoint-missing': {
    ...gatewayTransient,
    fault: 'receiver',
    type: 'incomplete',
    en: 'The directory has no endpoint for {partner} that is active now and takes requests by FHIR REST. Its entry has to be completed.',
    nl: 'De adreslijst heeft geen endpoint voor {partner} dat nu actief is en verzoeken via FHIR REST aanneemt. De vermelding moet worden aangevuld.',
  },
} as const satisfies Record<string, Rule>;
