import type { Rule } from './rule.ts';
import { invalid, malformed, tooLarge } from './shared.ts';

/** JSON Patch and FHIRPath Patch. */
export const patchRules = {
  'patch-malformed': {
    ...malformed,
    type: 'structure',
    en: 'This is not a JSON Patch: operation {index} is wrong. Send an array of operations after RFC 6902.',
    nl: 'Dit is geen JSON Patch: bewerking {index} klopt niet. Stuur een array van bewerkingen volgens RFC 6902.',
  },
  'patch-too-long': {
    ...tooLarge,
    en: 'The patch has more than {limit} operations or holds too much. Send what changes alone, or PUT the whole Task.',
    nl: 'De patch heeft meer dan {limit} bewerkingen of bevat te veel. Stuur alleen wat verandert, of PUT de hele Task.',
  },
  'patch-failed': {
    ...invalid,
    type: 'processing',
    en: 'Operation {index} of the patch does not fit the current version: {problem}. Nothing was changed. Read the Task and make the patch anew.',
    nl: 'Bewerking {index} van de patch past niet op de huidige versie: {problem}. Er is niets gewijzigd. Lees de Task en maak de patch opnieuw.',
  },
  'fhirpath-patch-malformed': {
    ...malformed,
    type: 'structure',
    en: 'This is not a FHIRPath Patch: {part} of operation {index} is missing or wrong. Send Parameters "operation" with the parts type (valueCode add, insert, delete, replace or move), path (valueString) and those of its type: name, value, index, source, destination; each once, and no other.',
    nl: 'Dit is geen FHIRPath Patch: {part} van bewerking {index} ontbreekt of klopt niet. Stuur Parameters "operation" met de onderdelen type (valueCode add, insert, delete, replace of move), path (valueString) en die van het type: name, value, index, source, destination; elk één keer, en geen ander.',
  },
  'fhirpath-patch-path-invalid': {
    ...invalid,
    type: 'not-supported',
    en: 'The path of operation {index} is not one that a patch can use here. Name elements of the resource, with [n], first(), last(), ofType(), extension() or where() with comparisons; for insert and move name the whole list, for replace and delete an element.',
    nl: 'Het pad van bewerking {index} kan hier niet in een patch. Noem elementen van de resource, met [n], first(), last(), ofType(), extension() of where() met vergelijkingen; bij insert en move de hele lijst, bij replace en delete een element.',
  },
  'fhirpath-patch-path-not-single': {
    ...invalid,
    type: 'processing',
    en: 'The path of operation {index} selects {count} elements of the current version, where it must select one. Nothing was changed. Read the resource and make the path exact.',
    nl: 'Het pad van bewerking {index} wijst {count} elementen van de huidige versie aan, en dat moet er één zijn. Er is niets gewijzigd. Lees de resource en maak het pad precies.',
  },
  'fhirpath-patch-element-unknown': {
    ...invalid,
    type: 'structure',
    en: '{type} has no element by the name in operation {index}. Use the name of the definition, without type: "value", not "valueString".',
    nl: '{type} heeft geen element met de naam uit bewerking {index}. Gebruik de naam uit de definitie, zonder type: "value", niet "valueString".',
  },
  'fhirpath-patch-value-invalid': {
    ...invalid,
    type: 'value',
    en: 'The value of operation {index} is not of a type that the element takes: {types}. Send one value[x] of that type, or parts named after its elements where there is no such value[x].',
    nl: 'De waarde van bewerking {index} is niet van een type dat het element aanneemt: {types}. Stuur één value[x] van dat type, of onderdelen met de namen van zijn elementen waar zo’n value[x] niet bestaat.',
  },
  'fhirpath-patch-element-exists': {
    ...invalid,
    type: 'processing',
    en: 'Operation {index} adds {element}, which is there already and does not repeat. Use replace.',
    nl: 'Bewerking {index} voegt {element} toe, dat er al is en maar één keer mag. Gebruik replace.',
  },
  'fhirpath-patch-index-out-of-range': {
    ...invalid,
    type: 'processing',
    en: 'An index of operation {index} lies beyond the list, which has {count} items. Count from 0.',
    nl: 'Een index van bewerking {index} ligt buiten de lijst, die {count} items heeft. Tel vanaf 0.',
  },
} as const satisfies Record<string, Rule>;
