import type { Rule } from './rule.ts';
import { forbidden, gatewayTransient, invalid } from './shared.ts';

/** Waiting times and capacity in the directory, and their import. */
export const directoryRules = {
  'directory-update-forbidden': {
    ...forbidden,
    en: 'Only the system of the provider may update the waiting times and capacity of this service. Send updates for services of your own organisation.',
    nl: 'Alleen het systeem van de aanbieder mag wachttijden en capaciteit van dit aanbod wijzigen. Stuur wijzigingen voor aanbod van uw eigen organisatie.',
  },
  'directory-element-read-only': {
    ...invalid,
    type: 'business-rule',
    en: '{elements} differs from the directory. Update only waiting times and capacity here; request other changes from the office of the network.',
    nl: '{elements} wijkt af van de adreslijst. Wijzig hier alleen wachttijden en capaciteit; vraag andere wijzigingen aan bij het bureau van het netwerk.',
  },
  'waiting-time-future': {
    ...invalid,
    type: 'value',
    en: 'A waiting time or capacity is dated in the future. Send the day of measurement.',
    nl: 'Een wachttijd of capaciteit heeft een datum in de toekomst. Stuur de dag van de meting.',
  },
  'waiting-time-above-maximum': {
    ...invalid,
    type: 'value',
    en: 'A waiting time exceeds {longest} weeks, so its unit is probably not weeks. Send weeks: divide days by seven.',
    nl: 'Een wachttijd is langer dan {longest} weken; waarschijnlijk zijn het geen weken. Stuur weken: deel dagen door zeven.',
  },
  'waiting-time-outdated': {
    ...invalid,
    type: 'business-rule',
    en: 'A waiting time or capacity is older than the current one. Send the latest measurement; earlier ones are in the history.',
    nl: 'Een wachttijd of capaciteit is ouder dan de huidige. Stuur de laatste meting; eerdere staan in de geschiedenis.',
  },
  'waiting-time-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'Two waiting times have the same diagnosis group and method. Remove one.',
    nl: 'Twee wachttijden hebben dezelfde hoofddiagnosegroep en meetwijze. Verwijder er een.',
  },
  'import-columns-invalid': {
    ...invalid,
    type: 'structure',
    en: 'The first line must name the columns, separated by semicolons: {columns}.',
    nl: 'De eerste regel moet de kolommen noemen, gescheiden door puntkomma’s: {columns}.',
  },
  'import-cell-count': {
    ...invalid,
    type: 'structure',
    en: 'The line has {count} cells instead of {wanted}. Separate cells by semicolons; put a text that contains one in double quotes.',
    nl: 'De regel heeft {count} cellen in plaats van {wanted}. Scheid cellen met puntkomma’s; zet een tekst met een puntkomma tussen dubbele aanhalingstekens.',
  },
  'import-service-unknown': {
    ...invalid,
    type: 'not-found',
    en: 'The directory has no such service. Use its id, as in HealthcareService/<id>.',
    nl: 'De adreslijst heeft dit aanbod niet. Gebruik het id, zoals in HealthcareService/<id>.',
  },
  'import-number-invalid': {
    ...invalid,
    type: 'value',
    en: '{column} must be a number of weeks, 0 or more, with at most one decimal after a point: 6 or 6.5.',
    nl: '{column} moet een aantal weken zijn, 0 of meer, met hoogstens één decimaal na een punt: 6 of 6.5.',
  },
  'import-date-invalid': {
    ...invalid,
    type: 'value',
    en: '{column} must be a date, such as 2026-11-22.',
    nl: '{column} moet een datum zijn, zoals 2026-11-22.',
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
    en: 'The line has no values. Fill in weeks to the intake, weeks to treatment or a capacity.',
    nl: 'De regel heeft geen waarden. Vul weken tot de intake, weken tot behandeling of een capaciteit in.',
  },
  'import-cell-missing': {
    ...invalid,
    type: 'required',
    en: '{column} is missing. Fill it in.',
    nl: '{column} ontbreekt. Vul die in.',
  },
  'import-row-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'Line {line} has the same diagnosis group and method for this service, or the capacity again. Remove one.',
    nl: 'Regel {line} heeft dezelfde hoofddiagnosegroep en meetwijze voor dit aanbod, of nog eens de capaciteit. Verwijder er een.',
  },
  'directory-endpoint-missing': {
    ...gatewayTransient,
    fault: 'receiver',
    type: 'incomplete',
    en: 'The directory has no active endpoint of {partner} that accepts requests over FHIR REST. Have its entry completed.',
    nl: 'De adreslijst heeft geen actief endpoint van {partner} dat verzoeken via FHIR REST aanneemt. Laat de vermelding aanvullen.',
  },
} as const satisfies Record<string, Rule>;
