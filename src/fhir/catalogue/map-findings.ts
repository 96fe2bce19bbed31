import type { Rule } from './rule.ts';
import { information, inMap, invalid, warning } from './shared.ts';

/** What a running map finds in a message. */
const running = {
  'map-note': {
    ...information,
    en: 'The map notes at {place}: {note}.',
    nl: 'De map merkt op bij {place}: {note}.',
  },
  'map-note-withheld': {
    ...information,
    en: 'The map logs a value of the message at {place}; it is not shown here.',
    nl: 'De map logt een waarde uit het bericht bij {place}; die wordt hier niet getoond.',
  },
  'map-check-failed': {
    ...invalid,
    type: 'invariant',
    en: 'What the map demands at {place} does not hold: see the check of that rule.',
    nl: 'Wat de map eist bij {place} klopt niet: zie de check van die regel.',
  },
  'map-cardinality': {
    ...invalid,
    type: 'structure',
    en: 'The map expects {expected} of {element} at {place}, the message has {found}.',
    nl: 'De map verwacht {expected} van {element} bij {place}, het bericht heeft er {found}.',
  },
  'map-value-not-repeatable': {
    ...invalid,
    type: 'multiple-matches',
    en: 'Only one value can go to {element} at {place}, the message gives more.',
    nl: 'Er past maar één waarde in {element} bij {place}; het bericht geeft er meer.',
  },
  'map-cast-failed': {
    ...invalid,
    type: 'value',
    en: 'A value at {place} is no {type}. Send it in the form of that type.',
    nl: 'Een waarde bij {place} is geen {type}. Stuur haar in de vorm van dat type.',
  },
  'map-value-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'A value of type {found} does not fit {element} at {place}.',
    nl: 'Een waarde van type {found} past niet in {element} bij {place}.',
  },
  'map-evaluation-failed': {
    ...inMap,
    type: 'processing',
    en: 'The FHIRPath at {place} could not be evaluated on this message.',
    nl: 'De FHIRPath bij {place} kon op dit bericht niet worden uitgevoerd.',
  },
  'map-recursion-too-deep': {
    ...inMap,
    type: 'too-costly',
    en: 'The groups of the map call each other too deeply at {place}.',
    nl: 'De groepen van de map roepen elkaar te diep aan bij {place}.',
  },
  'map-output-too-large': {
    ...inMap,
    type: 'too-costly',
    en: 'The map makes too many elements of this message; it was stopped at {place}.',
    nl: 'De map maakt te veel elementen van dit bericht; gestopt bij {place}.',
  },
  'map-time-missing': {
    ...inMap,
    type: 'processing',
    en: 'The map asks the time, and was not told it. Give it with the run (now).',
    nl: 'De map vraagt de tijd, en die is niet verteld. Geef haar mee (now).',
  },
  'map-input-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'The map reads {expected}; this is {found}.',
    nl: 'De map leest {expected}; dit is {found}.',
  },
  'code-unmapped': {
    ...invalid,
    type: 'code-invalid',
    en: 'A code at {place} is not in table {table}, which refuses what it does not know. Use a code of the table, or have it added.',
    nl: 'Een code bij {place} staat niet in tabel {table}, die onbekende codes weigert. Gebruik een code uit de tabel of laat haar toevoegen.',
  },
  'code-stored-as-text': {
    ...warning,
    type: 'code-invalid',
    en: 'A code at {place} is not in table {table}; it is kept as text.',
    nl: 'Een code bij {place} staat niet in tabel {table}; zij is als tekst bewaard.',
  },
  'code-queued': {
    ...warning,
    type: 'code-invalid',
    en: 'A code at {place} is not in table {table}; it was put on the list of unknown codes for a person to map.',
    nl: 'Een code bij {place} staat niet in tabel {table}; zij staat op de lijst van onbekende codes om door een mens te worden vertaald.',
  },
} as const satisfies Record<string, Rule>;

