/**
 * Checks a value against its type of R4. This runs for every element of every message, so the plan of a type is data
 * rather than closures, and a primitive that passes its quick check needs no position.
 */

import { nearestName } from '../../fhir/nearest-name.ts';
import { shownName } from '../../fhir/parse-error.ts';
import { isCode, isText, isUri, maxStringLength } from '../../fhir/primitives.ts';
import type { Property, QuickCheck, RequiredElement, Run, TypePlan } from '../plan/plan.ts';
import { isObject, type JsonObject } from '../values/object.ts';
import { elementName, enter, leave, maxDepth } from './position.ts';
import { report } from './report.ts';

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
  let needed = 0;
  let content = isPrimitivePart;
  let before: Property | undefined;
  for (const key in value) {
    // Read inside the loop: V8 reads values fastest while it enumerates the keys.
    const it = value[key];
    if (it === undefined) continue;
    const guess: Property | undefined = before?.next;
    const property: Property | undefined = guess !== undefined && guess.key === key ? guess : properties.get(key);
    if (property === undefined) {
      if (!isResource || key !== 'resourceType') {
        reportUnknownProperty(run, plan, key);
        // `_code` of a complex element: whatever rules read it, run.
        needed = -1;
      }
      continue;
    }
    if (before !== undefined && guess !== property) before.next = property;
    before = property;
    if (key !== 'id') content = true;
    const { choice } = property;
    if (choice !== 0) {
      if ((chosen & choice) !== 0 && !isPair(value, key)) reportSecondChoice(run, property);
      chosen |= choice;
    }
    present |= property.required;
    needed |= property.needed;
    if (typeof it === 'object' || property.array || !passesQuickly(property.quickCheck, it, run))
      checkProperty(property, it, value, run);
  }
  if (!content && !isResource) report(run, 'ele-1', { element: elementName(run, name) });
  if (isPrimitivePart && isEmpty(value)) report(run, 'ele-1', { element: elementName(run, name) });
  if (present !== plan.requiredBits) reportMissing(run, plan.required, present);
  for (let i = 0; i < rules.length; i++) {
    const { needs, check } = rules[i]!;
    if ((needed & needs) === needs) check(value, run);
  }
}

/** False means undecided: the full check follows. */
function passesQuickly(quickCheck: QuickCheck, value: unknown, run: Run): boolean {
  if (typeof value === 'string') {
    if (value.length > maxStringLength) return false;
    switch (quickCheck.kind) {
      case 'text':
        return isText(value);
      case 'uri':
        return isUri(value);
      case 'code':
        return isCode(value);
      case 'bound':
        return quickCheck.isIn(value, run);
      case 'string':
        return quickCheck.isValid(value);
      default:
        return false;
    }
  }
  if (typeof value === 'boolean') return quickCheck.kind === 'boolean';
  return typeof value === 'number' && quickCheck.kind === 'number' && quickCheck.isValid(value);
}

/** What \`check\` does for most elements, without the calls of closures in closures. */
function checkComplex(property: Property, type: string, value: unknown, run: Run): void {
  property.plan ??= run.context.plans.type(type);
  checkType(property.plan, value, run);
  const { rules } = property;
  for (let i = 0; i < rules.length; i++) rules[i]!.check(value, run, type);
}

function checkProperty(property: Property, value: unknown, holder: JsonObject, run: Run): void {
  const { segment, array, check } = property;
  if (!Array.isArray(value)) {
    enter(run, segment, -1);
    if (array) report(run, 'array-required', { element: segment.path });
    else if (value === null) report(run, 'ele-1', { element: segment.path });
    else if (property.complex !== undefined) checkComplex(property, property.complex, value, run);
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
    if (typeof it === 'string' && passesQuickly(property.quickCheck, it, run)) continue;
    enter(run, segment, i);
    if (it === null) checkNull(property, holder, i, run);
    else if (property.complex !== undefined) checkComplex(property, property.complex, it, run);
    else check(it, run);
    leave(run);
  }
}

/**
 * In an array of primitives, null stands for a value with extensions only, or for absent extensions
 * (https://hl7.org/fhir/R4/json.html#primitive).
 */
function checkNull({ segment, primitiveOf, primitive }: Property, holder: JsonObject, index: number, run: Run): void {
  const other = primitiveOf ?? (primitive ? `_${segment.key}` : undefined);
  const beside = other === undefined ? undefined : holder[other];
  if (!Array.isArray(beside) || beside[index] === null || beside[index] === undefined)
    report(run, 'ele-1', { element: segment.path });
}

function isEmpty(value: JsonObject): boolean {
  for (const _ in value) return false;
  return true;
}

function reportMissing(run: Run, required: readonly RequiredElement[], present: number): void {
  for (const { bit, segment, min, element } of required) {
    if ((present & bit) !== 0) continue;
    enter(run, segment, -1);
    report(run, 'min', { element: segment.path, min, found: 0 }, { element });
    leave(run);
  }
}

/** `valueString` beside `_valueString` is one value. */
const isPair = (value: JsonObject, key: string): boolean =>
  key.startsWith('_') ? Object.hasOwn(value, key.slice(1)) : Object.hasOwn(value, `_${key}`);

function reportSecondChoice(run: Run, { segment }: Property): void {
  enter(run, segment, -1);
  report(run, 'choice-multiple-types', { element: segment.path });
  leave(run);
}

function reportUnknownProperty(run: Run, { name, names }: TypePlan, key: string): void {
  enter(run, { key, expression: shownName(key), path: '', type: '' }, -1);
  if (key === '_id') report(run, 'extension-on-id', {});
  else report(run, 'element-unknown', { type: name, names: nearestName(key, names) ?? names.join(', ') });
  leave(run);
}
