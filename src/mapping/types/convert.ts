/**
 * Conversion between primitive types (https://hl7.org/fhir/R4/datatypes.html#primitive).
 * A copy loses nothing; `cast` may truncate a dateTime to its date.
 */
const numbers = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Whether a text is a number as JSON writes it: the digits of a decimal. */
export const isJsonNumber = (text: string): boolean => numbers.test(text);

const integers = /^[+-]?\d{1,10}$/;
const date = /^\d{4}(?:-\d\d(?:-\d\d)?)?$/;
const dateTime = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const time = /^\d\d:\d\d:\d\d(?:\.\d+)?$/;

/** The value in the JSON form of `type`; undefined when it is not a valid value of it. */
export function convertPrimitive(value: unknown, type: string, lossy = false): unknown {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;
    case 'integer':
      return toInteger(value, -2_147_483_648);
    case 'unsignedInt':
      return toInteger(value, 0);
    case 'positiveInt':
      return toInteger(value, 1);
    case 'decimal':
      if (typeof value === 'number') return value;
      return typeof value === 'string' && numbers.test(value) ? Number(value) : undefined;
    case 'date':
      return matching(lossy && typeof value === 'string' ? value.slice(0, 10) : value, date);
    case 'dateTime':
      return matching(value, dateTime);
    case 'instant':
      return matching(value, instant);
    case 'time':
      return matching(value, time);
    default:
      return typeof value === 'object' || value === undefined ? undefined : String(value);
  }
}

const matching = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;

function toInteger(value: unknown, least: number): number | undefined {
  const number = typeof value === 'string' && integers.test(value) ? Number(value) : value;
  const fits = typeof number === 'number' && Number.isInteger(number) && number >= least && number <= 2_147_483_647;
  return fits ? number : undefined;
}

/** Whether a value has the JSON form of its type; the validator checks its text. */
export function hasJsonForm(value: unknown, type: string): boolean {
  if (type === 'boolean') return typeof value === 'boolean';
  return typeof value === (numeric.has(type) ? 'number' : 'string');
}

/** Numeric types: a value of one converts to another when it is in range. */
const numeric = new Set(['integer', 'unsignedInt', 'positiveInt', 'decimal', 'integer64']);
const moments = new Set(['date', 'dateTime', 'instant', 'time']);

/** Whether a copy from one primitive type to another can ever succeed; checked when a map is compiled. */
export function mayConvert(from: string, to: string): boolean {
  if (from === to || isTextType(from) || isTextType(to)) return true;
  return (
    (numeric.has(from) && numeric.has(to)) ||
    (moments.has(from) && moments.has(to) && (from === 'time') === (to === 'time'))
  );
}

/** A primitive type whose values are text without a fixed form, as far as mapping is concerned. */
export const isTextType = (type: string): boolean => !numeric.has(type) && !moments.has(type) && type !== 'boolean';
