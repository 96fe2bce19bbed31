import { issue } from '../../fhir/issue.ts';
import { ParseError } from '../../fhir/parse-error.ts';
import { charsetLabel, decoded, knownCharsets } from './charset.ts';
import type { Delimiters } from './delimiters.ts';
import { decodeEscapes } from './escapes.ts';
import { delimitersOf, isSegmentName, linesOf } from './lines.ts';
import { dataTypes, type Fields, type SegmentDefinition, segments, textTypes } from './segments.ts';

/** A segment, field or component as named values; absent values have no property. */
export type Hl7Part = { [name: string]: string | Hl7Part | (string | Hl7Part)[] };

/** A message with what its model has no place for: nothing is left out without a name. */
export type ReadMessage = {
  readonly message: Hl7Part;
  /**
   * Paths of segments, fields and components that are not in the segment table, as hl7Place reads them: `ZPI[0]`,
   * `PID.field19`, `PID.patientName[0].component15`.
   */
  readonly unread: readonly string[];
  /** Paths of texts with an escape sequence that stands for no text. */
  readonly escapes: readonly string[];
  /** The text is in no character set that the message names, and was read as Latin-1. */
  readonly isGuessed: boolean;
};

/**
 * Reads an HL7 v2 message in ER7 (https://www.hl7.org/implement/standards/product_brief.cfm?product_id=144, 2.6):
 * encoding characters and character set are those of its MSH, escapes are decoded, fields have the standard's names.
 * Throws ParseError with the number of the segment at fault.
 */
export const parseHl7 = (message: string | Uint8Array): Hl7Part => readMessage(message).message;

/** As parseHl7, with what the model has no place for. `charset`: label of TextDecoder, instead of MSH-18. */
export function readMessage(sent: string | Uint8Array, charset?: string): ReadMessage {
  const { text, label, isGuessed } = typeof sent === 'string' ? asText(sent, charset) : decodeBytes(sent, charset);
  const lines = linesOf(text);
  const head = lines[0] ?? '';
  if (!head.startsWith('MSH') || head.length < 9) throw syntaxError(1, 'MSH with its encoding characters');
  const reading: Reading = { marks: delimitersOf(head), charset: label, unread: [], escapes: [] };
  const message: Hl7Part = {};
  /** Occurrences of names that are not in the table. */
  const strangers = new Map<string, number>();
  let container: { readonly part: Hl7Part; readonly path: string; readonly contains: readonly string[] } | undefined;
  for (const [at, line] of lines.entries()) {
    if (line === '') continue;
    const name = line.slice(0, 3);
    if (!isSegmentName(name) || (line.length > 3 && line.charAt(3) !== reading.marks.field))
      throw syntaxError(at + 1, 'a segment');
    const definition = segments[name];
    if (!definition) {
      const index = strangers.get(name) ?? 0;
      strangers.set(name, index + 1);
      if (/[^|]/.test(line.slice(3).replaceAll(reading.marks.field, ''))) reading.unread.push(`${name}[${index}]`);
      container = undefined;
      continue;
    }
    const inside = container?.contains.includes(name) ? container : undefined;
    const holder = inside?.part ?? message;
    const index = definition.repeats ? ((holder[name] as Hl7Part[] | undefined)?.length ?? 0) : undefined;
    const path = `${inside ? `${inside.path}.` : ''}${name}${index === undefined ? '' : `[${index}]`}`;
    const segment = segmentOf(name, line, definition, path, reading);
    if (definition.repeats) {
      holder[name] ??= [];
      (holder[name] as Hl7Part[]).push(segment);
    } else if (holder[name]) throw syntaxError(at + 1, `one ${name} only`);
    else holder[name] = segment;
    if (!inside) container = definition.contains && { part: segment, path, contains: definition.contains };
  }
  const { unread, escapes } = reading;
  return { message, unread, escapes, isGuessed };
}

/** State of one read. */
type Reading = {
  readonly marks: Delimiters;
  readonly charset: string;
  readonly unread: string[];
  readonly escapes: string[];
};

const syntaxError = (line: number, expected: string): ParseError =>
  new ParseError([issue('hl7-syntax', { line, expected }, { line, column: 1 })]);

const charsetError = (): ParseError =>
  new ParseError([issue('hl7-charset-unsupported', { known: knownCharsets }, { line: 1, column: 1 })]);

type Text = { readonly text: string; readonly label: string; readonly isGuessed: boolean };

/** The label for the bytes of its escapes. */
function asText(text: string, charset: string | undefined): Text {
  return { text, label: charset ?? charsetLabel(charsetField(text)) ?? 'utf-8', isGuessed: false };
}

/** Decodes by the character set of MSH-18; without one as UTF-8, or Latin-1 when the bytes are not valid UTF-8. */
function decodeBytes(bytes: Uint8Array, charset: string | undefined): Text {
  const latin = decoded(bytes, 'iso-8859-1')!;
  const named = charset === undefined ? charsetField(latin) : '';
  const label = charset ?? (named ? charsetLabel(named) : 'utf-8');
  const text = label && decoded(bytes, label);
  if (text !== undefined && label) return { text, label, isGuessed: false };
  // ASCII is the default of the standard, and what systems write that never looked at it.
  if (charset !== undefined || (named && !/^(?:US-?)?ASCII$/i.test(named))) throw charsetError();
  return { text: latin, label: 'iso-8859-1', isGuessed: true };
}

