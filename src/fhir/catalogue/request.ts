import type { Rule } from './rule.ts';
import { conflict, invalid, malformed, tooLarge, unsupportedMedia } from './shared.ts';

/** A request before and around its content: headers, body, search, version and transaction. */
export const requestRules = {
  'request-id-missing': {
    ...malformed,
    type: 'required',
    en: 'The header X-Request-Id is missing. Send a new UUID with each message and the same UUID when you send it again.',
    nl: 'De header X-Request-Id ontbreekt. Stuur bij elk bericht een nieuwe UUID mee, en bij opnieuw sturen dezelfde.',
  },
  'header-not-uuid': {
    ...malformed,
    type: 'value',
    en: 'The header {header} is not a UUID. Send 36 characters such as 0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11.',
    nl: 'De header {header} is geen UUID. Stuur 36 tekens, zoals 0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11.',
  },
  duplicate: {
    ...conflict,
    type: 'duplicate',
    en: 'This X-Request-Id was already processed with the same body. Nothing was done again; the first answer is contained here.',
    nl: 'Deze X-Request-Id is al verwerkt met dezelfde inhoud. Er is niets opnieuw gedaan; het eerste antwoord staat hierin.',
  },
  'request-id-reused': {
    ...conflict,
    en: 'This X-Request-Id was already used for another body. Nothing was done. Send this message with a new X-Request-Id.',
    nl: 'Deze X-Request-Id is al gebruikt voor een andere inhoud. Er is niets gedaan. Stuur dit bericht met een nieuwe X-Request-Id.',
  },
  'media-type-unsupported': {
    ...unsupportedMedia,
    en: 'The content type is missing or not supported here. Send {supported}.',
    nl: 'Het contenttype ontbreekt of wordt hier niet ondersteund. Stuur {supported}.',
  },
  'content-encoding-unsupported': {
    ...unsupportedMedia,
    en: 'The body is compressed, which is not supported here. Send it without Content-Encoding.',
    nl: 'De inhoud is gecomprimeerd, en dat wordt hier niet ondersteund. Stuur zonder Content-Encoding.',
  },
  'charset-unsupported': {
    ...unsupportedMedia,
    en: 'The body is not UTF-8. Send it in UTF-8.',
    nl: 'De inhoud is geen UTF-8. Stuur deze in UTF-8.',
  },
  'not-acceptable': {
    ...invalid,
    category: 'not-acceptable',
    type: 'not-supported',
    en: 'None of the formats in Accept or _format can be given. Ask for {supported}.',
    nl: 'Geen van de formaten in Accept of _format kan worden geleverd. Vraag om {supported}.',
  },
  'body-too-large': {
    ...tooLarge,
    type: 'too-long',
    en: 'The body is larger than {limit} bytes. Send large documents by reference instead of inside the message.',
    nl: 'De inhoud is groter dan {limit} bytes. Verwijs naar grote documenten in plaats van ze mee te sturen.',
  },
  'too-many-values': {
    ...tooLarge,
    en: 'The message holds more than {limit} elements and values. Send one referral, with large documents by reference.',
    nl: 'Het bericht bevat meer dan {limit} elementen en waarden. Stuur één verwijzing, en verwijs naar grote documenten.',
  },
  'body-incomplete': {
    ...malformed,
    type: 'incomplete',
    en: 'The connection ended before the whole body had come in. Nothing was stored. Send the same message with the same X-Request-Id again.',
    nl: 'De verbinding brak voordat de hele inhoud binnen was. Er is niets opgeslagen. Stuur hetzelfde bericht met dezelfde X-Request-Id opnieuw.',
  },
  'body-missing': {
    ...malformed,
    type: 'required',
    en: 'The body is empty. Send the resource in the body of the request.',
    nl: 'De inhoud is leeg. Stuur de resource mee als inhoud van het verzoek.',
  },
  'transaction-entry-invalid': {
    ...invalid,
    type: 'not-supported',
    en: 'Entry {index} is not a move. In a transaction of changes each entry is a PUT or PATCH of Task/[id] or ServiceRequest/[id], with request.ifMatch; a patch is a Binary with contentType and data, or Parameters.',
    nl: 'Entry {index} is geen stap. In een transactie van wijzigingen is elke entry een PUT of PATCH van Task/[id] of ServiceRequest/[id], met request.ifMatch; een patch is een Binary met contentType en data, of Parameters.',
  },
  'transaction-overlap': {
    ...invalid,
    type: 'business-rule',
    en: 'Entry {index} touches an order or its journey, or something of it, that an earlier entry touches too. In one transaction each journey is moved once. Nothing was changed. Send this move after the others.',
    nl: 'Entry {index} raakt een opdracht of het traject ervan, of iets daarvan, dat een eerdere entry ook raakt. In één transactie is er één stap per traject. Er is niets gewijzigd. Stuur deze stap na de andere.',
  },
  'transaction-too-long': {
    ...tooLarge,
    en: 'A transaction of changes has at most {limit} entries. Send the others in another one.',
    nl: 'Een transactie van wijzigingen heeft hoogstens {limit} entries. Stuur de andere in een volgende.',
  },
  'interaction-unsupported': {
    ...invalid,
    category: 'method',
    type: 'not-supported',
    en: 'This interaction is not offered here. See /fhir/metadata for what is.',
    nl: 'Deze interactie wordt hier niet geboden. Zie /fhir/metadata voor wat er wel is.',
  },
  'search-post-required': {
    ...invalid,
    category: 'method',
    type: 'security',
    en: 'Search {type} by POST {type}/_search with a form body, so that identifiers of persons stay out of addresses and logs.',
    nl: 'Zoek {type} met POST {type}/_search en een formulier als inhoud, zodat persoonsnummers niet in adressen en logs komen.',
  },
  'search-parameter-unknown': {
    ...malformed,
    type: 'not-supported',
    en: 'One or more search parameters are not offered for {type}. Offered: {offered}.',
    nl: 'Een of meer zoekparameters worden niet geboden voor {type}. Wel: {offered}.',
  },
  'search-value-malformed': {
    ...malformed,
    type: 'value',
    en: 'The value of search parameter {parameter} is malformed. See https://hl7.org/fhir/R4/search.html for its form.',
    nl: 'De waarde van zoekparameter {parameter} is onjuist. Zie https://hl7.org/fhir/R4/search.html voor de vorm.',
  },
  'search-too-costly': {
    ...malformed,
    type: 'too-costly',
    en: 'This search compares with too much at once. Ask for at most {values} values, {dates} of them dates; more by several searches.',
    nl: 'Deze zoekvraag vergelijkt met te veel tegelijk. Vraag hoogstens {values} waarden, waarvan {dates} datums; meer met verschillende zoekvragen.',
  },
  'if-match-missing': {
    ...invalid,
    category: 'stale',
    type: 'required',
    en: 'An update needs the header If-Match with the version you read, such as W/"2". Read the Task first.',
    nl: 'Een wijziging vraagt de header If-Match met de gelezen versie, zoals W/"2". Lees eerst de Task.',
  },
  'version-stale': {
    ...invalid,
    category: 'stale',
    type: 'conflict',
    en: 'The version in If-Match is not the current version {current}. Read it again, look at what changed, and then send your change.',
    nl: 'De versie in If-Match is niet de huidige versie {current}. Lees opnieuw, kijk wat er veranderde en stuur dan uw wijziging.',
  },
  'id-mismatch': {
    ...malformed,
    type: 'value',
    en: 'The type or id of the resource differs from the address. Send the resource to its own address.',
    nl: 'Het type of de id van de resource wijkt af van het adres. Stuur de resource naar het eigen adres.',
  },
} as const satisfies Record<string, Rule>;
