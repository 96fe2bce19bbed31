import { issue } from '../../fhir/issue.ts';
import { ParseError } from '../../fhir/parse-error.ts';
import type { Delimiters } from './delimiters.ts';
import { dataTypes, segments } from './segments.ts';

/** A segment, field or component as named values; absent values have no property. */
export type Hl7Part = { [name: string]: string | Hl7Part | (string | Hl7Part)[] };

/** MSH-18 (table 0211) to the label of TextDecoder. */
const charsets: Readonly<Record<string, string>> = {
  ASCII: 'ascii',
  '8859/1': 'iso-8859-1',
  '8859/15': 'iso-8859-15',
  'UNICODE UTF-8': 'utf-8',
  UTF8: 'utf-8',
};

/**
 * Reads an HL7 v2 message in ER7 (https://www.hl7.org/implement/standards/product_brief.cfm?product_id=144, 2.6):
 * encoding characters and character set are those of its MSH, escapes are decoded, fields have the standard's names.
 * Throws ParseError with the number of the segment at fault.
 */
export function parseHl7(message: string | Uint8Array): Hl7Part {
  const text = typeof message === 'string' ? message : decodeBytes(message);
  const lines = unframed(text).split(/\r\n|\r|\n/);
  const head = lines[0] ?? '';
  if (!head.startsWith('MSH') || head.length < 9) throw syntaxError(1, 'MSH with its encoding characters');
  const [component = '^', repetition = '~', escaping = '\\', subcomponent = '&'] = head.slice(4, 8);
  const marks: Delimiters = { field: head.charAt(3), component, repetition, escaping, subcomponent };
  const result: Hl7Part = {};
  for (const [at, line] of lines.entries()) {
    const name = line.slice(0, 3);
    if (!/^[A-Z][A-Z0-9]{2}$/.test(name) || (line.length > 3 && line.charAt(3) !== marks.field))
      throw syntaxError(at + 1, 'a segment');
    const definition = segments[name];
    if (!definition) continue;
    // MSH-1 is the field separator itself, so that the later fields shift by one.
    const values = line.split(marks.field);
    const offset = name === 'MSH' ? 1 : 0;
    const segment: Hl7Part = {};
    for (const [position, [field, type]] of Object.entries(definition.fields)) {
      const value = fieldOf(values[Number(position) - offset] ?? '', type, marks);
      if (value !== undefined) segment[field] = value;
    }
    if (definition.repeats) {
      result[name] ??= [];
      (result[name] as Hl7Part[]).push(segment);
    } else if (result[name]) throw syntaxError(at + 1, `one ${name} only`);
    else result[name] = segment;
  }
  return result;
}

/** The text without the MLLP frame around it. */
const unframed = (text: string): string =>
  text.replaceAll('\u000B', '').replaceAll('\u001C', '').replace('\uFEFF', '').trimEnd();

const syntaxError = (line: number, expected: string): ParseError =>
  new ParseError([issue('hl7-syntax', { line, expected }, { line, column: 1 })]);

/** Decodes by the character set of MSH-18; without one as UTF-8, or Latin-1 when the bytes are not valid UTF-8. */
function decodeBytes(bytes: Uint8Array): string {
  const latin = new TextDecoder('iso-8859-1').decode(bytes);
  const separator = latin.charAt(latin.indexOf('MSH') + 3);
  const named =
    latin
      .split(/[\r\n]/)[0]
      ?.split(separator)[17]
      ?.split(latin.charAt(5))[0] ?? '';
  const charset = charsets[named];
  if (named && !charset)
    throw new ParseError([
      issue('hl7-charset-unsupported', { known: Object.keys(charsets).join(', ') }, { line: 1, column: 1 }),
    ]);
  try {
    return new TextDecoder(charset ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (charset)
      throw new ParseError([
        issue('hl7-charset-unsupported', { known: Object.keys(charsets).join(', ') }, { line: 1, column: 1 }),
      ]);
    return latin;
  }
}

function fieldOf(text: string, written: string, marks: Delimiters): Hl7Part[string] | undefined {
  if (!written.endsWith('*')) return partOf(text, written, marks, marks.component);
  const found: (string | Hl7Part)[] = text
    .split(marks.repetition)
    .map((it) => partOf(it, written.slice(0, -1), marks, marks.component))
    .filter((it) => it !== undefined);
  return found.length > 0 ? found : undefined;
}

/** `""` (HL7 v2.5, 2.5.3) deletes a value at the receiver: there is none. */
function partOf(text: string, type: string, marks: Delimiters, separator: string): string | Hl7Part | undefined {
  const components = dataTypes[type];
  if (!components) {
    const own = text.split(separator)[0] ?? '';
    return own === '' || own === '""' ? undefined : decodeEscapes(own, marks);
  }
  const result: Hl7Part = {};
  for (const [at, part] of text.split(separator).entries()) {
    const [name, inner = 'ST'] = (components[at] ?? '').split(':');
    const value = name ? partOf(part, inner, marks, marks.subcomponent) : undefined;
    if (value !== undefined) result[name!] = value;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

/** Escape sequences (HL7 v2.5, 2.7): delimiters, line breaks, hexadecimal characters; highlighting and local sequences are dropped. */
function decodeEscapes(text: string, { field, component, repetition, escaping, subcomponent }: Delimiters): string {
  if (!text.includes(escaping)) return text;
  const plain: Readonly<Record<string, string>> = {
    F: field,
    S: component,
    R: repetition,
    T: subcomponent,
    E: escaping,
    '.br': '\n',
    '.sp': '\n',
  };
  const [first, ...rest] = text.split(escaping);
  let result = first ?? '';
  for (let at = 0; at < rest.length; at += 2) {
    const sequence = rest[at] ?? '';
    if (/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence))
      result += new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        Uint8Array.from(sequence.slice(1).match(/../g)!, (hex) => Number.parseInt(hex, 16)),
      );
    else result += plain[sequence] ?? '';
    result += rest[at + 1] ?? '';
  }
  return result;
}