/** What our own maps may raise with `log ('code')`: deviations of messages, most of them accepted. */
const named = {
  'feedback-event-incomplete': {
    ...inMap,
    type: 'required',
    en: 'It is not told what a referrer should hear of, or of which order. Give topic and order.',
    nl: 'Er staat niet waarvan een verwijzer moet horen, of bij welke opdracht. Geef topic en order.',
  },
  'feedback-letter-incomplete': {
    ...inMap,
    type: 'required',
    en: 'A feedback letter needs its Communication, the person, and the organization that tells it.',
    nl: 'Een terugkoppelbrief heeft haar Communication nodig, de persoon, en de organisatie die het vertelt.',
  },
  'conversation-order-missing': {
    ...invalid,
    type: 'required',
    en: 'The form does not tell which order the conversation belongs to. Give order, or orderIdentifier.',
    nl: 'Het formulier vertelt niet bij welke opdracht het gesprek hoort. Geef order, of orderIdentifier.',
  },
  'conversation-outcome-missing': {
    ...invalid,
    type: 'required',
    en: 'The form does not tell the outcome of the conversation. Give outcome, a code of mgn-conversation-outcome.',
    nl: 'Het formulier vertelt de uitkomst van het gesprek niet. Geef outcome, een code uit mgn-conversation-outcome.',
  },
  'life-domain-unknown': {
    ...warning,
    type: 'code-invalid',
    en: 'This life domain is in neither list of the network; it is kept as text, and nothing about it goes to the social domain.',
    nl: 'Dit levensdomein staat in geen van de lijsten van het netwerk; het is als tekst bewaard, en niets erover gaat naar het sociaal domein.',
  },
  'participant-role-unknown': {
    ...warning,
    type: 'code-invalid',
    en: 'The network has no such role in a conversation; it is kept as text.',
    nl: 'Het netwerk kent deze rol in een gesprek niet; zij is als tekst bewaard.',
  },
  'order-status-normalised': {
    ...warning,
    type: 'business-rule',
    en: 'The order is not active although its Task is still open: it is taken over as active. Send status active with an open Task.',
    nl: 'De opdracht is niet actief terwijl haar Task nog open staat: zij is overgenomen als actief. Stuur status active bij een open Task.',
  },
  'profile-outdated': {
    ...warning,
    type: 'informational',
    en: 'The message follows version 0.0.1 of the profile. It was turned into the present one; send that one.',
    nl: 'Het bericht volgt versie 0.0.1 van het profiel. Het is omgezet naar het huidige; stuur dat.',
  },
  'consent-unrestricted': {
    ...warning,
    type: 'business-rule',
    en: 'The Consent names neither its recipient nor its domain. It was taken to hold for every domain, as it then did.',
    nl: 'De Consent noemt geen ontvanger en geen domein. Zij is opgevat als geldend voor elk domein, zoals toen.',
  },
  'referral-task-missing': {
    ...invalid,
    type: 'required',
    en: 'The Bundle holds no Task. Send the Task of the referral along.',
    nl: 'De Bundle bevat geen Task. Stuur de Task van de verwijzing mee.',
  },
  'referral-order-missing': {
    ...invalid,
    type: 'required',
    en: 'The Bundle holds no ServiceRequest. Send the order of the referral along.',
    nl: 'De Bundle bevat geen ServiceRequest. Stuur de opdracht van de verwijzing mee.',
  },
  'referral-patient-missing': {
    ...invalid,
    type: 'required',
    en: 'The message holds no person. Send the Patient of the referral along (HL7 v2: PID; form: person).',
    nl: 'Het bericht bevat geen persoon. Stuur de Patient van de verwijzing mee (HL7 v2: PID; formulier: person).',
  },
  'referral-reason-missing': {
    ...warning,
    type: 'incomplete',
    en: 'Neither the order nor the letter tells a reason. Fill the section for the reason of referral (SNOMED CT 440378000; HL7 v2: RF1-10 or DG1).',
    nl: 'De opdracht noch de brief noemt een reden. Vul de sectie met de reden van verwijzing (SNOMED CT 440378000; HL7 v2: RF1-10 of DG1).',
  },
  'referral-sender-missing': {
    ...invalid,
    type: 'required',
    en: 'The message names no referrer (HL7 v2: PRD with role RP and a name). Say who refers.',
    nl: 'Het bericht noemt geen verwijzer (HL7 v2: PRD met rol RP en een naam). Geef aan wie verwijst.',
  },
  'referral-consent-missing': {
    ...invalid,
    type: 'required',
    en: 'Who refers from outside care needs the consent of the person to share this with the network. Give consent with given true and a date.',
    nl: 'Wie van buiten de zorg verwijst, heeft toestemming van de persoon nodig om dit met het netwerk te delen. Geef consent met given true en een datum.',
  },
  'bsn-moved-to-patient': {
    ...information,
    type: 'business-rule',
    en: 'The BSN stood in Task.for.identifier; it now is in Patient.identifier only, where it belongs.',
    nl: 'Het BSN stond in Task.for.identifier; het staat nu alleen in Patient.identifier, waar het hoort.',
  },
} as const satisfies Record<string, Rule>;

export const mapFindingsRules = { ...running, ...named } as const satisfies Record<string, Rule>;

/** The codes that `log ('...')` and `check` of a map may name. */
export const namedByMaps: ReadonlySet<string> = new Set(Object.keys(named));
