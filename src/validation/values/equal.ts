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
 * Compiled, because a pattern is tested on every value of its element.
 */
export function patternTest(pattern: unknown): (value: unknown) => boolean {
  if (Array.isArray(pattern)) {
    const items = pattern.map(patternTest);
    return (value) => items.every((matches) => Array.isArray(value) && value.some((it) => matches(it)));
  }
  if (!isObject(pattern)) return (value) => value === pattern;
  const members = Object.keys(pattern).map((name) => ({ name, matches: patternTest(pattern[name]) }));
  return (value) => {
    if (!isObject(value)) return false;
    for (const { name, matches } of members)
      if (!matches(value[name]) || !isSameNumber(value, pattern, name)) return false;
    return true;
  };
}

const isSameNumber = (value: JsonObject, other: JsonObject, name: string): boolean =>
  typeof value[name] !== 'number' || sameDecimal(value, name, other, name);
