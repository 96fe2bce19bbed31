import type { Rule } from './rule.ts';
import { conflict, invalid, malformed, tooLarge, unsupportedMedia } from './shared.ts';

/** A request before and around its content: headers, body, search, version and transaction. */
export const requestRules = {
  'request-id-missing': {
    ...malformed,
    type: 'required',
    en: 'The header X-Request-Id is missing. Send a new UUID with each message, and the same UUID when you resend it. If your software cannot set headers, the operator of the gateway can allow a key in the message instead.',
    nl: 'De header X-Request-Id ontbreekt. Stuur bij elk bericht een nieuwe UUID mee, en bij opnieuw sturen dezelfde. Kan uw software geen headers zetten, dan kan de beheerder van de gateway een kenmerk in het bericht toestaan.',
  },
  'message-key-missing': {
    ...malformed,
    type: 'required',
    en: 'The message has neither the header X-Request-Id nor a key of its own, so a resend would not be recognised. Add an identifier to the Bundle, to its Task or to the resource, send If-None-Exist with a new resource or If-Match with an update, or set the header.',
    nl: 'Het bericht heeft geen header X-Request-Id en ook geen eigen kenmerk; opnieuw sturen zou niet herkend worden. Geef de Bundle, de Task of de resource een identifier, stuur If-None-Exist bij een nieuwe resource of If-Match bij een wijziging, of zet de header.',
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
    en: 'This X-Request-Id was already processed with the same body. Nothing was repeated; this response contains the first answer.',
    nl: 'Deze X-Request-Id is al verwerkt met dezelfde inhoud. De gateway heeft niets herhaald; dit antwoord bevat het eerste antwoord.',
  },
  'request-id-reused': {
    ...conflict,
    en: 'This X-Request-Id was already used with another body. Nothing was processed. Send this message with a new X-Request-Id.',
    nl: 'Deze X-Request-Id is al gebruikt met een andere inhoud. De gateway heeft niets verwerkt. Stuur dit bericht met een nieuwe X-Request-Id.',
  },
  'media-type-unsupported': {
    ...unsupportedMedia,
    en: 'The content type is missing or not supported. Send {supported}.',
    nl: 'Het contenttype ontbreekt of wordt niet ondersteund. Stuur {supported}.',
  },
  'content-encoding-unsupported': {
    ...unsupportedMedia,
    en: 'The body is compressed, which is not supported. Send it without Content-Encoding.',
    nl: 'De inhoud is gecomprimeerd, en dat wordt niet ondersteund. Stuur haar zonder Content-Encoding.',
  },
  'charset-unsupported': {
    ...unsupportedMedia,
    en: 'The body is not UTF-8. Send it in UTF-8.',
    nl: 'De inhoud is geen UTF-8. Stuur haar in UTF-8.',
  },
  'not-acceptable': {
    ...invalid,
    category: 'not-acceptable',
    type: 'not-supported',
    en: 'None of the formats in Accept or _format is supported. Request {supported}.',
    nl: 'Geen van de formaten in Accept of _format wordt ondersteund. Vraag om {supported}.',
  },
  'body-too-large': {
    ...tooLarge,
    type: 'too-long',
    en: 'The body is larger than {limit} bytes. Send large documents by reference.',
    nl: 'De inhoud is groter dan {limit} bytes. Verwijs naar grote documenten in plaats van ze mee te sturen.',
  },
  'too-many-values': {
    ...tooLarge,
    en: 'The message has more than {limit} elements and values. Send one referral, with large documents by reference.',
    nl: 'Het bericht heeft meer dan {limit} elementen en waarden. Stuur één verwijzing, en verwijs naar grote documenten.',
  },
  'body-incomplete': {
    ...malformed,
    type: 'incomplete',
    en: 'The connection ended before the whole body was received. Nothing was stored. Send the same message with the same X-Request-Id again.',
    nl: 'De verbinding brak voordat de hele inhoud binnen was. De gateway heeft niets opgeslagen. Stuur hetzelfde bericht opnieuw met dezelfde X-Request-Id.',
  },
  'body-too-slow': {
    category: 'timeout',
    severity: 'error',
    fault: 'sender',
    type: 'timeout',
    en: 'The body did not arrive within {seconds} seconds. Nothing was stored. Send the same message with the same X-Request-Id again, without pauses.',
    nl: 'De inhoud was niet binnen {seconds} seconden binnen. De gateway heeft niets opgeslagen. Stuur hetzelfde bericht opnieuw met dezelfde X-Request-Id, zonder pauzes.',
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
    en: 'Entry {index} is not an update. Send each entry of such a transaction as a PUT or PATCH of Task/[id] or ServiceRequest/[id], with request.ifMatch; a patch is a Binary with contentType and data, or Parameters.',
    nl: 'Entry {index} is geen wijziging. Stuur elke entry van zo’n transactie als PUT of PATCH van Task/[id] of ServiceRequest/[id], met request.ifMatch; een patch is een Binary met contentType en data, of Parameters.',
  },
  'transaction-overlap': {
    ...invalid,
    type: 'business-rule',
    en: 'Entry {index} affects an order or journey that an earlier entry also affects. A transaction may update each journey once. Nothing was stored. Send this update after the others.',
    nl: 'Entry {index} raakt een opdracht of traject dat een eerdere entry ook raakt. Een transactie mag elk traject één keer wijzigen. De gateway heeft niets opgeslagen. Stuur deze wijziging na de andere.',
  },
  'transaction-too-long': {
    ...tooLarge,
    en: 'A transaction of updates may have at most {limit} entries. Send the rest in another transaction.',
    nl: 'Een transactie van wijzigingen mag hoogstens {limit} entries hebben. Stuur de rest in een volgende transactie.',
  },
  'interaction-unsupported': {
    ...invalid,
    category: 'method',
    type: 'not-supported',
    en: 'This interaction is not supported. See /fhir/metadata for the supported ones.',
    nl: 'Deze interactie wordt niet ondersteund. Zie /fhir/metadata voor wat wel kan.',
  },
  'search-post-required': {
    ...invalid,
    category: 'method',
    type: 'security',
    en: 'Search {type} with POST {type}/_search and a form body, so that identifiers of persons stay out of URLs and logs.',
    nl: 'Zoek {type} met POST {type}/_search en een formulier als inhoud, zodat persoonsnummers niet in URL’s en logs komen.',
  },
  'search-parameter-unknown': {
    ...malformed,
    type: 'not-supported',
    en: 'One or more search parameters are not supported for {type}. Use: {offered}.',
    nl: 'Een of meer zoekparameters worden niet ondersteund voor {type}. Gebruik: {offered}.',
  },
  'search-value-malformed': {
    ...malformed,
    type: 'value',
    en: 'The value of search parameter {parameter} is malformed. See https://hl7.org/fhir/R4/search.html for its format.',
    nl: 'De waarde van zoekparameter {parameter} is onjuist. Zie https://hl7.org/fhir/R4/search.html voor het formaat.',
  },
  'search-too-costly': {
    ...malformed,
    type: 'too-costly',
    en: 'This search has too many values. Use at most {values} values, {dates} of them dates; split it into several searches.',
    nl: 'Deze zoekvraag heeft te veel waarden. Gebruik hoogstens {values} waarden, waarvan {dates} datums; verdeel haar over meer zoekvragen.',
  },
  'if-match-missing': {
    ...invalid,
    category: 'stale',
    type: 'required',
    en: 'An update requires the header If-Match with the version you read, such as W/"2". Read the resource first.',
    nl: 'Een wijziging vraagt de header If-Match met de gelezen versie, zoals W/"2". Lees eerst de resource.',
  },
  'version-stale': {
    ...invalid,
    category: 'stale',
    type: 'conflict',
    en: 'The version in If-Match is not the current version {current}. Read the resource again, check what changed, and resend your update.',
    nl: 'De versie in If-Match is niet de huidige versie {current}. Lees de resource opnieuw, kijk wat er veranderde, en stuur uw wijziging opnieuw.',
  },
  'id-mismatch': {
    ...malformed,
    type: 'value',
    en: 'The type or id of the resource differs from the URL. Send the resource to its own URL.',
    nl: 'Het type of het id van de resource wijkt af van de URL. Stuur de resource naar de eigen URL.',
  },
} as const satisfies Record<string, Rule>;
