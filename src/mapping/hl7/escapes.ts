import { decoded } from './charset.ts';
import type { Delimiters } from './delimiters.ts';

/** A text without its escape sequences. */
export type Unescaped = {
  readonly text: string;
  /** Some sequence stands for nothing that the text can show: it was left out, or left as it is. */
  readonly hasUnknown: boolean;
};

/**
 * Decodes escape sequences (HL7 v2.5, 2.7): delimiters, bytes in the character set of the message, formatting commands
 * of FT as line breaks and spaces. Highlighting is dropped, and so is a sequence of the sender's own (`\Z..\`), which is
 * reported. An escape character that starts no sequence is text: people write paths and fractions.
 */
export function decodeEscapes(written: string, marks: Delimiters, charset: string): Unescaped {
  const { escaping: mark } = marks;
  if (mark === '' || !written.includes(mark)) return { text: written, hasUnknown: false };
  let [text, hasUnknown, at] = ['', false, 0];
  while (at < written.length) {
    const end = written.charAt(at) === mark ? written.indexOf(mark, at + 1) : -1;
    const sequence = end < 0 ? undefined : written.slice(at + 1, end);
    if (sequence === undefined) {
      text += written.charAt(at++);
      continue;
    }
    const run = hexadecimalRun(written, at, mark);
    if (run) {
      const shown = decoded(run.bytes, charset);
      text += shown ?? written.slice(at, run.end);
      if (shown === undefined) hasUnknown = true;
      at = run.end;
      continue;
    }
    const value = meaningOf(sequence, text, marks);
    if (value === undefined) {
      text += written.charAt(at++);
      continue;
    }
    text += value;
    if (isLocal(sequence)) hasUnknown = true;
    at = end + 1;
  }
  return { text, hasUnknown };
}

const isLocal = (sequence: string): boolean => /^Z/.test(sequence);

/** Adjacent `\X..\` together: a character of UTF-8 may be spread over them. */
function hexadecimalRun(text: string, start: number, mark: string): { bytes: Uint8Array; end: number } | undefined {
  let [digits, end] = ['', start];
  for (;;) {
    const close = text.charAt(end) === mark ? text.indexOf(mark, end + 1) : -1;
    const found = close < 0 ? null : /^X((?:[0-9A-Fa-f]{2})+)$/.exec(text.slice(end + 1, close));
    if (!found) break;
    digits += found[1];
    end = close + 1;
  }
  if (digits === '') return undefined;
  return { bytes: Uint8Array.from(digits.match(/../g)!, (hex) => Number.parseInt(hex, 16)), end };
}

/** What a sequence stands for, after `before`; undefined for text between two escape characters. */
function meaningOf(sequence: string, before: string, marks: Delimiters): string | undefined {
  const { field, component, repetition, escaping, subcomponent } = marks;
  const plain: Readonly<Record<string, string>> = {
    F: field,
    S: component,
    R: repetition,
    T: subcomponent,
    E: escaping,
    H: '',
    N: '',
  };
  if (Object.hasOwn(plain, sequence)) return plain[sequence];
  if (/^Z[A-Za-z0-9]{0,32}$/.test(sequence)) return '';
  const command = /^\.(br|sp|sk|in|ti|ce|fi|nf)\s*([+-]?\d{1,3})?$/i.exec(sequence);
  return command ? formatted(command[1]!.toLowerCase(), command[2], before) : undefined;
}

/** Formatting commands (2.7.6) end the line where they start another one, so that no words run together. */
function formatted(command: string, count: string | undefined, before: string): string {
  const times = Math.max(count === undefined ? 1 : Number(count), 0);
  if (command === 'br') return '\n';
  if (command === 'sp') return '\n'.repeat(Math.max(times, 1));
  if (command === 'sk') return ' '.repeat(times);
  const lineEnd = before === '' || before.endsWith('\n') ? '' : '\n';
  return lineEnd + (command === 'in' || command === 'ti' ? ' '.repeat(count === undefined ? 0 : times) : '');
}
