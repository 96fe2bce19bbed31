/**
 * The walk over a value of a type of R4. It runs for every element of every message, so what a type asks is data here
 * and not a closure for each element, and a primitive that is surely well needs no place to report at.
 */
import { shownName } from '../fhir/parse-error.ts';
import { isObject, type Obj } from './equal.ts';
import { nearest } from './nearest.ts';
import { isCode, isText, isUri, maxStringLength } from './primitives.ts';
import { enter, leave, maxDepth, type Run, report, type Segment } from './run.ts';

export type Check = (value: unknown, run: Run) => void;

export type TypePlan = {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
  /** Names of the properties, for a message about one that is not there. */
  readonly names: readonly string[];
  readonly required: readonly Required[];
  readonly requiredBits: number;
  readonly isResource: boolean;
  /** Id and extensions of a primitive: they stand beside its value, which is content enough. */
  readonly isPrimitivePart: boolean;
  /** Invariants, and what no StructureDefinition says. */
  readonly rules: readonly ((value: Obj, run: Run) => void)[];
};

export type Required = {
  readonly bit: number;
  readonly segment: Segment;
  readonly min: number;
  readonly element: string;
};

/** How it is seen at a glance that a value is well: by what kind of primitive it is, or what it is bound to. */
export type Glance =
  | { readonly kind: 'text' | 'uri' | 'code' | 'boolean' | 'none' }
  | { readonly kind: 'bound'; readonly isIn: (value: string, run: Run) => boolean }
  | { readonly kind: 'string'; readonly fits: (value: string) => boolean }
  | { readonly kind: 'number'; readonly fits: (value: number) => boolean };

export type Property = {
  readonly key: string;
  readonly segment: Segment;
  readonly array: boolean;
  readonly check: Check;
  /** Bit of the choice element that the property belongs to; 0 for others. */
  readonly choice: number;
  /** Bit of the required element that the property belongs to; 0 for others. */
  readonly required: number;
  /** `_birthDate`: id and extensions of a primitive, whose values stand in the property `birthDate`. */
  readonly primitiveOf: string | undefined;
  readonly primitive: boolean;
  readonly glance: Glance;
  /** The property that came after this one the last time: mostly it does again, which spares looking it up. */
  next: Property | undefined;
};

/** Checks names, repetition, types, formats, bindings, references, invariants and extensions of a value and below. */
export function checkType(plan: TypePlan, value: unknown, run: Run): void {
  const { name, properties, isResource, isPrimitivePart, rules } = plan;
  if (!isObject(value)) {
    report(run, 'json-type-mismatch', { element: elementName(run, name), type: name, asked: '{ ... }' });
    return;
  }
  if (run.depth > maxDepth) {
    report(run, 'resource-too-deep', { limit: maxDepth });
    return;
  }
  let chosen = 0;
  let present = 0;
  let content = isPrimitivePart;
  let before: Property | undefined;
  for (const key in value) {
    // Read here: in the loop over its keys an object tells its values fastest.
    const it = value[key];
    if (it === undefined) continue;
    const guess: Property | undefined = before?.next;
    const property: Property | undefined = guess !== undefined && guess.key === key ? guess : properties.get(key);
    if (property === undefined) {
      if (!isResource || key !== 'resourceType') unknown(run, plan, key);
      continue;
    }
    if (before !== undefined && guess !== property) before.next = property;
    before = property;
    if (key !== 'id') content = true;
    const { choice } = property;
    if (choice !== 0) {
      if ((chosen & choice) !== 0 && !isPair(value, key)) chosenTwice(run, property);
      chosen |= choice;
    }
    present |= property.required;
    if (typeof it === 'object' || property.array || !isSurelyWell(property.glance, it, run))
      checkProperty(property, it, value, run);
  }
  if (!content && !isResource) report(run, 'ele-1', { element: elementName(run, name) });
  if (isPrimitivePart && isEmpty(value)) report(run, 'ele-1', { element: elementName(run, name) });
  if (present !== plan.requiredBits) tellMissing(run, plan.required, present);
  for (let i = 0; i < rules.length; i++) rules[i]!(value, run);
}

/** Most values of primitives surely pass; false says nothing. */
function isSurelyWell(glance: Glance, value: unknown, run: Run): boolean {
  if (typeof value === 'string') {
    if (value.length > maxStringLength) return false;
    switch (glance.kind) {
      case 'text':
        return isText(value);
      case 'uri':
        return isUri(value);
      case 'code':
        return isCode(value);
      case 'bound':
        return glance.isIn(value, run);
      case 'string':
        return glance.fits(value);
      default:
        return false;
    }
  }
  if (typeof value === 'boolean') return glance.kind === 'boolean';
  return typeof value === 'number' && glance.kind === 'number' && glance.fits(value);
}

function checkProperty(property: Property, value: unknown, holder: Obj, run: Run): void {
  const { segment, array, check } = property;
  if (!Array.isArray(value)) {
    enter(run, segment, -1);
    if (array) report(run, 'array-required', { element: segment.path });
    else if (value === null) report(run, 'ele-1', { element: segment.path });
    else check(value, run);
    leave(run);
    return;
  }
  if (!array || value.length === 0) {
    enter(run, segment, -1);
    report(run, array ? 'array-empty' : 'array-not-allowed', { element: segment.path });
    leave(run);
    return;
  }
  for (let i = 0; i < value.length; i++) {
    const it: unknown = value[i];
    if (typeof it === 'string' && isSurelyWell(property.glance, it, run)) continue;
    enter(run, segment, i);
    if (it === null) checkNull(property, holder, i, run);
    else check(it, run);
    leave(run);
  }
}

/** In a list of primitives null keeps the place of a value that only has extensions, and the other way round. */
function checkNull({ segment, primitiveOf, primitive }: Property, holder: Obj, index: number, run: Run): void {
  const other = primitiveOf ?? (primitive ? `_${segment.key}` : undefined);
  const beside = other === undefined ? undefined : holder[other];
  if (!Array.isArray(beside) || beside[index] === null || beside[index] === undefined)
    report(run, 'ele-1', { element: segment.path });
}

function isEmpty(value: Obj): boolean {
  for (const _ in value) return false;
  return true;
}

function tellMissing(run: Run, required: readonly Required[], present: number): void {
  for (const { bit, segment, min, element } of required) {
    if ((present & bit) !== 0) continue;
    enter(run, segment, -1);
    report(run, 'min', { element: segment.path, min, found: 0 }, { element });
    leave(run);
  }
}

/** `valueString` beside `_valueString` is one value. */
const isPair = (value: Obj, key: string): boolean =>
  key.startsWith('_') ? Object.hasOwn(value, key.slice(1)) : Object.hasOwn(value, `_${key}`);

function chosenTwice(run: Run, { segment }: Property): void {
  enter(run, segment, -1);
  report(run, 'choice-multiple-types', { element: segment.path });
  leave(run);
}

function unknown(run: Run, { name, names }: TypePlan, key: string): void {
  enter(run, { key, says: shownName(key), path: '', type: '' }, -1);
  if (key === '_id') report(run, 'extension-on-id', {});
  else report(run, 'element-unknown', { type: name, names: nearest(key, names) ?? names.join(', ') });
  leave(run);
}

/** What the value at the end of the way is called in a message. */
export const elementName = (run: Run, otherwise: string): string => run.way[run.depth - 1]?.path || otherwise;
