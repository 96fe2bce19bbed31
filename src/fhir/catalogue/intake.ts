import type { Rule } from './rule.ts';
import { information, invalid, malformed, receiverTransient, unreadable, warning } from './shared.ts';

/** Messages on their way in: form, HL7 v2, entries and references. */
export const intakeRules = {
  'hl7-syntax': {
    ...unreadable,
    en: 'This is not HL7 v2: segment {line} should be {expected}.',
    nl: 'Dit is geen HL7 v2: segment {line} hoort {expected} te zijn.',
  },
  'hl7-charset-unsupported': {
    ...unreadable,
    type: 'not-supported',
    en: 'The text is not in the character set that MSH-18 names, or that one is not known here. Known are {known}.',
    nl: 'De tekst staat niet in de tekenset die MSH-18 noemt, of die is hier niet bekend. Bekend zijn {known}.',
  },
  'form-unknown': {
    ...invalid,
    type: 'not-supported',
    en: 'This message has none of the forms that the network takes in ({forms}). Send a Bundle with the referral, or $validate it against the profile first.',
    nl: 'Dit bericht heeft geen van de vormen die het netwerk aanneemt ({forms}). Stuur een Bundle met de verwijzing, of toets het eerst met $validate aan het profiel.',
  },
  'intake-unknown': {
    ...invalid,
    category: 'not-found',
    type: 'not-found',
    en: 'There is no intake of that name. There are: {intakes}. FHIR goes to the FHIR base.',
    nl: 'Er is geen intake met die naam. Wel: {intakes}. FHIR gaat naar de FHIR-basis.',
  },
  'intake-form-unknown': {
    ...invalid,
    type: 'not-supported',
    en: 'This message is none of what is taken in here ({forms}). See docs/intake.md for what each of them is.',
    nl: 'Dit bericht is niets van wat hier wordt aangenomen ({forms}). Zie docs/intake.md voor wat elk ervan is.',
  },
  'form-value-ignored': {
    ...warning,
    type: 'not-supported',
    en: 'The form has no such property, or no rule of its map took it over: it is not in the referral. Check its name.',
    nl: 'Het formulier kent deze eigenschap niet, of geen regel van de mapping nam haar over: zij staat niet in de verwijzing. Controleer de naam.',
  },
  'hl7-field-missing': {
    ...malformed,
    type: 'required',
    en: '{field} is missing. Fill it in; no message can be answered without it.',
    nl: '{field} ontbreekt. Vul het in; zonder is geen bericht te beantwoorden.',
  },
  'not-a-message': {
    ...invalid,
    type: 'value',
    en: '$process-message takes a Bundle of type message whose first entry is a MessageHeader. POST other Bundles to the FHIR base itself.',
    nl: '$process-message neemt een Bundle van het type message aan, met een MessageHeader als eerste entry. POST andere Bundles naar de FHIR-basis zelf.',
  },
  'entry-url-mismatch': {
    ...invalid,
    type: 'value',
    en: 'The url of this entry is not the type of its resource. Each entry of a referral is a POST to its own type.',
    nl: 'De url van deze entry is niet het type van de resource. Elke entry van een verwijzing is een POST naar het eigen type.',
  },
  'if-none-exist-ignored': {
    ...warning,
    type: 'not-supported',
    en: 'ifNoneExist was not looked at: each referral is stored as its own graph, and X-Request-Id tells a resend. Leave it out.',
    nl: 'Naar ifNoneExist is niet gekeken: elke verwijzing wordt als eigen geheel opgeslagen, en X-Request-Id herkent opnieuw sturen. Laat het weg.',
  },
  'reference-conditional-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'A conditional reference is not resolved here, and may carry the number of a person. Add the resource as an entry and refer to its fullUrl.',
    nl: 'Een voorwaardelijke verwijzing wordt hier niet opgezocht, en kan een persoonsnummer bevatten. Voeg de resource toe als entry en verwijs naar de fullUrl.',
  },
  'reference-outside-referral': {
    ...invalid,
    type: 'business-rule',
    en: 'This reference leads to a resource of another referral, or to one that you may not see. A referral tells of one person and is whole by itself: send the resource within it.',
    nl: 'Deze verwijzing leidt naar een resource van een andere aanmelding, of naar een die u niet mag zien. Een aanmelding gaat over één persoon en is op zichzelf compleet: stuur de resource mee.',
  },
  'bsn-removed-from-reference': {
    ...information,
    en: 'A BSN stood beside a reference; it is kept in Patient.identifier alone.',
    nl: 'Er stond een BSN bij een verwijzing; het wordt alleen in Patient.identifier bewaard.',
  },
  'bsn-mismatch': {
    ...invalid,
    type: 'conflict',
    en: 'The BSN beside this reference is not that of the Patient. Check for whom this referral is.',
    nl: 'Het BSN bij deze verwijzing is niet dat van de Patient. Controleer voor wie deze verwijzing is.',
  },
  'entry-method-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'A referral is taken in whole: each entry of its transaction must be a POST. Send changes of what is here apart: by PATCH with If-Match, or in a transaction of PUT and PATCH alone.',
    nl: 'Een verwijzing wordt als geheel aangenomen: elke entry van de transactie moet een POST zijn. Stuur wijzigingen van wat hier staat apart: met PATCH en If-Match, of in een transactie van alleen PUT en PATCH.',
  },
  'referral-received': {
    ...information,
    en: 'The referral is taken in; follow its Task.',
    nl: 'De verwijzing is aangenomen; volg de Task.',
  },
  'recipient-endpoint-missing': {
    ...receiverTransient,
    type: 'incomplete',
    en: 'The receiving organisation has no address for delivery; it finds this Task when it searches the gateway.',
    nl: 'De ontvangende organisatie heeft geen afleveradres; zij vindt deze Task wanneer zij in de gateway zoekt.',
  },
} as const satisfies Record<string, Rule>;
