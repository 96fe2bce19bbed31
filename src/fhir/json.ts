import { decimalText } from './decimal.ts';
import { isEscaped, readJsonExactly } from './json-reader.ts';
import { defaultLimits, type Limits, parseError } from './parse-error.ts';
import type { Resource } from './resource.ts';

/**
 * Reads one FHIR resource in JSON (https://hl7.org/fhir/R4/json.html). Throws a ParseError with line and column on
 * malformed JSON, a duplicate key, nesting over the limit, a root that is not an object, or a missing resourceType.
 * Numbers retain their digits (decimal.ts).
 */
export function parseJson(text: string, limits?: Partial<Limits>): Resource {
  const resource = parseJsonObject(text, limits);
  if (typeof resource.resourceType !== 'string' || resource.resourceType === '')
    throw parseError('resource-type-missing', {}, { line: 1, column: 1 });
  return resource as unknown as Resource;
}

/** The same for a JSON object that is not a resource, such as an intake form; `name` is how places in it begin. */
export function parseJsonObject(text: string, limits?: Partial<Limits>, name?: string): Record<string, unknown> {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '') throw parseError('text-empty', {}, { line: 1, column: 1 });
  const depth = limits?.depth ?? defaultLimits.depth;
  const value = parseFast(body, depth) ?? readJsonExactly(body, depth, undefined, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw parseError('json-root-invalid', {}, { line: 1, column: 1 });
  return value as Record<string, unknown>;
}

/**
 * JSON.parse with a check that it lost nothing: a duplicate key leaves fewer strings in the tree than in the text.
 * Undefined when the exact reader is needed, to locate an error or to retain digits.
 */
function parseFast(text: string, depth: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const census: Census = { strings: 0, numbers: 'none', irregular: false, depth };
  count(value, Array.isArray(value) ? 0 : 1, census);
  if (census.irregular || countStrings(text, census.numbers) !== census.strings) return undefined;
  return value;
}

type Census = { strings: number; numbers: Numbers; irregular: boolean; readonly depth: number };
/** Positions of numbers. FHIR has none directly in arrays, so a number only follows a key. */
type Numbers = 'none' | 'after keys' | 'anywhere';

function count(value: object, level: number, census: Census): void {
  if (level > census.depth) {
    census.irregular = true;
  } else if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      if (typeof item === 'string') census.strings++;
      else if (typeof item === 'number') census.numbers = 'anywhere';
      else countOther(item, Array.isArray(item) ? level + 1 : level, census);
    }
  } else {
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key];
      census.strings += typeof member === 'string' ? 2 : 1;
      if (typeof member !== 'string') countOther(member, level, census);
      if (key === '__proto__') census.irregular = true;
    }
  }
}

function countOther(value: unknown, level: number, census: Census): void {
  if (typeof value === 'number') census.numbers = census.numbers === 'none' ? 'after keys' : census.numbers;
  else if (typeof value === 'object' && value !== null) count(value, Array.isArray(value) ? level : level + 1, census);
}

/**
 * Number of strings in valid JSON; -1 when a number may be written differently from how JavaScript prints it. Searches
 * from quote to quote, which takes a third of the time of a scan by character.
 */
function countStrings(text: string, numbers: Numbers): number {
  let strings = 0;
  let after = 0;
  let open = text.indexOf('"');
  while (open >= 0) {
    // A number between strings takes three characters at least: `:1,`.
    if (open - after > 2 && mayContainNumber(text, after, numbers) && hasIrregularNumber(text, after, open)) return -1;
    let close = text.indexOf('"', open + 1);
    while (text.charCodeAt(close - 1) === 0x5c && isEscaped(text, close)) close = text.indexOf('"', close + 1);
    strings++;
    after = close + 1;
    open = nextQuote(text, after);
  }
  return numbers !== 'none' && hasIrregularNumber(text, after, text.length) ? -1 : strings;
}

/** Mostly one or two characters ahead, after a comma or a colon: checking those first saves half of the searches. */
function nextQuote(text: string, after: number): number {
  if (text.charCodeAt(after + 1) === 0x22) return after + 1;
  return text.charCodeAt(after + 2) === 0x22 ? after + 2 : text.indexOf('"', after);
}

/** After a key comes a colon, perhaps after white space; after a value a comma or a bracket. */
function mayContainNumber(text: string, after: number, numbers: Numbers): boolean {
  if (numbers !== 'after keys') return numbers === 'anywhere';
  const code = text.charCodeAt(after);
  return code === 0x3a || code <= 0x20;
}

function hasIrregularNumber(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x39 || code < 0x2d) continue;
    const start = at;
    let plain = code !== 0x2d;
    for (; at < to; at++) {
      const next = text.charCodeAt(at);
      if (next >= 0x30 && next <= 0x39) continue;
      if (next === 0x2c || next === 0x7d || next === 0x5d || next <= 0x20) break;
      plain = false;
    }
    // Up to 15 digits and nothing else: JavaScript prints it as written.
    if (plain && at - start < 16) continue;
    const written = text.slice(start, at);
    if (String(Number(written)) !== written) return true;
  }
  return false;
}

/** JSON of a resource or any part of it; numbers as written. */
export function writeJson(value: unknown, options?: { readonly pretty?: boolean }): string {
  return JSON.stringify(asWritten(value), undefined, options?.pretty ? 2 : undefined);
}

/** The value itself, or a copy of the parts with numbers that JavaScript would print differently. */
function asWritten(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? arrayAsWritten(value) : objectAsWritten(value as Record<string, unknown>);
}

function arrayAsWritten(array: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < array.length; index++) {
    const written = memberAsWritten(array, index, array[index]);
    if (written !== array[index]) {
      copy ??= [...array];
      copy[index] = written;
    }
  }
  return copy ?? array;
}

function objectAsWritten(object: Readonly<Record<string, unknown>>): object {
  let copy: Record<string, unknown> | undefined;
  for (const key in object) {
    const written = memberAsWritten(object, key, object[key]);
    if (written !== object[key]) {
      copy ??= { ...object };
      copy[key] = written;
    }
  }
  return copy ?? object;
}

function memberAsWritten(parent: object, key: string | number, member: unknown): unknown {
  if (typeof member === 'object') return asWritten(member);
  if (typeof member !== 'number') return member;
  const text = decimalText(parent, key);
  return text === undefined || text === String(member) ? member : rawJson(text);
}

/** JSON.rawJSON is in Node since 21, but not yet in TypeScript's library. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };
