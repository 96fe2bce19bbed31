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
    en: 'The map logs a value of the message at {place}; it is withheld here.',
    nl: 'De map logt een waarde uit het bericht bij {place}; die wordt hier niet getoond.',
  },
  'map-check-failed': {
    ...invalid,
    type: 'invariant',
    en: 'The check of the map at {place} failed. See the check of that rule.',
    nl: 'De controle van de map bij {place} is mislukt. Zie de check van die regel.',
  },
  'map-cardinality': {
    ...invalid,
    type: 'structure',
    en: 'The map requires {expected} of {element} at {place}, found {found}. Correct the number.',
    nl: 'De map vraagt {expected} van {element} bij {place}, gevonden: {found}. Verbeter het aantal.',
  },
  'map-value-not-repeatable': {
    ...invalid,
    type: 'multiple-matches',
    en: '{element} takes one value, but the message has more at {place}. Send one.',
    nl: '{element} neemt één waarde, maar het bericht heeft er meer bij {place}. Stuur er een.',
  },
  'map-cast-failed': {
    ...invalid,
    type: 'value',
    en: 'A value at {place} is not a valid {type}. Send it in the format of that type.',
    nl: 'Een waarde bij {place} is geen geldige {type}. Stuur haar in het formaat van dat type.',
  },
  'map-value-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'A value of type {found} cannot be written to {element} at {place}.',
    nl: 'Een waarde van type {found} is niet naar {element} te schrijven bij {place}.',
  },
  'map-evaluation-failed': {
    ...inMap,
    type: 'processing',
    en: 'The FHIRPath at {place} could not be evaluated on this message.',
    nl: 'De FHIRPath bij {place} was op dit bericht niet uit te voeren.',
  },
  'map-recursion-too-deep': {
    ...inMap,
    type: 'too-costly',
    en: 'The groups of the map call each other too deeply at {place}.',
    nl: 'De groepen van de map roepen elkaar te diep aan bij {place}.',
  },
  'map-too-costly': {
    ...inMap,
    type: 'too-costly',
    en: 'The expressions of the map take too many steps on this message; it was stopped at {place}. Simplify them, or send less at once.',
    nl: 'De expressies van de map kosten te veel stappen bij dit bericht; zij is gestopt bij {place}. Maak ze eenvoudiger, of stuur minder tegelijk.',
  },
  'map-output-too-large': {
    ...inMap,
    type: 'too-costly',
    en: 'The map creates too many elements from this message; it was stopped at {place}.',
    nl: 'De map maakt te veel elementen uit dit bericht; zij is gestopt bij {place}.',
  },
  'map-time-missing': {
    ...inMap,
    type: 'processing',
    en: 'The map needs the current time. Pass it to the run as now.',
    nl: 'De map heeft de huidige tijd nodig. Geef die mee als now.',
  },
  'map-input-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'The map reads {expected}, not {found}. Choose the map for this message, or correct the message.',
    nl: 'De map leest {expected}, niet {found}. Kies de map voor dit bericht, of verbeter het bericht.',
  },
  'code-unmapped': {
    ...invalid,
    type: 'code-invalid',
    en: 'This code is not in table {table}, which rejects unmapped codes. Use a code of the table, or request its addition.',
    nl: 'Deze code staat niet in tabel {table}, en die weigert onbekende codes. Gebruik een code uit de tabel, of laat de code toevoegen.',
  },
  'code-stored-as-text': {
    ...warning,
    type: 'code-invalid',
    en: 'This code is not in table {table}; it was stored as text.',
    nl: 'Deze code staat niet in tabel {table}; de gateway bewaart haar als tekst.',
  },
  'code-queued': {
    ...warning,
    type: 'code-invalid',
    en: 'This code is not in table {table}; it was queued for mapping by a person.',
    nl: 'Deze code staat niet in tabel {table}; zij staat in de wachtrij om door een mens te worden vertaald.',
  },
} as const satisfies Record<string, Rule>;

