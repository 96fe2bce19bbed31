import { type Delimiters, defaultDelimiters } from './delimiters.ts';
import type { Hl7Part } from './parse.ts';
import { allFields, dataTypes, type SegmentDefinition, segments } from './segments.ts';

/**
 * Writes named fields as an HL7 v2 message in ER7 (HL7 v2.5, 2.6 and 2.7): the inverse of parseHl7. Segments follow the order
 * of the segment table; properties that are not in the table are dropped, as they are when a message is read.
 */
export function writeHl7(message: Hl7Part, marks: Delimiters = defaultDelimiters): string {
  const lines = Object.entries(segments).flatMap(([name, definition]) =>
    listOf(message[name]).flatMap((segment) => [
      lineOf(name, segment, definition, marks),
      ...(definition.contains ?? []).flatMap((inner) =>
        listOf(partsOf(segment)[inner]).map((it) => lineOf(inner, it, segments[inner]!, marks)),
      ),
    ]),
  );
  return lines.map((line) => `${line}\r`).join('');
}

function lineOf(name: string, segment: string | Hl7Part, definition: SegmentDefinition, marks: Delimiters): string {
  const { field, component, repetition, escaping, subcomponent } = marks;
  const values: string[] = [name];
  for (const [position, [own, type]] of allFields(definition)) {
    const written = listOf(partsOf(segment)[own])
      .map((value) => textOf(value, type.replace('*', ''), marks, component))
      .join(repetition);
    values[position] ||= written;
  }
  const written = Array.from(values, (value) => value ?? '');
  // MSH-1 is the field separator itself: between the name and MSH-2.
  if (name === 'MSH') written.splice(1, 2, component + repetition + escaping + subcomponent);
  const line = written.join(field);
  // Readers expect the separator after the encoding characters, even in an MSH without further fields.
  const shortest = name === 'MSH' ? 'MSH|^~\\&|'.length : name.length;
  let end = line.length;
  while (end > shortest && line.charAt(end - 1) === field) end--;
  return line.slice(0, end);
}

function textOf(value: string | Hl7Part, type: string, marks: Delimiters, separator: string): string {
  const components = dataTypes[type];
  if (!components) return typeof value === 'string' ? encodeEscapes(value, marks) : '';
  const parts = components.map((it) => {
    const [name = '', inner = 'ST'] = it.split(':');
    return listOf(partsOf(value)[name])
      .map((part) => textOf(part, inner, marks, marks.subcomponent))
      .join('');
  });
  while (parts.at(-1) === '') parts.pop();
  return parts.join(separator);
}

const listOf = (value: Hl7Part[string] | undefined): readonly (string | Hl7Part)[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const partsOf = (value: string | Hl7Part): Hl7Part => (typeof value === 'string' ? {} : value);

const bytes = new TextEncoder();

/** The UTF-8 bytes of a character that a reader would take for a segment end, padding or a byte order mark. */
const hexadecimal = (character: string, escaping: string): string =>
  `${escaping}X${Array.from(bytes.encode(character), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}${escaping}`;

/** Escape sequences (HL7 v2.5, 2.7). A literal `""` is escaped, since it would read as absent; trailing white space is part of the value. */
function encodeEscapes(text: string, { field, component, repetition, escaping, subcomponent }: Delimiters): string {
  const named = new Map([
    [field, 'F'],
    [component, 'S'],
    [repetition, 'R'],
    [subcomponent, 'T'],
    [escaping, 'E'],
    // a field of line breaks alone would read as empty
    ...(text.trim() === '' ? [] : [['\n', '.br'] as const]),
  ]);
  const edge = text === '""' ? 0 : text.trimEnd().length;
  let result = '';
  let at = 0;
  for (const character of text) {
    const name = named.get(character);
    if (name) result += escaping + name + escaping;
    else if (at >= edge || character < ' ' || character === '\uFEFF') result += hexadecimal(character, escaping);
    else result += character;
    at += character.length;
  }
  return result;
}
