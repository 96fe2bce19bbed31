import type { Rule } from './rule.ts';
import { invalid, warning } from './shared.ts';

/** A resource against the definitions of FHIR R4: structure, values, invariants and narrative. */
export const validationRules = {
  'not-a-resource': {
    ...invalid,
    type: 'structure',
    en: 'Not a FHIR resource. Send a JSON object with a resourceType.',
    nl: 'Geen FHIR-resource. Stuur een JSON-object met een resourceType.',
  },
  'resource-type-unknown': {
    ...invalid,
    type: 'structure',
    en: 'FHIR R4 has no resource of this resourceType. Check spelling and capitals.',
    nl: 'FHIR R4 heeft geen resource met dit resourceType. Controleer spelling en hoofdletters.',
  },
  'resource-too-deep': {
    ...invalid,
    type: 'structure',
    en: 'Elements are nested deeper than {limit} levels. Send a flatter resource.',
    nl: 'Elementen zijn dieper genest dan {limit} niveaus. Stuur een vlakkere resource.',
  },
  'element-unknown': {
    ...invalid,
    type: 'structure',
    en: '{type} has no element of this name. Remove it, or check the spelling: {names}.',
    nl: '{type} heeft geen element met deze naam. Verwijder het, of controleer de spelling: {names}.',
  },
  'array-required': {
    ...invalid,
    type: 'structure',
    en: '{element} can repeat, so its value must be a JSON array, even for a single value. Put the value between [ and ].',
    nl: '{element} kan herhalen, dus de waarde moet een JSON-array zijn, ook als er maar één is. Zet de waarde tussen [ en ].',
  },
  'array-not-allowed': {
    ...invalid,
    type: 'structure',
    en: '{element} does not repeat. Send one value instead of an array.',
    nl: '{element} herhaalt niet. Stuur één waarde in plaats van een array.',
  },
  'array-empty': {
    ...invalid,
    type: 'structure',
    en: '{element} is an empty array, which FHIR does not allow. Remove {element} when it has no value.',
    nl: '{element} is een lege array, en dat staat FHIR niet toe. Verwijder {element} als het geen waarde heeft.',
  },
  'ele-1': {
    ...invalid,
    type: 'structure',
    en: '{element} has neither a value nor elements. Add one, or remove {element}.',
    nl: '{element} heeft geen waarde en geen elementen. Vul er een in, of verwijder {element}.',
  },
  'json-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: '{element} is of type {type}. Send {asked}.',
    nl: '{element} is van het type {type}. Stuur {asked}.',
  },
  format: {
    ...invalid,
    type: 'value',
    en: 'Not a valid {type}. Send it as: {asked}.',
    nl: 'Geen geldige {type}. Stuur het als: {asked}.',
  },
  'too-long': {
    ...invalid,
    type: 'too-long',
    en: '{element} is longer than {limit} characters. Shorten it.',
    nl: '{element} is langer dan {limit} tekens. Kort het in.',
  },
  'choice-multiple-types': {
    ...invalid,
    type: 'structure',
    en: '{element} has values of more than one type. Send one of them.',
    nl: '{element} heeft waarden van meer dan één type. Stuur er één.',
  },
  min: {
    ...invalid,
    type: 'required',
    en: '{element} is missing: at least {min} required, found {found}. Add it.',
    nl: '{element} ontbreekt: minstens {min} verplicht, gevonden: {found}. Voeg het toe.',
  },
  max: {
    ...invalid,
    type: 'structure',
    en: '{element} occurs too often: at most {max} allowed, found {found}. Remove the surplus.',
    nl: '{element} komt te vaak voor: hoogstens {max} toegestaan, gevonden: {found}. Verwijder wat te veel is.',
  },
  'type-not-allowed': {
    ...invalid,
    type: 'structure',
    en: '{element} is of type {type}. Send a type that is allowed here: {allowed}.',
    nl: '{element} is van het type {type}. Stuur een type dat hier mag: {allowed}.',
  },
  'fixed-value': {
    ...invalid,
    type: 'value',
    en: '{element} must equal the value that the profile fixes. Send {fixed}.',
    nl: '{element} moet gelijk zijn aan de waarde die het profiel vastlegt. Stuur {fixed}.',
  },
  'pattern-value': {
    ...invalid,
    type: 'value',
    en: '{element} does not match the pattern of the profile. Include {pattern}.',
    nl: '{element} past niet bij het patroon van het profiel. Neem dit op: {pattern}.',
  },
  'min-value': {
    ...invalid,
    type: 'value',
    en: '{element} is below the minimum, {limit}. Send a greater value.',
    nl: '{element} is lager dan het minimum, {limit}. Stuur een hogere waarde.',
  },
  'max-value': {
    ...invalid,
    type: 'value',
    en: '{element} is above the maximum, {limit}. Send a smaller value.',
    nl: '{element} is hoger dan het maximum, {limit}. Stuur een lagere waarde.',
  },
  invariant: {
    ...invalid,
    type: 'invariant',
    en: 'Rule {key} is not met: {human}',
    nl: 'Aan regel {key} is niet voldaan: {human}',
  },
  'invariant-not-evaluated': {
    ...invalid,
    type: 'processing',
    en: 'Rule {key} could not be evaluated on this content, so it is not met: {problem}. Correct the content, or have the author of the profile correct the rule.',
    nl: 'Regel {key} was met deze inhoud niet uit te rekenen, dus er is niet aan voldaan: {problem}. Verbeter de inhoud, of laat de maker van het profiel de regel verbeteren.',
  },
  'invariant-undecided': {
    ...warning,
    type: 'not-supported',
    en: 'Rule {key} was not checked: {problem}. Load what it needs, or configure a terminology server.',
    nl: 'Regel {key} is niet gecontroleerd: {problem}. Laad wat ervoor nodig is, of stel een terminologieserver in.',
  },
  'example-url': {
    ...invalid,
    type: 'value',
    en: 'The host of this URL is reserved for examples. Send a real URL.',
    nl: 'De host van deze URL is gereserveerd voor voorbeelden. Stuur een echte URL.',
  },
  narrative: {
    ...invalid,
    type: 'structure',
    en: 'The narrative is not XHTML as FHIR allows it: {problem}.',
    nl: 'De tekstweergave is geen XHTML zoals FHIR die toestaat: {problem}.',
  },
  'narrative-link-broken': {
    ...warning,
    type: 'not-found',
    en: 'A link in the narrative resolves to nothing in this resource. Remove the link, or add its id to the target.',
    nl: 'Een link in de tekstweergave wijst naar niets in deze resource. Verwijder de link, of zet de id bij het doel.',
  },
  'attachment-size-mismatch': {
    ...invalid,
    type: 'value',
    en: 'Attachment.size does not match the size of the content. Correct it, or remove it.',
    nl: 'Attachment.size klopt niet met de grootte van de inhoud. Verbeter de waarde, of verwijder haar.',
  },
  'attachment-hash-mismatch': {
    ...invalid,
    type: 'value',
    en: 'Attachment.hash does not match the content. Send the SHA-1 of the content in base64.',
    nl: 'Attachment.hash klopt niet met de inhoud. Stuur de SHA-1 van de inhoud in base64.',
  },
} as const satisfies Record<string, Rule>;