/** MSH-18, first repetition. */
function charsetField(text: string): string {
  const head = text.slice(Math.max(text.indexOf('MSH'), 0)).split(/[\r\n]/)[0] ?? '';
  const { field, repetition, component } = delimitersOf(head);
  const [first = ''] = split(head.split(field || '|')[17] ?? '', repetition);
  return split(first, component)[0]!.trim();
}

const split = (text: string, separator: string): string[] => (separator === '' ? [text] : text.split(separator));

/** Fields of the protocol: what they state is done. */
const ofProtocol: Readonly<Record<string, readonly number[]>> = {
  MSH: [1, 2, 13, 15, 16, 17, 19, 21],
};

/** The first field of these is a sequence number; anything else there is a value. */
const numbered: ReadonlySet<string> = new Set(['PID', 'NK1', 'DG1', 'AL1', 'OBR', 'OBX', 'NTE']);

const isOfProtocol = (name: string, position: number, text: string): boolean =>
  ofProtocol[name]?.includes(position) === true ||
  (position === 1 && numbered.has(name) && /^\s*\d{1,4}\s*$/.test(text));

function segmentOf(name: string, line: string, definition: SegmentDefinition, path: string, reading: Reading): Hl7Part {
  // MSH-1 is the field separator itself, so that the later fields shift by one.
  const values = line.split(reading.marks.field);
  const offset = name === 'MSH' ? 1 : 0;
  const segment: Hl7Part = {};
  for (const [at, text] of values.entries()) {
    if (at === 0 || text === '') continue;
    const position = at + offset;
    const field = fieldAt(definition, position, (other) => values[other - offset] ?? '');
    if (!field) {
      if (text !== '""' && text.trim() !== '' && !isOfProtocol(name, position, text))
        reading.unread.push(`${path}.field${position}`);
      continue;
    }
    const value = fieldOf(text, field, path, reading);
    if (value !== undefined) segment[field[0]] = value;
  }
  return segment;
}

function fieldAt(
  { fields, choices }: SegmentDefinition,
  position: number,
  textAt: (position: number) => string,
): Fields[number] | undefined {
  const choice = choices?.[position];
  const type = choice && textAt(choice.by).trim().toUpperCase();
  return (type && Object.hasOwn(choice.of, type) ? choice.of[type] : undefined) ?? fields[position];
}

function fieldOf(
  text: string,
  [name, written]: Fields[number],
  segment: string,
  reading: Reading,
): Hl7Part[string] | undefined {
  const { repetition } = reading.marks;
  const path = `${segment}.${name}`;
  if (!written.endsWith('*')) {
    if (textTypes.has(written)) return partOf(text, written, path, 0, reading);
    const [first = '', ...others] = split(text, repetition);
    for (const [at, other] of others.entries()) if (other.trim()) reading.unread.push(`${path}[${at + 1}]`);
    return partOf(first, written, path, 0, reading);
  }
  const found: (string | Hl7Part)[] = [];
  for (const it of split(text, repetition)) {
    const value = partOf(it, written.slice(0, -1), `${path}[${found.length}]`, 0, reading);
    if (value !== undefined) found.push(value);
  }
  return found.length > 0 ? found : undefined;
}

/** Components of a coded value that name a code or its system; the others are its texts. */
const codes: ReadonlySet<string> = new Set([
  'identifier',
  'codingSystem',
  'alternateIdentifier',
  'alternateCodingSystem',
]);

/**
 * `""` (HL7 v2.5, 2.5.3) deletes a value at the receiver: there is none. Blanks round a text are its sender's; round a code,
 * number or time they are those of a column.
 */
function partOf(
  text: string,
  type: string,
  path: string,
  level: number,
  reading: Reading,
  isFreeText = textTypes.has(type),
): string | Hl7Part | undefined {
  const { marks } = reading;
  const separator = level === 0 ? marks.component : level === 1 ? marks.subcomponent : '';
  const components = dataTypes[type];
  if (!components) {
    const [own = '', ...others] = textTypes.has(type) ? [text] : split(text, separator);
    noteExtra(others, level, 1, path, reading);
    if (own.trim() === '' || own === '""') return undefined;
    const written = isFreeText ? own : own.trim();
    const { text: value, hasUnknown } = decodeEscapes(written, marks, reading.charset);
    if (hasUnknown) reading.escapes.push(path);
    // Only line ends and indents: a blank line of a text that is sent line by line.
    return value === '' || (value.trim() === '' && !own.includes('X')) ? undefined : value;
  }
  const result: Hl7Part = {};
  const parts = split(text, separator);
  for (const [at, part] of parts.slice(0, components.length).entries()) {
    const [name = '', inner = 'ST'] = components[at]!.split(':');
    const isFreeText = textTypes.has(inner) && !(type === 'CE' && codes.has(name));
    const value = partOf(part, inner, `${path}.${name}`, level + 1, reading, isFreeText);
    if (value !== undefined) result[name] = value;
  }
  noteExtra(parts.slice(components.length), level, components.length, path, reading);
  return Object.keys(result).length > 0 ? result : undefined;
}

/** Components after those of the type. */
function noteExtra(parts: readonly string[], level: number, count: number, path: string, reading: Reading): void {
  const kind = level === 0 ? 'component' : 'subcomponent';
  for (const [at, part] of parts.entries())
    if (part.trim() !== '' && part !== '""') reading.unread.push(`${path}.${kind}${count + at + 1}`);
}
