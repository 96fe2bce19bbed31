import type { Delimiters } from './delimiters.ts';
import { segments } from './segments.ts';

/** The MLLP frame, a byte order mark and empty lines around the message. */
const frame: ReadonlySet<string> = new Set(['\uFEFF', '\u000B', '\u001C', '\r', '\n', '\t', ' ']);

function unframed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && frame.has(text.charAt(start))) start++;
  while (end > start && frame.has(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/**
 * The segments of a message. A carriage return ends one. So does a line feed, as files have it, when another segment
 * follows; otherwise it is part of the text of the field.
 */
export function linesOf(message: string): string[] {
  const text = unframed(message);
  const separator = text.startsWith('MSH') ? text.charAt(3) : '|';
  const lines: string[] = [];
  let start = 0;
  for (const { 0: found, index } of text.matchAll(/\r?\n+(?:\r?\n)*|\r/g)) {
    const end = index + found.length;
    if (found !== '\r' && !isSegmentAt(text, end, separator)) continue;
    lines.push(text.slice(start, index));
    start = end;
  }
  return [...lines, text.slice(start)];
}

export const isSegmentName = (text: string): boolean => /^[A-Z][A-Z0-9]{2}$/.test(text);

/** A known name with another mark than the separator is a broken segment, and not a line of text. */
function isSegmentAt(text: string, at: number, separator: string): boolean {
  const [name, next] = [text.slice(at, at + 3), text.charAt(at + 3)];
  if (!isSegmentName(name)) return false;
  return next === separator || (Object.hasOwn(segments, name) && (next === '' || /[^\w\s.,:;()/-]/.test(next)));
}

/** The delimiters of MSH-1 and MSH-2; one that MSH-2 leaves out is not used in the message. */
export function delimitersOf(head: string): Delimiters {
  const field = head.charAt(3);
  const [component = '', repetition = '', escaping = '', subcomponent = ''] = head.slice(4).split(field)[0] ?? '';
  return { field, component, repetition, escaping, subcomponent };
}
