import type { TypeName } from './types.ts';
import { plainValue, rawOf, systemValue } from './value.ts';
import { compareDecimals, Decimal, equivalentDecimals, fromNumber, withoutTrailingZeros } from './values/decimal.ts';
import { compareQuantities, equivalentQuantities, Quantity, quantityKey } from './values/quantity.ts';
import { compareTemporals, Temporal, temporalKey } from './values/temporal.ts';

/** Integer, Long or Decimal as a Decimal. */
export function asDecimal(value: unknown): Decimal | undefined {
  if (value instanceof Decimal) return value;
  if (typeof value === 'number') return fromNumber(value);
  return typeof value === 'bigint' ? new Decimal(value, 0) : undefined;
}

/** A Quantity; a number is implicitly a quantity of unit `1`. */
export function asQuantity(value: unknown): Quantity | undefined {
  if (value instanceof Quantity) return value;
  const number = asDecimal(value);
  return number && new Quantity(number, '1');
}

/** `=` of two items (https://hl7.org/fhirpath/N1/#equals): undefined where precision or units do not decide. */
export function equalItems(
  left: unknown,
  leftType: TypeName | undefined,
  right: unknown,
  rightType: TypeName | undefined,
) {
  const [rawLeft, rawRight] = [rawOf(left), rawOf(right)];
  // equal FHIR texts are equal values; a date element may be compared with its text
  if (rawLeft === rawRight && rawLeft !== undefined) return true;
  const [a, b] = [systemValue(left, leftType) ?? rawLeft, systemValue(right, rightType) ?? rawRight];
  if (typeof a !== 'object' && typeof b !== 'object' && typeof a === typeof b) return a === b && a !== undefined;
  if (a instanceof Temporal && b instanceof Temporal) {
    const order = compareTemporals(a, b);
    return order === undefined ? ((a.kind === 'Time') !== (b.kind === 'Time') ? false : undefined) : order === 0;
  }
  if (a instanceof Quantity || b instanceof Quantity) {
    const [x, y] = [asQuantity(a), asQuantity(b)];
    if (!x || !y) return false;
    const order = compareQuantities(x, y);
    return order === undefined ? undefined : order === 0;
  }
  const [x, y] = [asDecimal(a), asDecimal(b)];
  if (x && y) return compareDecimals(x, y) === 0;
  if (!isObject(a) || !isObject(b)) return false;
  return deepEqual(a, b);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Temporal) && !(value instanceof Decimal);

function deepEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [keys, others] = [Object.keys(left), Object.keys(right)];
  if (keys.length !== others.length) return false;
  const [a, b] = [left as Record<string, unknown>, right as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]));
}

/** `=` of two non-empty collections. */
export function equalCollections(
  left: readonly unknown[],
  leftType: TypeName | undefined,
  right: readonly unknown[],
  rightType: TypeName | undefined,
): boolean | undefined {
  if (left.length !== right.length) return false;
  let result: boolean | undefined = true;
  for (const [at, item] of left.entries()) {
    const equal = equalItems(item, leftType, right[at], rightType);
    if (equal === false) return false;
    if (equal === undefined) result = undefined;
  }
  return result;
}

/** Items that are certainly equal have the same key, so that set operations take linear time. */
export function equalityKey(item: unknown, type: TypeName | undefined): string {
  const value = systemValue(item, type);
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'boolean':
      return `b${value}`;
    case 'number':
    case 'bigint':
      return `n${value}`;
  }
  if (value instanceof Decimal) return `n${withoutTrailingZeros(value)}`;
  if (value instanceof Temporal) return `t${temporalKey(value)}`;
  if (value instanceof Quantity)
    return value.unit === '1' ? `n${withoutTrailingZeros(value.value)}` : `q${quantityKey(value)}`;
  return `o${canonical(value ?? plainValue(item))}`;
}

/** JSON with its keys in order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );

/** The first of each set of equal items, in order. */
export function distinctItems(items: readonly unknown[], type: TypeName | undefined): readonly unknown[] {
  if (items.length < 2) return items;
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = equalityKey(item, type);
    return !seen.has(key) && seen.add(key);
  });
}

/** `~` of two items (https://hl7.org/fhirpath/N1/#equivalent). */
export function equivalentItems(
  left: unknown,
  leftType: TypeName | undefined,
  right: unknown,
  rightType: TypeName | undefined,
): boolean {
  return equivalentValues(systemValue(left, leftType) ?? rawOf(left), systemValue(right, rightType) ?? rawOf(right));
}

const folded = (text: string): string => text.toLowerCase().replace(/\s/gu, ' ');

function equivalentValues(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return folded(a) === folded(b);
  if (a instanceof Temporal && b instanceof Temporal) return compareTemporals(a, b) === 0;
  if (a instanceof Quantity || b instanceof Quantity) {
    const [x, y] = [asQuantity(a), asQuantity(b)];
    return x !== undefined && y !== undefined && equivalentQuantities(x, y);
  }
  const [x, y] = [asDecimal(a), asDecimal(b)];
  if (x && y) return equivalentDecimals(x, y);
  if (Array.isArray(a) && Array.isArray(b)) return equivalentLists(a, b, equivalentValues);
  if (!isObject(a) || !isObject(b)) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && equivalentValues(left[key], right[key]))
  );
}

export const equivalentCollections = (
  left: readonly unknown[],
  leftType: TypeName | undefined,
  right: readonly unknown[],
  rightType: TypeName | undefined,
): boolean => equivalentLists(left, right, (a, b) => equivalentItems(a, leftType, b, rightType));

/** In any order: each item on the left is matched with a different item on the right. */
function equivalentLists(
  left: readonly unknown[],
  right: readonly unknown[],
  same: (a: unknown, b: unknown) => boolean,
): boolean {
  if (left.length !== right.length) return false;
  const free = [...right];
  return left.every((item) => {
    const at = free.findIndex((other) => same(item, other));
    if (at < 0) return false;
    free.splice(at, 1);
    return true;
  });
}
