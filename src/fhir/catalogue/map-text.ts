import type { Rule } from './rule.ts';
import { inMap, inMapWarning } from './shared.ts';

/** A map itself, when it is parsed or compiled; for its author. */
export const mapTextRules = {
  'map-syntax': {
    ...inMap,
    type: 'structure',
    en: 'Expected {expected}, found {found}.{suggestion}',
    nl: 'Verwacht: {expected}; gevonden: {found}.{suggestion}',
  },
  'map-expression-invalid': {
    ...inMap,
    type: 'structure',
    en: 'This FHIRPath does not compile: {problem}',
    nl: 'Deze FHIRPath is niet te compileren: {problem}',
  },
  'map-element-unknown': {
    ...inMap,
    type: 'structure',
    en: '{type} has no element {element}.{suggestion}',
    nl: '{type} heeft geen element {element}.{suggestion}',
  },
  'map-type-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'Type {type} is not loaded.{suggestion} Declare it with uses, or load its StructureDefinition.',
    nl: 'Type {type} is niet geladen.{suggestion} Declareer het met uses, of laad de StructureDefinition.',
  },
  'map-model-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'Model {url} is not loaded.{suggestion} Correct the url, or load its StructureDefinition (in models/ beside the map).',
    nl: 'Model {url} is niet geladen.{suggestion} Verbeter de url, of laad de StructureDefinition (in models/ naast de map).',
  },
  'map-alias-repeated': {
    ...inMapWarning,
    type: 'duplicate',
    en: 'Alias {alias} is declared for another model before: it keeps its first meaning. Choose another alias.',
    nl: 'Alias {alias} is eerder gedeclareerd voor een ander model: de eerste betekenis blijft. Kies een andere alias.',
  },
  'map-group-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'There is no group {name} in this map or its imports.{suggestion}',
    nl: 'Er is geen groep {name} in deze map of haar imports.{suggestion}',
  },
  'map-variable-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'There is no variable {name} here.{suggestion}',
    nl: 'Er is hier geen variabele {name}.{suggestion}',
  },
  'map-transform-unknown': {
    ...inMap,
    type: 'not-supported',
    en: 'There is no transform {name}.{suggestion}',
    nl: 'Er is geen transform {name}.{suggestion}',
  },
  'map-table-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'There is no ConceptMap or table {name}.{suggestion} Pass it to compileMap, or declare it in the map.',
    nl: 'Er is geen ConceptMap of tabel {name}.{suggestion} Geef haar door aan compileMap, of declareer haar in de map.',
  },
  'map-import-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'No map with the imported url is loaded. Pass its source to compileMap.',
    nl: 'Er is geen map met de geïmporteerde url geladen. Geef de bron ervan door aan compileMap.',
  },
  'map-arguments-invalid': {
    ...inMap,
    type: 'structure',
    en: '{name} takes {expected}, not {found}.',
    nl: '{name} verwacht {expected}, niet {found}.',
  },
  'map-type-mismatch': {
    ...inMap,
    type: 'structure',
    en: '{element} can contain {expected}, not {found}.',
    nl: '{element} kan {expected} bevatten, niet {found}.',
  },
  'map-type-ambiguous': {
    ...inMap,
    type: 'structure',
    en: '{element} can be of several types: name one with create(type), or assign a value.',
    nl: '{element} kan van meer typen zijn: noem er een met create(type), of wijs een waarde toe.',
  },
  'map-value-missing': {
    ...inMap,
    type: 'structure',
    en: '{element} is a primitive: assign a value.',
    nl: '{element} is een primitief type: wijs een waarde toe.',
  },
  'map-variable-unused': {
    ...inMap,
    type: 'business-rule',
    en: 'Variable {name} is not used: remove it.',
    nl: 'Variabele {name} wordt niet gebruikt: verwijder haar.',
  },
  'map-cardinality-impossible': {
    ...inMap,
    type: 'structure',
    en: '{element} is expected {written} times, but can occur at most {most} times: change the cardinality.',
    nl: '{element} wordt {written} keer verwacht, maar kan hoogstens {most} keer voorkomen: wijzig de kardinaliteit.',
  },
  'map-value-repeated': {
    ...inMap,
    type: 'structure',
    en: '{element} takes one value, and this rule assigns a second: remove one.',
    nl: '{element} neemt één waarde, en deze regel wijst er een tweede toe: verwijder er een.',
  },
  'map-name-duplicate': {
    ...inMap,
    type: 'duplicate',
    en: '{what} {name} is declared twice: rename one.',
    nl: '{what} {name} is twee keer gedeclareerd: hernoem er een.',
  },
  'map-circular': {
    ...inMap,
    type: 'structure',
    en: '{name} refers to itself: break the cycle.',
    nl: '{name} verwijst naar zichzelf: doorbreek de cyclus.',
  },
  'map-source-not-writable': {
    ...inMap,
    type: 'structure',
    en: '{name} is a source: only a target can be written to.',
    nl: '{name} is een bron: alleen naar een doel kan worden geschreven.',
  },
  'map-empty': {
    ...inMap,
    type: 'required',
    en: 'The map has no group. Add at least one.',
    nl: 'De map heeft geen groep. Voeg er minstens één toe.',
  },
} as const satisfies Record<string, Rule>;
