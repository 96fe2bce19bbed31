import type { Rule } from './rule.ts';
import { inMap } from './shared.ts';

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
    en: 'Type {type} is not known here.{suggestion} Declare it with uses, or give its StructureDefinition.',
    nl: 'Type {type} is hier niet bekend.{suggestion} Declareer het met uses, of geef de StructureDefinition.',
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
    en: 'There is no ConceptMap or table {name}.{suggestion} Give it to compileMap, or declare it in the map.',
    nl: 'Er is geen ConceptMap of tabel {name}.{suggestion} Geef haar mee aan compileMap of declareer haar in de map.',
  },
  'map-import-unknown': {
    ...inMap,
    type: 'not-found',
    en: 'No map with the imported url is here. Give its source to compileMap.',
    nl: 'Er is hier geen map met de geïmporteerde url. Geef de bron ervan mee aan compileMap.',
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
    en: '{element} can hold {expected}, not {found}.',
    nl: '{element} kan {expected} bevatten, niet {found}.',
  },
  'map-type-ambiguous': {
    ...inMap,
    type: 'structure',
    en: '{element} can be of several types: say which, with create(type), or give it a value.',
    nl: '{element} kan van meer typen zijn: zeg welk, met create(type), of geef een waarde.',
  },
  'map-value-missing': {
    ...inMap,
    type: 'structure',
    en: '{element} is a primitive: give it a value.',
    nl: '{element} is een primitief type: geef een waarde.',
  },
  'map-variable-unused': {
    ...inMap,
    type: 'business-rule',
    en: 'Variable {name} is not used: leave it out.',
    nl: 'Variabele {name} wordt niet gebruikt: laat haar weg.',
  },
  'map-cardinality-impossible': {
    ...inMap,
    type: 'structure',
    en: '{element} is expected {written} times, but there can be at most {most}: change the cardinality.',
    nl: '{element} wordt {written} keer verwacht, maar er kan er hoogstens {most} zijn: wijzig de kardinaliteit.',
  },
  'map-value-repeated': {
    ...inMap,
    type: 'structure',
    en: '{element} holds one value, and this rule gives it a second: leave one out.',
    nl: '{element} bevat één waarde, en deze regel geeft er een tweede: laat er een weg.',
  },
  'map-name-duplicate': {
    ...inMap,
    type: 'duplicate',
    en: '{what} {name} is there twice: rename one.',
    nl: '{what} {name} komt twee keer voor: hernoem er een.',
  },
  'map-circular': {
    ...inMap,
    type: 'structure',
    en: '{name} comes back to itself: break the circle.',
    nl: '{name} verwijst naar zichzelf: doorbreek de cirkel.',
  },
  'map-source-not-writable': {
    ...inMap,
    type: 'structure',
    en: '{name} is a source: only a target can be written to.',
    nl: '{name} is een bron: alleen een doel kan worden beschreven.',
  },
  'map-empty': {
    ...inMap,
    type: 'required',
    en: 'A map needs at least one group.',
    nl: 'Een map heeft minstens één groep nodig.',
  },
} as const satisfies Record<string, Rule>;
