import type { Rule } from './rule.ts';
import { invalid, warning } from './shared.ts';

/** References, contained resources and the entries of a Bundle. */
export const referenceRules = {
  'entry-fullurl-duplicate': {
    ...warning,
    type: 'duplicate',
    en: 'Entry {first} has the same fullUrl. References to it resolve to entry {first}. Use a different fullUrl for each entry.',
    nl: 'Entry {first} heeft dezelfde fullUrl. Referenties ernaar wijzen naar entry {first}. Gebruik voor elke entry een eigen fullUrl.',
  },
  'entry-id-duplicate': {
    ...warning,
    type: 'duplicate',
    en: 'Entry {first} contains a resource of the same type with the same id. A reference by type and id resolves to entry {first}. Use a different id for each resource.',
    nl: 'Entry {first} bevat een resource van hetzelfde type met hetzelfde id. Een referentie met type en id wijst naar entry {first}. Gebruik voor elke resource een eigen id.',
  },
  'reference-resolved-to-first': {
    ...warning,
    type: 'multiple-matches',
    en: 'More than one entry matches this reference; entry {first}, the first one, was used. Use a different fullUrl and id for each entry.',
    nl: 'Meer dan één entry past bij deze referentie; de eerste, entry {first}, is gebruikt. Gebruik voor elke entry een eigen fullUrl en id.',
  },
  'reference-unresolved-retained': {
    ...warning,
    type: 'not-found',
    en: 'This reference matches no entry of the Bundle and no resource at the gateway; it was stored as sent. Add the resource, or add an identifier to the reference.',
    nl: 'Deze referentie past bij geen entry van de Bundle en bij geen resource op de gateway; de gateway bewaart haar zoals u haar stuurde. Voeg de resource toe, of zet een identifier bij de referentie.',
  },
  'reference-format': {
    ...invalid,
    type: 'value',
    en: 'Not a valid reference. Send Type/id, a URL, urn:uuid: with a UUID, or #id of a contained resource.',
    nl: 'Geen geldige referentie. Stuur Type/id, een URL, urn:uuid: met een UUID, of #id van een ingesloten resource.',
  },
  'reference-target-type': {
    ...invalid,
    type: 'structure',
    en: '{element} refers to {type}, but may refer only to {allowed}. Correct the reference.',
    nl: '{element} verwijst naar {type}, maar mag alleen verwijzen naar {allowed}. Verbeter de referentie.',
  },
  'reference-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'Reference.type is {type}, but the reference resolves to {found}. Correct the type, or remove it.',
    nl: 'Reference.type is {type}, maar de referentie wijst naar {found}. Verbeter het type, of verwijder het.',
  },
  'reference-unresolved': {
    ...invalid,
    type: 'not-found',
    en: 'The reference resolves to nothing in this {holder}. Add the resource, or correct the reference.',
    nl: 'De referentie wijst naar niets in deze {holder}. Voeg de resource toe, of verbeter de referentie.',
  },
  'reference-relative-to-urn': {
    ...invalid,
    type: 'value',
    en: 'A relative reference cannot be resolved here: the fullUrl of this entry is not a RESTful URL. Refer to the fullUrl of the target.',
    nl: 'Een relatieve referentie is hier niet te volgen: de fullUrl van deze entry is geen RESTful URL. Verwijs naar de fullUrl van het doel.',
  },
  'reference-ambiguous': {
    ...invalid,
    type: 'multiple-matches',
    en: 'The reference matches more than one entry of the Bundle. Use a different fullUrl for each entry.',
    nl: 'De referentie past bij meer dan één entry van de Bundle. Gebruik voor elke entry een eigen fullUrl.',
  },
  'reference-aggregation': {
    ...invalid,
    type: 'structure',
    en: '{element} must be {allowed}. Send the resource that way.',
    nl: '{element} moet {allowed} zijn. Stuur de resource zo mee.',
  },
  'contained-id-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'Another contained resource has the same id, so a reference to it is ambiguous. Use a different id for each.',
    nl: 'Een andere ingesloten resource heeft dezelfde id, dus een referentie ernaar is dubbelzinnig. Gebruik voor elk een eigen id.',
  },
  'contained-unreferenced': {
    ...invalid,
    type: 'invariant',
    en: 'Rule dom-3 is not met: the containing resource has no reference to this contained resource. Add a reference, or remove the contained resource.',
    nl: 'Aan regel dom-3 is niet voldaan: de resource heeft geen referentie naar deze ingesloten resource. Voeg een referentie toe, of verwijder de ingesloten resource.',
  },
  'bundle-fullurl-invalid': {
    ...invalid,
    type: 'invariant',
    en: 'The fullUrl of this entry is invalid: {problem}.',
    nl: 'De fullUrl van deze entry is ongeldig: {problem}.',
  },
  'bundle-fullurl-missing': {
    ...invalid,
    type: 'required',
    en: 'This entry has no fullUrl; only entries of a transaction or batch may omit it. Add one: the URL of the resource, or urn:uuid: with a new UUID.',
    nl: 'Deze entry heeft geen fullUrl; alleen entries van een transactie of batch mogen die weglaten. Voeg er een toe: de URL van de resource, of urn:uuid: met een nieuwe UUID.',
  },
  'bundle-link-duplicate': {
    ...invalid,
    type: 'duplicate',
    en: 'The Bundle has another link with this relation. Send one link per relation.',
    nl: 'De Bundle heeft nog een link met deze relatie. Stuur één link per relatie.',
  },
  'bundle-first-entry': {
    ...invalid,
    type: 'invariant',
    en: 'The first entry of a {kind} Bundle must be a {asked}. Put it first.',
    nl: 'De eerste entry van een {kind}-Bundle moet een {asked} zijn. Zet die vooraan.',
  },
  'bundle-searchset-entry': {
    ...invalid,
    type: 'invariant',
    en: 'This entry is invalid in a searchset: {problem}.',
    nl: 'Deze entry is ongeldig in een searchset: {problem}.',
  },
} as const satisfies Record<string, Rule>;