/** What our own maps may raise with `log ('code')`: deviations of messages, most of them accepted. */
const named = {
  'feedback-event-incomplete': {
    ...inMap,
    type: 'required',
    en: 'The feedback event lacks its topic or its order. Add topic and order.',
    nl: 'Bij de terugkoppeling ontbreekt het onderwerp of de opdracht. Vul topic en order in.',
  },
  'feedback-letter-incomplete': {
    ...inMap,
    type: 'required',
    en: 'The feedback letter lacks its Communication, the person or the reporting organization. Add them.',
    nl: 'Bij de terugkoppelbrief ontbreekt de Communication, de persoon of de organisatie die terugkoppelt. Voeg die toe.',
  },
  'conversation-order-missing': {
    ...invalid,
    type: 'required',
    en: 'The form names no order for the conversation. Add order or orderIdentifier.',
    nl: 'Het formulier noemt geen opdracht bij het gesprek. Vul order of orderIdentifier in.',
  },
  'consent-value-unread': {
    ...invalid,
    type: 'not-supported',
    en: 'This value is about consent, and no rule of the map reads it. It could be a refusal, so the message is refused. Remove it, or send the consent in the properties of the form: see docs/guide/consent.md.',
    nl: 'Deze waarde gaat over toestemming, en geen regel van de map leest haar. Zij kan een weigering zijn; daarom is het bericht geweigerd. Verwijder haar, of stuur de toestemming in de eigenschappen van het formulier: zie docs/guide/consent.md.',
  },
  'conversation-outcome-missing': {
    ...invalid,
    type: 'required',
    en: 'The form has no outcome of the conversation. Add outcome, a code of mgn-conversation-outcome.',
    nl: 'Het formulier heeft geen uitkomst van het gesprek. Vul outcome in, een code uit mgn-conversation-outcome.',
  },
  'conversation-plan-missing': {
    ...invalid,
    type: 'required',
    en: 'This outcome ends the conversation, and the form has no plan: no goals, activities, requests, agreements or strengths. Add one of them, or choose the outcome more-exploration.',
    nl: 'Met deze uitkomst is het gesprek klaar, en het formulier heeft geen plan: geen doelen, activiteiten, vragen aan anderen, afspraken of sterke kanten. Vul er een in, of kies de uitkomst more-exploration.',
  },
  'conversation-date-missing': {
    ...invalid,
    type: 'required',
    en: 'The form has requests and no date of the conversation, which each of them needs. Add date.',
    nl: 'Het formulier heeft vragen aan anderen en geen datum van het gesprek, die elke vraag nodig heeft. Vul date in.',
  },
  'request-service-missing': {
    ...invalid,
    type: 'required',
    en: 'This request names no service. Add a HealthcareService of the directory: service, in the Questionnaire request-service. Only advice to the referrer needs none.',
    nl: 'Deze vraag noemt geen dienst. Vul een HealthcareService uit de adreslijst in: service, in de Questionnaire request-service. Alleen een advies aan de verwijzer heeft er geen nodig.',
  },
  'form-reference-invalid': {
    ...invalid,
    type: 'value',
    en: 'This field of the form takes an entry of the directory, and this is no address of one. Send HealthcareService/ or Organization/ with its id.',
    nl: 'Dit veld van het formulier neemt een vermelding uit de adreslijst, en dit is geen adres daarvan. Stuur HealthcareService/ of Organization/ met het id.',
  },
  'close-one-name-missing': {
    ...invalid,
    type: 'required',
    en: 'This close person has no name. Add name.',
    nl: 'Deze naaste heeft geen naam. Vul name in.',
  },
  'person-name-missing': {
    ...invalid,
    type: 'required',
    en: 'The person has no name. Add familyName or givenName (HL7 v2: PID-5).',
    nl: 'De persoon heeft geen naam. Vul familyName of givenName in (HL7 v2: PID-5).',
  },
  'referrer-name-missing': {
    ...invalid,
    type: 'required',
    en: 'The referrer has an AGB number and no name. Add name.',
    nl: 'De verwijzer heeft een AGB-nummer en geen naam. Vul name in.',
  },
  'life-domain-unknown': {
    ...warning,
    type: 'code-invalid',
    en: 'This life domain is in neither list of the network. It was stored as text and is not disclosed to the social domain. Use a code of one of the lists.',
    nl: 'Dit levensdomein staat in geen van de lijsten van het netwerk. De gateway bewaart het als tekst en verstrekt het niet aan het sociaal domein. Gebruik een code uit een van de lijsten.',
  },
  'participant-role-unknown': {
    ...warning,
    type: 'code-invalid',
    en: 'The network has no such role in a conversation. It was stored as text. Use a role of the network.',
    nl: 'Het netwerk heeft deze rol in een gesprek niet. De gateway bewaart haar als tekst. Gebruik een rol van het netwerk.',
  },
  'order-status-normalised': {
    ...warning,
    type: 'business-rule',
    en: 'The order is not active although its Task is open. It was stored as active. Send status active with an open Task.',
    nl: 'De opdracht is niet actief, terwijl haar Task open staat. De gateway bewaart haar als actief. Stuur status active bij een open Task.',
  },
  'profile-outdated': {
    ...warning,
    type: 'informational',
    en: 'The message conforms to version 0.0.1 of the profile. It was converted to the current version. Send the current version.',
    nl: 'Het bericht volgt versie 0.0.1 van het profiel. De gateway heeft het omgezet naar de huidige versie. Stuur de huidige versie.',
  },
  'consent-unrestricted': {
    ...warning,
    type: 'business-rule',
    en: 'The Consent names neither a recipient nor a domain. It was read as a permission for every domain, as version 0.0.1 defined it. Name the recipient or the domain.',
    nl: 'De Consent noemt geen ontvanger en geen domein. De gateway leest hem als toestemming voor elk domein, zoals versie 0.0.1 dat bepaalde. Noem de ontvanger of het domein.',
  },
  'referral-task-missing': {
    ...invalid,
    type: 'required',
    en: 'The Bundle contains no Task. Add the Task of the referral.',
    nl: 'De Bundle bevat geen Task. Voeg de Task van de verwijzing toe.',
  },
  'referral-order-missing': {
    ...invalid,
    type: 'required',
    en: 'The Bundle contains no ServiceRequest. Add the order of the referral.',
    nl: 'De Bundle bevat geen ServiceRequest. Voeg de opdracht van de verwijzing toe.',
  },
  'referral-patient-missing': {
    ...invalid,
    type: 'required',
    en: 'The message contains no person. Add the Patient of the referral (HL7 v2: PID; form: person).',
    nl: 'Het bericht bevat geen persoon. Voeg de Patient van de verwijzing toe (HL7 v2: PID; formulier: person).',
  },
  'referral-reason-missing': {
    ...warning,
    type: 'incomplete',
    en: 'Neither the order nor the letter states a reason. Add the section for the reason of referral (SNOMED CT 440378000; HL7 v2: RF1-10 or DG1).',
    nl: 'De opdracht en de brief noemen geen reden. Vul de sectie met de reden van verwijzing (SNOMED CT 440378000; HL7 v2: RF1-10 of DG1).',
  },
  'referral-sender-missing': {
    ...invalid,
    type: 'required',
    en: 'The message names no referrer. Add the referrer (HL7 v2: PRD with role RP and a name).',
    nl: 'Het bericht noemt geen verwijzer. Voeg de verwijzer toe (HL7 v2: PRD met rol RP en een naam).',
  },
  'form-code-unknown': {
    ...invalid,
    type: 'code-invalid',
    en: 'This field of the form takes a code, and this is none of its codes. Use one of those in docs/guide/referral-form.md or docs/guide/conversation.md.',
    nl: 'Dit veld van het formulier vraagt een code, en dit is geen van zijn codes. Gebruik een van de codes in docs/guide/referral-form.md of docs/guide/conversation.md.',
  },
  'hl7-processing-not-production': {
    ...invalid,
    type: 'not-supported',
    en: 'MSH-11 states that this is no production message (P). Nothing was stored. Send tests to a test network.',
    nl: 'Volgens MSH-11 is dit geen productiebericht (P). De gateway heeft niets bewaard. Stuur een test naar een testnetwerk.',
  },
  'hl7-version-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'MSH-12 states a version of HL7 that the gateway does not read. Send version 2.3 to 2.9; it is read as 2.5.',
    nl: 'MSH-12 noemt een versie van HL7 die de gateway niet leest. Stuur versie 2.3 tot 2.9; de gateway leest die als 2.5.',
  },
  'hl7-version-other': {
    ...warning,
    type: 'informational',
    en: 'The message was read as version 2.5 of HL7, although MSH-12 states a later one. Check that the fields have the meaning of 2.5.',
    nl: 'De gateway heeft het bericht gelezen als versie 2.5 van HL7, terwijl MSH-12 een latere noemt. Controleer of de velden de betekenis van 2.5 hebben.',
  },
  'hl7-referral-not-new': {
    ...invalid,
    type: 'business-rule',
    en: 'RF1-1 states that this referral is rejected, expired or in another state: it is not a new referral. Nothing was stored. Send a new referral as A or P, or leave RF1-1 empty.',
    nl: 'Volgens RF1-1 is deze verwijzing afgewezen, verlopen of in een andere staat: zij is niet nieuw. De gateway heeft niets bewaard. Stuur een nieuwe verwijzing als A of P, of laat RF1-1 leeg.',
  },
  'hl7-referral-exists': {
    ...invalid,
    type: 'business-rule',
    en: 'RF1-11 has the number of a referral that this gateway has already: it is not a new referral. Send changes through its Task, or leave RF1-11 empty.',
    nl: 'RF1-11 heeft het nummer van een verwijzing die deze gateway al heeft: zij is niet nieuw. Stuur wijzigingen via de Task, of laat RF1-11 leeg.',
  },
  'hl7-result-withdrawn': {
    ...warning,
    type: 'informational',
    en: 'OBX-11 states that this result is wrong (W) or deleted (D). It is not in the referral. Send the correct result.',
    nl: 'Volgens OBX-11 is deze uitslag onjuist (W) of verwijderd (D). Zij staat niet in de verwijzing. Stuur de juiste uitslag.',
  },
  'hl7-date-required': {
    ...invalid,
    type: 'value',
    en: 'MSH-7 is required, and takes a date of HL7 (YYYY, YYYYMM or YYYYMMDD, and a time after the day). Add or correct it.',
    nl: 'MSH-7 is verplicht, en neemt een datum van HL7 (JJJJ, JJJJMM of JJJJMMDD, en na de dag een tijd). Vul haar in of verbeter haar.',
  },
  'hl7-date-invalid': {
    ...invalid,
    type: 'value',
    en: 'Not a date of HL7 (YYYY, YYYYMM or YYYYMMDD, and a time after the day), and the referral needs it. Correct it, or leave the field empty when it is unknown.',
    nl: 'Geen datum van HL7 (JJJJ, JJJJMM of JJJJMMDD, en na de dag een tijd), en de verwijzing heeft haar nodig. Verbeter haar, of laat het veld leeg als zij onbekend is.',
  },
  'hl7-period-reversed': {
    ...invalid,
    type: 'value',
    en: 'This end lies before the start of the same period. Correct one of them, or leave this field empty.',
    nl: 'Dit einde ligt voor het begin van dezelfde periode. Verbeter een van beide, of laat dit veld leeg.',
  },
  'hl7-date-ignored': {
    ...warning,
    type: 'value',
    en: 'Not a date of HL7 (YYYY, YYYYMM or YYYYMMDD, and a time after the day). It is not in the referral. Correct it.',
    nl: 'Geen datum van HL7 (JJJJ, JJJJMM of JJJJMMDD, en na de dag een tijd). Zij staat niet in de verwijzing. Verbeter haar.',
  },
  'hl7-time-ignored': {
    ...warning,
    type: 'incomplete',
    en: 'Only the date of this value is in the referral: its time has no zone, or its time or zone has no place there. Send a time with its zone, as in 103000+0100.',
    nl: 'Alleen de datum van deze waarde staat in de verwijzing: de tijd heeft geen zone, of tijd of zone heeft daar geen plaats. Stuur een tijd met haar zone, zoals 103000+0100.',
  },
  'hl7-death-contradictory': {
    ...warning,
    type: 'business-rule',
    en: 'PID-30 states that the person is alive, and PID-29 when the person died. The referral has the date of PID-29. Correct one of them.',
    nl: 'Volgens PID-30 leeft de persoon, en PID-29 noemt wanneer de persoon is overleden. De verwijzing heeft de datum van PID-29. Verbeter een van beide.',
  },
  'hl7-code-ignored': {
    ...warning,
    type: 'code-invalid',
    en: 'This code is not one that the gateway reads in this field. The code is not in the referral; the value that it describes is. Use a code of the table of HL7.',
    nl: 'De gateway leest deze code niet in dit veld. De code staat niet in de verwijzing; de waarde waar zij bij hoort wel. Gebruik een code uit de tabel van HL7.',
  },
  'referral-consent-missing': {
    ...invalid,
    type: 'required',
    en: 'A referral from outside care requires the consent of the person for sharing it with the network. Set consent.given to true, and add the date.',
    nl: 'Voor een verwijzing van buiten de zorg is toestemming van de persoon nodig om haar met het netwerk te delen. Zet consent.given op true en vul de datum in.',
  },
  'bsn-moved-to-patient': {
    ...information,
    type: 'business-rule',
    en: 'The BSN was in Task.for.identifier; it was moved to Patient.identifier, its only place.',
    nl: 'Het BSN stond in Task.for.identifier; de gateway heeft het verplaatst naar Patient.identifier, de enige plek ervoor.',
  },
} as const satisfies Record<string, Rule>;

export const mapFindingsRules = { ...running, ...named } as const satisfies Record<string, Rule>;

/** The codes that `log ('...')` and `check` of a map may name. */
export const namedByMaps: ReadonlySet<string> = new Set(Object.keys(named));
