import { sameDecimal } from './decimals.ts';
import { isObject, type JsonObject } from './object.ts';

/** Comparison with fixed values and patterns (https://hl7.org/fhir/R4/elementdefinition.html#interpretation). */

/** `fixed[x]`: exactly the same elements with the same values. */
export function equals(value: unknown, fixed: unknown): boolean {
  if (value === fixed) return true;
  if (Array.isArray(value) || Array.isArray(fixed)) {
    if (!Array.isArray(value) || !Array.isArray(fixed) || value.length !== fixed.length) return false;
    return value.every((it, i) => equals(it, fixed[i]));
  }
  if (!isObject(value) || !isObject(fixed)) return false;
  const names = Object.keys(value);
  return (
    names.length === Object.keys(fixed).length &&
    names.every((name) => equals(value[name], fixed[name]) && isSameNumber(value, fixed, name))
  );
}

/**
 * `pattern[x]`: the value contains the pattern; each item of an array in the pattern matches some item of the value.
 */
export function matchesPattern(value: unknown, pattern: unknown): boolean {
  if (value === pattern) return true;
  if (Array.isArray(pattern)) {
    const values = Array.isArray(value) ? value : [];
    return pattern.every((item) => values.some((it) => matchesPattern(it, item)));
  }
  if (!isObject(value) || !isObject(pattern)) return false;
  for (const name in pattern)
    if (!matchesPattern(value[name], pattern[name]) || !isSameNumber(value, pattern, name)) return false;
  return true;
}

const isSameNumber = (value: JsonObject, other: JsonObject, name: string): boolean =>
  typeof value[name] !== 'number' || sameDecimal(value, name, other, name);
