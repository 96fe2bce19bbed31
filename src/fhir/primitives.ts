/**
 * The primitive types (https://hl7.org/fhir/R4/datatypes.html#primitive): their JSON type and format.
 * Every check is linear in the length of the value; the regular expressions of the specification are not all so.
 */
export type Primitive = {
  readonly json: 'string' | 'number' | 'boolean';
  readonly isValid: (value: never) => boolean;
  /** Example of a valid value, for the finding. */
  readonly example: string;
};

const text = (example: string, isValid: (value: string) => boolean): Primitive => ({
  json: 'string',
  example,
  isValid,
});
const number = (example: string, isValid: (value: number) => boolean): Primitive => ({
  json: 'number',
  example,
  isValid,
});

/**
 * Of the control characters only tab, line feed and carriage return are allowed in a string. V8 tests a class of single
 * characters for many positions at once, which beats a loop from ten characters on.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what these match
const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what these match
const spacesOrControls = /[\s\x00-\x1f]/;
const visible = /\S/;
const spaces = /\s/;
const id = /^[A-Za-z0-9\-.]{1,64}$/;
const codeForm = /^\S+(?:\s\S+)*$/;
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/;
const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

const dayCounts = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

// Dates and times are read digit by digit: a regular expression with groups allocates each part as a string.
const [zero, dash, colon, dot, plus, upperT, upperZ] = [48, 45, 58, 46, 43, 84, 90];

/** The number in `count` digits from a position inside the text; -1 when other characters are there. */
function digitsAt(value: string, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i++) {
    const digit = value.charCodeAt(i) - zero;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** A calendar date of day, month or year precision; 2026-02-29 is not one. */
export const isDate = (value: string): boolean => isDateUpTo(value, value.length);

function isDateUpTo(value: string, end: number): boolean {
  if (end !== 10 && end !== 7 && end !== 4) return false;
  const year = digitsAt(value, 0, 4);
  if (year < 1) return false;
  if (end === 4) return true;
  const month = value.charCodeAt(4) === dash ? digitsAt(value, 5, 2) : -1;
  if (month < 1 || month > 12) return false;
  if (end === 7) return true;
  const day = value.charCodeAt(7) === dash ? digitsAt(value, 8, 2) : -1;
  if (day < 1 || day > dayCounts[month - 1]!) return false;
  return month !== 2 || day !== 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** hh:mm:ss, with a fraction or without; second 60 is a leap second. */
function isTimeBetween(value: string, start: number, end: number): boolean {
  if (end - start < 8 || value.charCodeAt(start + 2) !== colon || value.charCodeAt(start + 5) !== colon) return false;
  const hour = digitsAt(value, start, 2);
  const minute = digitsAt(value, start + 3, 2);
  const second = digitsAt(value, start + 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  if (end === start + 8) return true;
  if (value.charCodeAt(start + 8) !== dot || end === start + 9) return false;
  for (let at = start + 9; at < end; at++) if (digitsAt(value, at, 1) < 0) return false;
  return true;
}

/** Where the offset from UTC starts that a time ends in: Z, or up to 14:00; -1 when there is none. */
function zoneIn(value: string): number {
  const last = value.length - 1;
  if (value.charCodeAt(last) === upperZ) return last;
  const start = value.length - 6;
  const sign = value.charCodeAt(start);
  if ((sign !== plus && sign !== dash) || value.charCodeAt(start + 3) !== colon) return -1;
  const hour = digitsAt(value, start + 1, 2);
  const minute = digitsAt(value, start + 4, 2);
  const isOffset = hour >= 0 && minute >= 0 && (hour < 14 ? minute < 60 : hour === 14 && minute === 0);
  return isOffset ? start : -1;
}

/** Of a text longer than a date. */
const isDateTimeWithZone = (value: string): boolean =>
  value.charCodeAt(10) === upperT && isDateUpTo(value, 10) && isTimeBetween(value, 11, zoneIn(value));

function isBase64(value: string): boolean {
  const bare = spaces.test(value) ? value.replace(/\s+/g, '') : value;
  return bare.length > 0 && bare.length % 4 === 0 && base64.test(bare);
}

export const isUri = (value: string): boolean => {
  if (value === '' || spacesOrControls.test(value)) return false;
  if (value.charCodeAt(0) !== 117) return true;
  if (value.startsWith('urn:uuid:')) return uuid.test(value);
  return !value.startsWith('urn:oid:') || oid.test(value);
};

/** At least one visible character, and no forbidden control character. */
export function isText(value: string): boolean {
  const first = value.charCodeAt(0);
  return ((first > 32 && first < 127) || visible.test(value)) && !controls.test(value);
}

/** Fast path: most codes are a few ASCII characters without a space. */
export function isCode(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code <= 32 || code > 126 || i > 40) return codeForm.test(value) && !controls.test(value);
  }
  return value !== '';
}

const uri = text('https://example.org/fhir/Patient/1', isUri);
const within = (least: number, greatest: number) => (value: number) =>
  Number.isInteger(value) && value >= least && value <= greatest;

export const primitives: Readonly<Record<string, Primitive>> = {
  boolean: { json: 'boolean', example: 'true, false', isValid: () => true },
  integer: number('-2147483648 ... 2147483647', within(-2147483648, 2147483647)),
  unsignedInt: number('0 ... 2147483647', within(0, 2147483647)),
  positiveInt: number('1 ... 2147483647', within(1, 2147483647)),
  decimal: number('1.5', (value) => Number.isFinite(value)),
  string: text('"text"', isText),
  markdown: text('"text"', isText),
  code: text('active', isCode),
  id: text('A-Z a-z 0-9 - . (1-64)', (value) => id.test(value)),
  uri,
  url: uri,
  canonical: uri,
  oid: text('urn:oid:2.16.840.1.113883.2.4', (value) => oid.test(value)),
  uuid: text('urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11', (value) => uuid.test(value)),
  date: text('2026-01-31, 2026-01, 2026', isDate),
  dateTime: text('2026-01-31T09:00:00+01:00, 2026-01-31, 2026-01, 2026', (it) =>
    it.length > 10 ? isDateTimeWithZone(it) : isDate(it),
  ),
  instant: text('2026-01-31T09:00:00.000+01:00', (value) => value.length > 10 && isDateTimeWithZone(value)),
  time: text('09:00:00', (value) => isTimeBetween(value, 0, value.length)),
  base64Binary: text('aGFsbG8=', isBase64),
  xhtml: text('<div xmlns="http://www.w3.org/1999/xhtml">...</div>', isText),
};

/** Maximum length of a string (https://hl7.org/fhir/R4/datatypes.html#string). */
export const maxStringLength = 1024 * 1024;
