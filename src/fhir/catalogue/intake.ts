import type { Rule } from './rule.ts';
import { information, invalid, malformed, receiverTransient, unreadable, warning } from './shared.ts';

/** Messages on their way in: form, HL7 v2, entries and references. */
export const intakeRules = {
  'envelope-not-delivered': {
    ...warning,
    type: 'incomplete',
    en: 'This element of the envelope is stored with the message, but not delivered: the receiver gets the referral in a transaction of the gateway. Put what the receiver needs in the order or its Task.',
    nl: 'Dit element van de envelop bewaart de gateway bij het bericht, maar gaat niet mee: de ontvanger krijgt de verwijzing in een transaction van de gateway. Zet wat de ontvanger nodig heeft in de opdracht of de Task.',
  },
  'hl7-syntax': {
    ...unreadable,
    en: 'Not HL7 v2: segment {line} must be {expected}. Correct the segment.',
    nl: 'Geen HL7 v2: segment {line} moet {expected} zijn. Verbeter het segment.',
  },
  'hl7-charset-unsupported': {
    ...unreadable,
    type: 'not-supported',
    en: 'The text is not in the character set of MSH-18, or that character set is not supported. Use one of: {known}.',
    nl: 'De tekst staat niet in de tekenset van MSH-18, of die tekenset wordt niet ondersteund. Gebruik een van: {known}.',
  },
  'form-unknown': {
    ...invalid,
    type: 'not-supported',
    en: 'This message matches none of the forms that the network accepts ({forms}). The nearest is {form}, which requires: {condition}. Add that, then validate against {profile}: with mgn validate --as {form}, or with $validate.',
    nl: 'Dit bericht past bij geen van de vormen die het netwerk aanneemt ({forms}). De meest verwante is {form}, en die vraagt: {condition}. Voeg dat toe, en toets dan aan {profile}: met mgn validate --as {form}, of met $validate.',
  },
  'intake-unknown': {
    ...invalid,
    category: 'not-found',
    type: 'not-found',
    en: 'There is no intake of that name. Use one of: {intakes}; send FHIR to the FHIR base.',
    nl: 'Er is geen intake met die naam. Gebruik een van: {intakes}; stuur FHIR naar de FHIR-basis.',
  },
  'intake-form-unknown': {
    ...invalid,
    type: 'not-supported',
    en: 'This message matches none of the forms that this intake accepts ({forms}). See docs/guide/intake.md for each of them.',
    nl: 'Dit bericht past bij geen van de vormen die deze intake aanneemt ({forms}). Zie docs/guide/intake.md voor elk ervan.',
  },
  'form-is-resource': {
    ...invalid,
    type: 'not-supported',
    en: 'This intake takes a form in plain JSON, and a message with resourceType is a FHIR resource. Send FHIR to the FHIR base; leave resourceType out of a form.',
    nl: 'Deze intake neemt een formulier in gewone JSON aan, en een bericht met resourceType is een FHIR-resource. Stuur FHIR naar de FHIR-basis; laat resourceType weg uit een formulier.',
  },
  'form-value-ignored': {
    ...warning,
    type: 'not-supported',
    en: 'This property was ignored: it is not part of the form, or no rule of its map reads it. It is not in the referral. Check its name{near}.',
    nl: 'Deze eigenschap is genegeerd: zij hoort niet bij het formulier, of geen regel van de map leest haar. Zij staat niet in de verwijzing. Controleer de naam{near}.',
  },
  'form-value-missing': {
    ...invalid,
    type: 'required',
    en: 'The form requires this field, and it has no value. Fill it in.',
    nl: 'Het formulier vraagt dit veld, en het heeft geen waarde. Vul het in.',
  },
  'form-value-repeated': {
    ...invalid,
    type: 'structure',
    en: 'This field of the form takes one value, and the message has more. Send one.',
    nl: 'Dit veld van het formulier neemt één waarde, en het bericht heeft er meer. Stuur er een.',
  },
  'form-value-type': {
    ...invalid,
    type: 'value',
    en: 'This field of the form takes a value of type {type}, and this is none. Send it as: {example}',
    nl: 'Dit veld van het formulier neemt een waarde van type {type}, en dit is er geen. Stuur haar als: {example}',
  },
  'hl7-value-ignored': {
    ...warning,
    type: 'not-supported',
    en: 'This segment, field or component is not in the referral: the gateway does not read it. Send what the receiver needs in NTE or OBX; docs/guide/intake.md lists the fields.',
    nl: 'Dit segment, veld of onderdeel staat niet in de verwijzing: de gateway leest het niet. Stuur wat de ontvanger nodig heeft in NTE of OBX; docs/guide/intake.md noemt de velden.',
  },
  'hl7-escape-ignored': {
    ...warning,
    type: 'not-supported',
    en: 'This text has an escape sequence of your own system, or bytes that are not in the character set of the message. Check the text in the referral, and send characters as they are.',
    nl: 'Deze tekst heeft een escape-reeks van uw eigen systeem, of bytes die niet in de tekenset van het bericht staan. Controleer de tekst in de verwijzing, en stuur tekens zoals ze zijn.',
  },
  'hl7-charset-assumed': {
    ...warning,
    type: 'informational',
    en: 'The text is not UTF-8, and MSH-18 names no other character set. It was read as Latin-1. Fill in MSH-18.',
    nl: 'De tekst is geen UTF-8, en MSH-18 noemt geen andere tekenset. De gateway heeft haar gelezen als Latin-1. Vul MSH-18 in.',
  },
  'hl7-field-missing': {
    ...malformed,
    type: 'required',
    en: '{field} is missing. Fill it in; the gateway cannot answer a message without it.',
    nl: '{field} ontbreekt. Vul het in; zonder dit veld kan de gateway het bericht niet beantwoorden.',
  },
  'not-a-message': {
    ...invalid,
    type: 'value',
    en: '$process-message requires a Bundle of type message whose first entry is a MessageHeader. POST other Bundles to the FHIR base.',
    nl: '$process-message vraagt een Bundle van het type message, met een MessageHeader als eerste entry. POST andere Bundles naar de FHIR-basis.',
  },
  'entry-url-mismatch': {
    ...invalid,
    type: 'value',
    en: 'The url of this entry is not the type of its resource. POST each entry of a referral to its own type.',
    nl: 'De url van deze entry is niet het type van de resource. POST elke entry van een verwijzing naar het eigen type.',
  },
  'if-none-exist-ignored': {
    ...warning,
    type: 'not-supported',
    en: 'ifNoneExist was ignored: each referral is stored as its own graph. Remove it, or put it on the Task or ServiceRequest with your identifier, as `identifier=system|value`: a resend is then recognised.',
    nl: 'ifNoneExist is genegeerd: de gateway bewaart elke verwijzing als eigen geheel. Verwijder het, of zet het bij de Task of ServiceRequest met je eigen nummer, als `identifier=system|value`. De gateway ziet dan of je iets opnieuw stuurt.',
  },
  'reference-conditional-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'Conditional references are not supported, and may contain an identifier of a person. Add the resource as an entry and refer to its fullUrl.',
    nl: 'Voorwaardelijke referenties worden niet ondersteund, en kunnen een persoonsnummer bevatten. Voeg de resource toe als entry en verwijs naar de fullUrl.',
  },
  'reference-outside-referral': {
    ...invalid,
    type: 'business-rule',
    en: 'This reference has the form of an address at this gateway, and leads to no resource of this referral that you may read. A referral is about one person and complete in itself. Add the resource to the Bundle, or send a reference to your own system with your own base URL.',
    nl: 'Deze referentie heeft de vorm van een adres op deze gateway, en leidt naar geen resource van deze verwijzing die u mag lezen. Een verwijzing gaat over één persoon en is op zichzelf compleet. Voeg de resource toe aan de Bundle, of zet bij een referentie naar uw eigen systeem uw eigen basis-URL.',
  },
  'bsn-removed-from-reference': {
    ...information,
    en: 'A BSN was removed from a reference; it is stored in Patient.identifier only.',
    nl: 'De gateway heeft een BSN bij een referentie verwijderd; het staat alleen in Patient.identifier.',
  },
  'bsn-mismatch': {
    ...invalid,
    type: 'conflict',
    en: 'The BSN in this reference is not that of the Patient. Check for whom this referral is.',
    nl: 'Het BSN in deze referentie is niet dat van de Patient. Controleer voor wie deze verwijzing is.',
  },
  'entry-method-unsupported': {
    ...invalid,
    type: 'not-supported',
    en: 'A referral is accepted as a whole: each entry of its transaction must be a POST. Send updates of existing resources separately: with PATCH and If-Match, or in a transaction of PUT and PATCH only.',
    nl: 'De gateway neemt een verwijzing als geheel aan: elke entry van de transactie moet een POST zijn. Stuur wijzigingen van bestaande resources apart: met PATCH en If-Match, of in een transactie van alleen PUT en PATCH.',
  },
  'referral-received': {
    ...information,
    en: 'The referral was received. Follow its Task.',
    nl: 'De verwijzing is ontvangen. Volg de Task.',
  },
  'recipient-endpoint-missing': {
    ...receiverTransient,
    type: 'incomplete',
    en: 'The receiving organisation has no address for delivery; it finds this Task by searching the gateway.',
    nl: 'De ontvangende organisatie heeft geen afleveradres; zij vindt deze Task door in de gateway te zoeken.',
  },
} as const satisfies Record<string, Rule>;
