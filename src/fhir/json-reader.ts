/**
 * The exact JSON reader (https://www.rfc-editor.org/rfc/rfc8259). Slower than JSON.parse, but it locates errors,
 * refuses what JSON.parse accepts (duplicate keys, `__proto__`), retains the digits of numbers, and reports the
 * position of each value.
 */
import { setDecimalText } from './decimal.ts';
import { locationAt, type ParseError, parseError, shownName } from './parse-error.ts';

/** Called with the start offset of each member of an object and each item of an array; the root has key ''. */
export type NotePlace = (parent: object, key: string | number, offset: number) => void;

type Reader = {
  readonly text: string;
  readonly depth: number;
  readonly note: NotePlace | undefined;
  /** How places begin in JSON that is no resource. */
  readonly name: string | undefined;
  /** Current path in the resource, for the expression of an error. */
  readonly path: (string | number)[];
  root: object | undefined;
  at: number;
};

const whitespace = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** A backslash, or a control character: anything below space. */
const needsDecoding = /[^ -\uffff]|\\/;

/** Reads one JSON document; `name` is that of a root that is no resource. Throws a ParseError at the first error. */
export function readJsonExactly(text: string, depth: number, note?: NotePlace, name?: string): unknown {
  const reader: Reader = { text, depth, note, name, path: [], root: undefined, at: 0 };
  skipSpace(reader);
  const value = readValue(reader, 0);
  skipSpace(reader);
  if (reader.at < text.length) throw fail(reader, 'json-trailing-content');
  return value;
}

function readValue(reader: Reader, level: number): unknown {
  const { text, at } = reader;
  switch (text.charCodeAt(at)) {
    case 0x7b:
      return readObject(reader, level + 1);
    case 0x5b:
      return readArray(reader, level);
    case 0x22:
      return readString(reader);
    case 0x74:
      return readWord(reader, 'true', true);
    case 0x66:
      return readWord(reader, 'false', false);
    case 0x6e:
      return readWord(reader, 'null', null);
    default:
      return Number(readNumber(reader));
  }
}

function readObject(reader: Reader, level: number): object {
  if (level > reader.depth) throw fail(reader, 'nested-too-deep');
  const object: Record<string, unknown> = {};
  if (reader.root === undefined) reader.note?.(object, '', reader.at);
  reader.root ??= object;
  reader.at++;
  skipSpace(reader);
  if (consume(reader, 0x7d)) return object;
  for (;;) {
    const start = reader.at;
    if (reader.text.charCodeAt(start) !== 0x22) throw fail(reader, 'json-syntax', '"');
    const key = readString(reader);
    reader.path.push(key);
    if (key === '__proto__') throw fail(reader, 'json-forbidden-key', key, start);
    if (Object.hasOwn(object, key)) throw fail(reader, 'json-duplicate-key', key, start);
    reader.note?.(object, key, start);
    skipSpace(reader);
    if (!consume(reader, 0x3a)) throw fail(reader, 'json-syntax', ':');
    skipSpace(reader);
    readMember(reader, object, key, level);
    reader.path.pop();
    if (consume(reader, 0x7d)) return object;
    if (!consume(reader, 0x2c)) throw fail(reader, 'json-syntax', ', }');
    skipSpace(reader);
  }
}

/** Only an array directly in an array adds to the depth: arrays in FHIR repeat an element, they do not nest. */
function readArray(reader: Reader, level: number): unknown[] {
  const array: unknown[] = [];
  reader.at++;
  skipSpace(reader);
  if (consume(reader, 0x5d)) return array;
  for (;;) {
    const nested = reader.text.charCodeAt(reader.at) === 0x5b;
    if (nested && level >= reader.depth) throw fail(reader, 'nested-too-deep');
    reader.path.push(array.length);
    reader.note?.(array, array.length, reader.at);
    readMember(reader, array, array.length, nested ? level + 1 : level);
    reader.path.pop();
    if (consume(reader, 0x5d)) return array;
    if (!consume(reader, 0x2c)) throw fail(reader, 'json-syntax', ', ]');
    skipSpace(reader);
  }
}

function readMember(reader: Reader, parent: object, key: string | number, level: number): void {
  const start = reader.at;
  const value = readValue(reader, level);
  (parent as Record<string | number, unknown>)[key] = value;
  if (typeof value === 'number') setDecimalText(parent, key, reader.text.slice(start, reader.at));
  skipSpace(reader);
}

function readString(reader: Reader): string {
  const { text, at } = reader;
  let end = text.indexOf('"', at + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  if (end < 0) throw failString(reader, text.length);
  const raw = text.slice(at + 1, end);
  if (!needsDecoding.test(raw)) {
    reader.at = end + 1;
    return raw;
  }
  try {
    const value = JSON.parse(text.slice(at, end + 1)) as string;
    reader.at = end + 1;
    return value;
  } catch {
    throw failString(reader, end);
  }
}

/** Whether the quote at `offset` has an odd number of backslashes before it. */
export function isEscaped(text: string, offset: number): boolean {
  let before = offset - 1;
  while (text.charCodeAt(before) === 0x5c) before--;
  return (offset - before) % 2 === 0;
}

/** Error of the string at `reader.at`: its first control character or invalid escape, or else the end of the text. */
function failString(reader: Reader, end: number): ParseError {
  const { text } = reader;
  const wellEscaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  for (let at = reader.at + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20) return fail(reader, 'json-string-invalid', '', at);
    if (code !== 0x5c) continue;
    wellEscaped.lastIndex = at;
    if (!wellEscaped.test(text))
      return fail(reader, end < text.length || at + 6 <= end ? 'json-string-invalid' : 'json-incomplete', '', at);
    at = wellEscaped.lastIndex - 1;
  }
  return fail(reader, 'json-incomplete', '', text.length);
}

function readNumber(reader: Reader): string {
  const { text, at } = reader;
  number.lastIndex = at;
  const found = number.exec(text)?.[0];
  const looksLikeNumber = /[-+.0-9]/.test(text.charAt(at));
  if (found === undefined) {
    if (looksLikeNumber) throw fail(reader, at + 1 >= text.length ? 'json-incomplete' : 'json-number-invalid');
    throw fail(reader, 'json-syntax', '{ [ " 0-9 true false null');
  }
  const end = at + found.length;
  if (/[-+.0-9A-Za-z_]/.test(text.charAt(end))) throw fail(reader, 'json-number-invalid');
  reader.at = end;
  return found;
}

function readWord<T>(reader: Reader, word: string, value: T): T {
  if (!reader.text.startsWith(word, reader.at)) {
    const rest = reader.text.slice(reader.at, reader.at + word.length);
    const cut = reader.at + rest.length === reader.text.length && word.startsWith(rest);
    throw fail(reader, cut ? 'json-incomplete' : 'json-syntax', 'true false null');
  }
  reader.at += word.length;
  return value;
}

function skipSpace(reader: Reader): void {
  const code = reader.text.charCodeAt(reader.at);
  if (code > 0x20) return;
  whitespace.lastIndex = reader.at;
  whitespace.test(reader.text);
  reader.at = whitespace.lastIndex;
}

function consume(reader: Reader, code: number): boolean {
  if (reader.text.charCodeAt(reader.at) !== code) return false;
  reader.at++;
  return true;
}

type Failure =
  | 'json-syntax'
  | 'json-incomplete'
  | 'json-trailing-content'
  | 'json-string-invalid'
  | 'json-number-invalid'
  | 'json-duplicate-key'
  | 'json-forbidden-key'
  | 'nested-too-deep';

function fail(reader: Reader, rule: Failure, what = '', offset = reader.at): ParseError {
  const ended = rule === 'json-syntax' && offset >= reader.text.length;
  const expression = expressionOf(reader);
  return parseError(
    ended ? 'json-incomplete' : rule,
    { expected: what, name: shownName(what), limit: reader.depth },
    { ...locationAt(reader.text, offset), ...(expression === undefined ? {} : { expression }) },
  );
}

/** The FHIRPath of the place, once the type of the resource has been read. */
function expressionOf({ root, path, name }: Reader): string | undefined {
  const type = name ?? (root as { resourceType?: unknown } | undefined)?.resourceType;
  if (typeof type !== 'string') return undefined;
  return path.reduce<string>(
    (before, step) => (typeof step === 'number' ? `${before}[${step}]` : `${before}.${shownName(step)}`),
    shownName(type),
  );
}
