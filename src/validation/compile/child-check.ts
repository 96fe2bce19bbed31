import type { ElementDefinition } from '@medplum/fhirtypes';
import { decimalText } from '../../fhir/decimal.ts';
import type { Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { enter, leave } from '../run/position.ts';
import { report } from '../run/report.ts';
import type { JsonObject } from '../values/object.ts';
import type { ElementCheck, ElementValue } from './profile-compilation.ts';
import type { SlicingCheck } from './slicing.ts';

export type ChildCheck = (holder: JsonObject, run: Run) => void;

/** A JSON property in which a child can occur. */
export type ChildProperty = {
  readonly key: string;
  /** `_name`, for a primitive. */
  readonly beside: string | undefined;
  readonly type: string;
  readonly segment: Segment;
};

export type ChildConstraints = {
  readonly keys: readonly ChildProperty[];
  readonly cardinality: { readonly min: number; readonly max: number } | undefined;
  readonly allowed: ReadonlySet<string> | undefined;
  readonly check: ElementCheck | undefined;
  readonly slicing: SlicingCheck | undefined;
  readonly element: ElementDefinition;
  readonly profile: string;
};

type PropertyCheck = ReturnType<typeof propertyCheck>;

/** With many types in a choice, scanning the present properties is faster than testing each possible one. */
function choiceCheck(keys: readonly ChildProperty[], checks: readonly PropertyCheck[]): PropertyCheck {
  if (keys.length < 4)
    return (holder, run) => {
      let count = 0;
      for (const check of checks) count += check(holder, run);
      return count;
    };
  const byName = new Map<string, PropertyCheck>();
  for (const [index, { key, beside }] of keys.entries())
    for (const name of beside ? [key, beside] : [key]) byName.set(name, checks[index]!);
  return (holder, run) => {
    let count = 0;
    let before: PropertyCheck | undefined;
    let more: Set<PropertyCheck> | undefined;
    for (const name in holder) {
      const check = byName.get(name);
      if (check === undefined || check === before || more?.has(check)) continue;
      // nearly always the only one
      if (before === undefined) before = check;
      else more = new Set(more).add(check);
      count += check(holder, run);
    }
    return count;
  };
}

export function childCheck(child: ChildConstraints): ChildCheck {
  const { keys, cardinality, slicing, element, profile } = child;
  const id = element.id ?? '';
  const place = { profile, element: id };
  const missing: Segment = { ...keys[0]!.segment, expression: keys[0]!.segment.expression.replace(/\.ofType.*$/, '') };
  const checks = keys.map((key) => propertyCheck(child, key));
  const [only] = keys;
  const [one] = checks;
  const several = keys.length === 1 ? undefined : choiceCheck(keys, checks);
  return (holder, run) => {
    let count = 0;
    if (several) count = several(holder, run);
    else if (holder[only!.key] !== undefined || (only!.beside !== undefined && holder[only!.beside] !== undefined))
      count = one!(holder, run);
    if (count === 0) slicing?.([], missing, false, run);
    if (!cardinality || (count >= cardinality.min && count <= cardinality.max)) return;
    enter(run, missing, -1);
    if (count < cardinality.min) report(run, 'min', { element: id, min: cardinality.min, found: count }, place);
    else report(run, 'max', { element: id, max: cardinality.max, found: count }, place);
    leave(run);
  };
}

/** Checks the values of one JSON property, and returns their number. */
function propertyCheck(
  { allowed, check, slicing, element, profile }: ChildConstraints,
  { key, beside, type, segment }: ChildProperty,
) {
  const place = { profile, element: element.id ?? '' };
  const isAllowed = !allowed || allowed.has(type);
  const details = { element: place.element, type, allowed: [...(allowed ?? [])].join(' | ') };
  return (holder: JsonObject, run: Run): number => {
    const value = holder[key];
    const parts = beside === undefined ? undefined : holder[beside];
    if (value === undefined && parts === undefined) return 0;
    const list = Array.isArray(value) ? value : Array.isArray(parts) ? parts : undefined;
    const count = list ? list.length : 1;
    if (!isAllowed) {
      enter(run, segment, -1);
      report(run, 'type-not-allowed', details, place);
      leave(run);
      return count;
    }
    if (!check && !slicing) return count;
    const found: ElementValue[] | undefined = slicing ? [] : undefined;
    for (let i = 0; i < count; i++) {
      const one: ElementValue = list
        ? { value: (value as unknown[])?.[i], beside: (parts as unknown[])?.[i], type }
        : { value, beside: parts, type, ...(slicing ? { written: decimalText(holder, key) } : {}) };
      found?.push(one);
      if (!check) continue;
      enter(run, segment, list ? i : -1);
      check(one, run);
      leave(run);
    }
    if (found) slicing?.(found, segment, list !== undefined, run);
    return count;
  };
}
