import { isObject } from './object.ts';

/** Comparing a value with what a profile fixes or asks (https://hl7.org/fhir/R4/elementdefinition.html#interpretation). */

/** `fixed[x]`: exactly the same elements with the same values. */
export function equals(value: unknown, fixed: unknown): boolean {
  if (value === fixed) return true;
  if (Array.isArray(value) || Array.isArray(fixed)) {
    if (!Array.isArray(value) || !Array.isArray(fixed) || value.length !== fixed.length) return false;
    return value.every((it, i) => equals(it, fixed[i]));
  }
  if (!isObject(value) || !isObject(fixed)) return false;
  const names = Object.keys(value);
  return names.length === Object.keys(fixed).length && names.every((name) => equals(value[name], fixed[name]));
}

/** `pattern[x]`: everything of the pattern is there; each item of a pattern's array matches some item. */
export function holds(value: unknown, pattern: unknown): boolean {
  if (value === pattern) return true;
  if (Array.isArray(pattern)) {
    const values = Array.isArray(value) ? value : [];
    return pattern.every((asked) => values.some((it) => holds(it, asked)));
  }
  if (!isObject(value) || !isObject(pattern)) return false;
  for (const name in pattern) if (!holds(value[name], pattern[name])) return false;
  return true;
}
