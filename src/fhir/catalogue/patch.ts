import type { Rule } from './rule.ts';
import { invalid, malformed, tooLarge } from './shared.ts';

/** JSON Patch and FHIRPath Patch. */
export const patchRules = {
  'patch-malformed': {
    ...malformed,
    type: 'structure',
    en: 'Not a JSON Patch: operation {index} is invalid. Send an array of operations according to RFC 6902.',
    nl: 'Geen JSON Patch: bewerking {index} is ongeldig. Stuur een array van bewerkingen volgens RFC 6902.',
  },
  'patch-too-long': {
    ...tooLarge,
    en: 'The patch has more than {limit} operations or too many values. Send only what changes, or PUT the whole Task.',
    nl: 'De patch heeft meer dan {limit} bewerkingen of te veel waarden. Stuur alleen wat verandert, of PUT de hele Task.',
  },
  'patch-failed': {
    ...invalid,
    type: 'processing',
    en: 'Operation {index} of the patch does not apply to the current version: {problem}. Nothing was stored. Read the Task and create the patch again.',
    nl: 'Bewerking {index} van de patch past niet op de huidige versie: {problem}. De gateway heeft niets opgeslagen. Lees de Task en maak de patch opnieuw.',
  },
  'fhirpath-patch-malformed': {
    ...malformed,
    type: 'structure',
    en: 'Not a FHIRPath Patch: {part} of operation {index} is missing or invalid. Send Parameters "operation" with the parts type (valueCode add, insert, delete, replace or move), path (valueString) and those of its type: name, value, index, source, destination; each once, and no others.',
    nl: 'Geen FHIRPath Patch: {part} van bewerking {index} ontbreekt of is ongeldig. Stuur Parameters "operation" met de onderdelen type (valueCode add, insert, delete, replace of move), path (valueString) en die van het type: name, value, index, source, destination; elk één keer, en geen andere.',
  },
  'fhirpath-patch-path-invalid': {
    ...invalid,
    type: 'not-supported',
    en: 'The path of operation {index} is not supported in a patch. Name elements of the resource, with [n], first(), last(), ofType(), extension() or where() with comparisons; for insert and move name the whole list, for replace and delete an element.',
    nl: 'Het pad van bewerking {index} wordt niet ondersteund in een patch. Noem elementen van de resource, met [n], first(), last(), ofType(), extension() of where() met vergelijkingen; bij insert en move de hele lijst, bij replace en delete een element.',
  },
  'fhirpath-patch-path-not-single': {
    ...invalid,
    type: 'processing',
    en: 'The path of operation {index} selects {count} elements of the current version instead of one. Nothing was stored. Read the resource and correct the path.',
    nl: 'Het pad van bewerking {index} wijst {count} elementen van de huidige versie aan in plaats van één. De gateway heeft niets opgeslagen. Lees de resource en verbeter het pad.',
  },
  'fhirpath-patch-element-unknown': {
    ...invalid,
    type: 'structure',
    en: '{type} has no element with the name in operation {index}. Use the name of the definition, without type: "value", not "valueString".',
    nl: '{type} heeft geen element met de naam in bewerking {index}. Gebruik de naam uit de definitie, zonder type: "value", niet "valueString".',
  },
  'fhirpath-patch-value-invalid': {
    ...invalid,
    type: 'value',
    en: 'The value of operation {index} has a type that the element does not allow: {types}. Send one value[x] of an allowed type, or parts named after its elements where there is no such value[x].',
    nl: 'De waarde van bewerking {index} heeft een type dat het element niet toestaat: {types}. Stuur één value[x] van een toegestaan type, of onderdelen met de namen van de elementen waar zo’n value[x] niet bestaat.',
  },
  'fhirpath-patch-element-exists': {
    ...invalid,
    type: 'processing',
    en: 'Operation {index} adds {element}, which exists already and does not repeat. Use replace.',
    nl: 'Bewerking {index} voegt {element} toe, dat al bestaat en niet herhaalt. Gebruik replace.',
  },
  'fhirpath-patch-index-out-of-range': {
    ...invalid,
    type: 'processing',
    en: 'An index of operation {index} is out of range: the list has {count} items. Count from 0.',
    nl: 'Een index van bewerking {index} valt buiten de lijst, die {count} items heeft. Tel vanaf 0.',
  },
} as const satisfies Record<string, Rule>;
