import type { Rule } from './rule.ts';
import { invalid, warning } from './shared.ts';

/** References, contained resources and the entries of a Bundle. */
export const referenceRules = {
  'entry-fullurl-duplicate': {
    ...warning,
    type: 'duplicate',
    en: 'Entry {first} has the same fullUrl. References to it lead to that first entry; give each entry its own fullUrl.',
    nl: 'Entry {first} heeft dezelfde fullUrl. Verwijzingen ernaar leiden naar die eerste entry; geef elke entry een eigen fullUrl.',
  },
  'entry-id-duplicate': {
    ...warning,
    type: 'duplicate',
    en: 'Entry {first} holds a resource of the same type with the same id. A reference by type and id leads to that first one; give each its own id.',
    nl: 'Entry {first} bevat een resource van hetzelfde type met hetzelfde id. Een verwijzing met type en id leidt naar die eerste; geef elk een eigen id.',
  },
  'reference-resolved-to-first': {
    ...warning,
    type: 'multiple-matches',
    en: 'More than one entry answers to this reference; the first, entry {first}, was taken. Give each entry its own fullUrl and id.',
    nl: 'Meer dan één entry past bij deze verwijzing; de eerste, entry {first}, is genomen. Geef elke entry een eigen fullUrl en id.',
  },
  'reference-unresolved-retained': {
    ...warning,
    type: 'not-found',
    en: 'This reference leads to no entry of the Bundle and to nothing that the gateway knows; it stays as it was sent. Add the resource, or give an identifier beside the reference.',
    nl: 'Deze verwijzing leidt naar geen entry van de Bundle en naar niets dat de gateway kent; zij blijft zoals gestuurd. Voeg de resource toe, of geef naast de verwijzing een identifier.',
  },
  'reference-format': {
    ...invalid,
    type: 'value',
    en: 'This is no valid reference. Send Type/id, a URL, urn:uuid: with a UUID, or #id of a contained resource.',
    nl: 'Dit is geen geldige verwijzing. Stuur Type/id, een URL, urn:uuid: met een UUID, of #id van een ingesloten resource.',
  },
  'reference-target-type': {
    ...invalid,
    type: 'structure',
    en: '{element} refers to {type}, but may only refer to {allowed}.',
    nl: '{element} verwijst naar {type}, maar mag alleen verwijzen naar {allowed}.',
  },
  'reference-type-mismatch': {
    ...invalid,
    type: 'structure',
    en: 'Reference.type says {type}, but the reference leads to a {found}.',
    nl: 'Reference.type zegt {type}, maar de verwijzing leidt naar een {found}.',
  },
  'reference-unresolved': {
    ...invalid,
    type: 'not-found',
    en: 'The reference leads to nothing inside this {holder}. Add the resource, or correct the reference.',
    nl: 'De verwijzing leidt nergens heen binnen deze {holder}. Voeg de resource toe, of verbeter de verwijzing.',
  },
  'reference-ambiguous': {
    ...invalid,
    type: 'multiple-matches',
    en: 'The reference leads to more than one entry of the Bundle. Give each entry its own fullUrl.',
    nl: 'De verwijzing leidt naar meer dan één entry van de Bundle. Geef elke entry een eigen fullUrl.',
  },
  'reference-aggregation': {
    ...invalid,
    type: 'structure',
    en: '{element} must be {allowed}.',
    nl: '{element} moet {allowed} zijn.',
  },
  'contained-unreferenced': {
    ...invalid,
    type: 'invariant',
    en: 'Rule dom-3 is not met: this contained resource is not referred to from the resource that holds it. Refer to it, or remove it.',
    nl: 'Aan regel dom-3 is niet voldaan: naar deze ingesloten resource wordt niet verwezen door de resource waar zij in zit. Verwijs ernaar, of verwijder haar.',
  },
  'bundle-fullurl-invalid': {
    ...invalid,
    type: 'invariant',
    en: 'The fullUrl of this entry does not fit: {problem}.',
    nl: 'De fullUrl van deze entry past niet: {problem}.',
  },
  'bundle-first-entry': {
    ...invalid,
    type: 'invariant',
    en: 'The first entry of a {kind} Bundle is a {asked}. Put it first.',
    nl: 'De eerste entry van een {kind}-Bundle is een {asked}. Zet die vooraan.',
  },
  'bundle-searchset-entry': {
    ...invalid,
    type: 'invariant',
    en: 'This entry does not fit a searchset: {problem}.',
    nl: 'Deze entry past niet in een searchset: {problem}.',
  },
} as const satisfies Record<string, Rule>;
