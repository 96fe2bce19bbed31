import type { Value } from '../sql/sql.ts';

/**
 * PostgreSQL stores no U+0000 in a text, which FHIR forbids and a sender can write in JSON all the same. It is stored as
 * two characters, of which the first is a noncharacter of Unicode that is itself stored as two: what is read equals what
 * was written, and equal texts stay equal. A lone surrogate, which UTF-8 cannot express, becomes U+FFFD, as in SQLite.
 */
const mark = '\u{10FFFE}';
const nul = `${mark}0`;
const itself = `${mark}1`;

export function toText(value: string): string {
  const marked = value.includes(mark) ? value.replaceAll(mark, itself) : value;
  return marked.includes('\0') ? marked.replaceAll('\0', nul) : marked;
}

export function fromText(value: string): string {
  return value.includes(mark) ? value.replaceAll(nul, '\0').replaceAll(itself, mark) : value;
}

/** The same in a text of JSON that JSON.stringify wrote: there both are escapes. */
export function toJson(json: string): string {
  const marked = json.includes(mark) ? json.replaceAll(mark, itself) : json;
  if (!marked.includes('\\u0000') && !marked.includes('\\ud')) return marked;
  // the backslash takes the next character with it, so that an escaped backslash before `u0000` begins no escape
  return marked.replace(/\\(u[0-9a-f]{4}|.)/g, (whole, escaped: string) => {
    if (escaped === 'u0000') return nul;
    return /^ud[89a-f]/.test(escaped) ? '\ufffd' : whole;
  });
}

/** How a value is bound: its letter in the key of a statement. */
export type ValueType = 'i' | 'd' | 't' | 'b' | 'n';

export function typeOf(value: Value): ValueType {
  if (value === null) return 'n';
  if (typeof value === 'string') return 't';
  if (typeof value === 'number') return Number.isInteger(value) ? 'i' : 'd';
  return 'b';
}

const int8 = 20;
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [int8]: integer,
  21: Number, // int2
  23: Number, // int4
  26: Number, // oid
  700: Number, // float4
  701: Number, // float8
  1700: decimal, // numeric: the sum of int8
  // as in SQLite
  16: (text) => (text === 't' ? 1 : 0),
  17: (text) => Buffer.from(text.slice(2), 'hex'), // bytea, as \x...
};

/** Types of results, by their number in pg_type. Everything else is a text. */
export const types = { getTypeParser: (type: number) => parsers[type] ?? fromText };

function integer(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('An integer of the store is too large for this gateway.');
  return value;
}

function decimal(text: string): number {
  return text.includes('.') ? Number(text) : integer(text);
}
