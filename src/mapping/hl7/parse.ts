import { issue } from '../../fhir/issue.ts';
import { ParseError } from '../../fhir/parse-error.ts';
import type { Marks } from './marks.ts';
import { dataTypes, segments } from './segments.ts';

/** A segment, field or component as named values; what the message does not have is not there. */
export type Hl7Part = { [name: string]: string | Hl7Part | (string | Hl7Part)[] };

/** MSH-18 (table 0211) -> what TextDecoder calls it. */
const charsets: Readonly<Record<string, string>> = {
  ASCII: 'ascii',
  '8859/1': 'iso-8859-1',
  '8859/15': 'iso-8859-15',
  'UNICODE UTF-8': 'utf-8',
  UTF8: 'utf-8',
};

/**
 * Reads an HL7 v2 message in ER7 (https://www.hl7.org/implement/standards/product_brief.cfm?product_id=144, 2.6):
 * encoding characters and character set are those of its MSH, escapes are decoded, fields have the names of the standard.
 * Throws ParseError with the number of the segment where it stops.
 */
export function parseHl7(message: string | Uint8Array): Hl7Part {
  const text = typeof message === 'string' ? message : decode(message);
  const lines = bare(text).split(/\r\n|\r|\n/);
  const head = lines[0] ?? '';
  if (!head.startsWith('MSH') || head.length < 9) throw broken(1, 'MSH with its encoding characters');
  const [component = '^', repetition = '~', escaping = '\\', subcomponent = '&'] = head.slice(4, 8);
  const marks: Marks = { field: head.charAt(3), component, repetition, escaping, subcomponent };
  const made: Hl7Part = {};
  for (const [at, line] of lines.entries()) {
    const name = line.slice(0, 3);
    if (!/^[A-Z][A-Z0-9]{2}$/.test(name) || (line.length > 3 && line.charAt(3) !== marks.field))
      throw broken(at + 1, 'a segment');
    const known = segments[name];
    if (!known) continue;
    // MSH-1 is the field separator itself, so that its fields count from one less.
    const values = line.split(marks.field);
    const offset = name === 'MSH' ? 1 : 0;
    const segment: Hl7Part = {};
    for (const [position, [field, type]] of Object.entries(known.fields)) {
      const value = fieldOf(values[Number(position) - offset] ?? '', type, marks);
      if (value !== undefined) segment[field] = value;
    }
    if (known.repeats) {
      made[name] ??= [];
      (made[name] as Hl7Part[]).push(segment);
    } else if (made[name]) throw broken(at + 1, `one ${name} only`);
    else made[name] = segment;
  }
  return made;
}

/** Without the frame of MLLP around it. */
const bare = (text: string): string =>
  text.replaceAll('\u000B', '').replaceAll('\u001C', '').replace('\uFEFF', '').trimEnd();

const broken = (line: number, expected: string): ParseError =>
  new ParseError([issue('hl7-syntax', { line, expected }, { line, column: 1 })]);

/** By the character set that MSH-18 names; UTF-8 when it names none and the bytes are. */
function decode(bytes: Uint8Array): string {
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

function fieldOf(text: string, written: string, marks: Marks): Hl7Part[string] | undefined {
  if (!written.endsWith('*')) return partOf(text, written, marks, marks.component);
  const found: (string | Hl7Part)[] = text
    .split(marks.repetition)
    .map((it) => partOf(it, written.slice(0, -1), marks, marks.component))
    .filter((it) => it !== undefined);
  return found.length > 0 ? found : undefined;
}

/** `""` says that a value is to be deleted: in a referral, that there is none. */
function partOf(text: string, type: string, marks: Marks, separator: string): string | Hl7Part | undefined {
  const components = dataTypes[type];
  if (!components) {
    const own = text.split(separator)[0] ?? '';
    return own === '' || own === '""' ? undefined : decoded(own, marks);
  }
  const made: Hl7Part = {};
  for (const [at, part] of text.split(separator).entries()) {
    const [name, inner = 'ST'] = (components[at] ?? '').split(':');
    const value = name ? partOf(part, inner, marks, marks.subcomponent) : undefined;
    if (value !== undefined) made[name!] = value;
  }
  return Object.keys(made).length > 0 ? made : undefined;
}

/** Escape sequences (2.7): delimiters, line breaks, hexadecimal characters; highlighting and local ones are left out. */
function decoded(text: string, { field, component, repetition, escaping, subcomponent }: Marks): string {
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
  let made = first ?? '';
  for (let at = 0; at < rest.length; at += 2) {
    const sequence = rest[at] ?? '';
    if (/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence))
      made += new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        Uint8Array.from(sequence.slice(1).match(/../g)!, (hex) => Number.parseInt(hex, 16)),
      );
    else made += plain[sequence] ?? '';
    made += rest[at + 1] ?? '';
  }
  return made;
}
