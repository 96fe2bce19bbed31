import { type Marks, usualMarks } from './marks.ts';
import type { Hl7Part } from './parse.ts';
import { dataTypes, type Fields, segments } from './segments.ts';

/**
 * Writes named fields as an HL7 v2 message in ER7 (v2.5, 2.6 and 2.7): the inverse of parseHl7. Segments come in the order of
 * the table, which is that of the message; what the table does not name is left out, as it is when a message is read.
 */
export function writeHl7(message: Hl7Part, marks: Marks = usualMarks): string {
  const lines = Object.entries(segments).flatMap(([name, { fields }]) =>
    listOf(message[name]).map((segment) => lineOf(name, segment, fields, marks)),
  );
  return lines.map((line) => `${line}\r`).join('');
}

function lineOf(name: string, segment: string | Hl7Part, fields: Fields, marks: Marks): string {
  const { field, component, repetition, escaping, subcomponent } = marks;
  const values: string[] = [name];
  for (const [position, [own, type]] of Object.entries(fields))
    values[Number(position)] = listOf(partsOf(segment)[own])
      .map((value) => textOf(value, type.replace('*', ''), marks, component))
      .join(repetition);
  const written = Array.from(values, (value) => value ?? '');
  // MSH-1 is the field separator itself: it stands between the name and MSH-2.
  if (name === 'MSH') written.splice(1, 2, component + repetition + escaping + subcomponent);
  const line = written.join(field);
  // What reads a message looks for the separator behind the encoding characters, even where MSH has nothing else.
  const shortest = name === 'MSH' ? 'MSH|^~\\&|'.length : name.length;
  let end = line.length;
  while (end > shortest && line.charAt(end - 1) === field) end--;
  return line.slice(0, end);
}

function textOf(value: string | Hl7Part, type: string, marks: Marks, separator: string): string {
  const components = dataTypes[type];
  if (!components) return typeof value === 'string' ? escaped(value, marks) : '';
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

/** As its bytes in UTF-8: for what a reader would take for an end, an edge or a mark of the message. */
const hexadecimal = (character: string, escaping: string): string =>
  `${escaping}X${Array.from(bytes.encode(character), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}${escaping}`;

/** Escape sequences (2.7). A value that is `""` is not the sign that there is none; white space at its end is part of it. */
function escaped(text: string, { field, component, repetition, escaping, subcomponent }: Marks): string {
  const named = new Map([
    [field, 'F'],
    [component, 'S'],
    [repetition, 'R'],
    [subcomponent, 'T'],
    [escaping, 'E'],
    ['\n', '.br'],
  ]);
  const edge = text === '""' ? 0 : text.trimEnd().length;
  let made = '';
  let at = 0;
  for (const character of text) {
    const name = named.get(character);
    if (name) made += escaping + name + escaping;
    else if (at >= edge || character < ' ' || character === '\uFEFF') made += hexadecimal(character, escaping);
    else made += character;
    at += character.length;
  }
  return made;
}
