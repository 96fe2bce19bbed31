import type { Rule } from './rule.ts';
import { invalid, warning } from './shared.ts';

/** A resource against the definitions of FHIR R4: structure, values, invariants and narrative. */
export const validationRules = {
  'not-a-resource': {
    ...invalid,
    type: 'structure',
    en: 'A resource is asked here: a JSON object with a resourceType.',
    nl: 'Hier hoort een resource: een JSON-object met een resourceType.',
  },
  'resource-type-unknown': {
    ...invalid,
    type: 'structure',
    en: 'FHIR R4 has no resource of this resourceType. Check the spelling and the capitals.',
    nl: 'FHIR R4 kent geen resource met dit resourceType. Controleer spelling en hoofdletters.',
  },
  'resource-too-deep': {
    ...invalid,
    type: 'structure',
    en: 'This is nested deeper than {limit} levels. Send a flatter resource.',
    nl: 'Dit is dieper genest dan {limit} niveaus. Stuur een vlakkere resource.',
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
    en: '{element} may repeat, so its value is a JSON array, also when there is only one. Put it between [ and ].',
    nl: '{element} kan herhalen, dus de waarde is een JSON-array, ook als er maar één is. Zet die tussen [ en ].',
  },
  'array-not-allowed': {
    ...invalid,
    type: 'structure',
    en: '{element} does not repeat. Send one value, not an array.',
    nl: '{element} herhaalt niet. Stuur één waarde, geen array.',
  },
  'array-empty': {
    ...invalid,
    type: 'structure',
    en: 'An array is never empty in FHIR. Leave {element} out when it has no value.',
    nl: 'Een array is in FHIR nooit leeg. Laat {element} weg als het geen waarde heeft.',
  },
  'ele-1': {
    ...invalid,
    type: 'structure',
    en: '{element} has neither a value nor elements. Leave it out, or fill it.',
    nl: '{element} heeft geen waarde en geen elementen. Laat het weg, of vul het.',
  },
  'json-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: '{element} is of type {type}: send {asked}.',
    nl: '{element} is van het type {type}: stuur {asked}.',
  },
  format: {
    ...invalid,
    type: 'value',
    en: 'This is no valid {type}. Send it as: {asked}.',
    nl: 'Dit is geen geldige {type}. Stuur het als: {asked}.',
  },
  'too-long': {
    ...invalid,
    type: 'too-long',
    en: '{element} may be at most {limit} characters long. Shorten it.',
    nl: '{element} mag hooguit {limit} tekens lang zijn. Kort het in.',
  },
  'choice-multiple-types': {
    ...invalid,
    type: 'structure',
    en: '{element} may have only one type at a time. Keep one of its values.',
    nl: '{element} mag maar één type tegelijk hebben. Houd één van de waarden.',
  },
  min: {
    ...invalid,
    type: 'required',
    en: '{element} is missing: at least {min} asked, {found} there. Add it.',
    nl: '{element} ontbreekt: minstens {min} gevraagd, {found} aanwezig. Voeg het toe.',
  },
  max: {
    ...invalid,
    type: 'structure',
    en: '{element} is there too often: at most {max} allowed, {found} there. Remove what is too many.',
    nl: '{element} is er te vaak: hooguit {max} toegestaan, {found} aanwezig. Verwijder wat te veel is.',
  },
  'type-not-allowed': {
    ...invalid,
    type: 'structure',
    en: '{element} is of type {type}, but {allowed} is allowed here.',
    nl: '{element} is van het type {type}, maar hier mag {allowed}.',
  },
  'fixed-value': {
    ...invalid,
    type: 'value',
    en: '{element} must have exactly the value that the profile fixes: {fixed}.',
    nl: '{element} moet precies de waarde hebben die het profiel vastlegt: {fixed}.',
  },
  'pattern-value': {
    ...invalid,
    type: 'value',
    en: '{element} must hold at least what the profile asks: {pattern}.',
    nl: '{element} moet minstens bevatten wat het profiel vraagt: {pattern}.',
  },
  'min-value': {
    ...invalid,
    type: 'value',
    en: '{element} is less than the least allowed value, {limit}.',
    nl: '{element} is minder dan de laagst toegestane waarde, {limit}.',
  },
  'max-value': {
    ...invalid,
    type: 'value',
    en: '{element} is more than the greatest allowed value, {limit}.',
    nl: '{element} is meer dan de hoogst toegestane waarde, {limit}.',
  },
  invariant: {
    ...invalid,
    type: 'invariant',
    en: 'Rule {key} is not met: {human}',
    nl: 'Aan regel {key} is niet voldaan: {human}',
  },
  'invariant-not-evaluated': {
    ...warning,
    type: 'processing',
    en: 'Rule {key} could not be evaluated here: {problem}.',
    nl: 'Regel {key} kon hier niet worden uitgerekend: {problem}.',
  },
  'example-url': {
    ...invalid,
    type: 'value',
    en: 'This URL is on a host that is reserved for examples, so it leads nowhere. Send the real one.',
    nl: 'Deze URL staat op een host die voor voorbeelden bestemd is, en leidt dus nergens heen. Stuur de echte.',
  },
  narrative: {
    ...invalid,
    type: 'structure',
    en: 'The narrative is no XHTML as FHIR allows it: {problem}.',
    nl: 'De leesbare tekst is geen XHTML zoals FHIR die toestaat: {problem}.',
  },
  'narrative-link-broken': {
    ...invalid,
    type: 'not-found',
    en: 'A link inside the narrative leads to nothing in this resource. Remove the link, or give its target that id.',
    nl: 'Een koppeling in de leesbare tekst leidt nergens heen in deze resource. Verwijder haar, of geef het doel die id.',
  },
  'attachment-size-mismatch': {
    ...invalid,
    type: 'value',
    en: 'Attachment.size does not match the size of the content. Correct it, or leave it out.',
    nl: 'Attachment.size klopt niet met de grootte van de inhoud. Verbeter die, of laat haar weg.',
  },
  'attachment-hash-mismatch': {
    ...invalid,
    type: 'value',
    en: 'Attachment.hash does not match the content. It is the base64 of the SHA-1 of the content.',
    nl: 'Attachment.hash klopt niet met de inhoud. Het is de base64 van de SHA-1 van de inhoud.',
  },
} as const satisfies Record<string, Rule>;
