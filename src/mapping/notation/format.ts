import { MapSyntaxError, problem } from '../syntax/problem.ts';
import { tokens } from '../syntax/tokens.ts';
import { printMap } from './print.ts';
import { type MapSource, readOne } from './read.ts';

/**
 * A map in the canonical layout. Comments stay; a comment after a rule moves above it.
 * Throws MapSyntaxError when the text does not parse, or contains a comment that the layout would lose (within a rule).
 */
export function formatMap({ path, text }: MapSource): string {
  const map = readOne({ path, text });
  const printed = printMap(map);
  const lost = comments(text).filter((line) => !printed.includes(line));
  if (lost.length > 0 && !text.trimStart().startsWith('{')) {
    const at = text.slice(0, text.indexOf(lost[0]!)).split('\n').length;
    const details = { expected: 'comments above a rule or declaration', found: 'one within a rule', suggestion: '' };
    throw new MapSyntaxError([problem('map-syntax', details, { path, line: at, column: 1 })]);
  }
  return printed;
}

const comments = (text: string): string[] =>
  tokens(text)
    .flatMap((word) => [...word.comments, ...word.after])
    .flatMap((it) => it.split(/\r?\n/))
    .map((line) => line.trim())
    .filter(Boolean);
