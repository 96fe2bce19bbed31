import type { Token } from './tokens.ts';

type Open = { readonly bracket: Token; readonly column: number };

const closes: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * The first bracket that a map does not close, and what closes it; undefined when all are in pairs. A parenthesis ends
 * within its rule. Of nested braces the text shows by its layout which one is open: the next `}` belongs to a rule that
 * starts further to the left.
 */
export function unclosedBracket(
  words: readonly Token[],
): { readonly open: Token; readonly closing: string } | undefined {
  let found: Token | undefined;
  for (const part of declarationsOf(words)) {
    found = unclosedParenthesis(part) ?? unclosedBrace(part);
    if (found) break;
  }
  return found && { open: found, closing: closes[found.text]! };
}

/** A declaration starts at the margin. */
function declarationsOf(words: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const word of words) {
    if (word.fresh && word.column === 1 && word.kind === 'name') parts.push([]);
    parts.at(-1)!.push(word);
  }
  return parts;
}

const isMark = ({ kind, text }: Token, marks: string): boolean => kind === 'mark' && marks.includes(text);

function unclosedParenthesis(part: readonly Token[]): Token | undefined {
  const open: Token[] = [];
  for (const [at, word] of part.entries()) {
    if (isMark(word, '([')) open.push(word);
    else if (isMark(word, ')]')) {
      const last = open.pop();
      if (last && closes[last.text] !== word.text) return last;
    } else if (open.length > 0 && endsRule(word, part[at + 1], part[at - 1])) return open[0];
  }
  return open[0];
}

/** `{}` is an empty collection of FHIRPath. */
const endsRule = (word: Token, next: Token | undefined, before: Token | undefined): boolean =>
  (word.kind === 'mark' && (word.text === ';' || word.text === '->')) ||
  (isMark(word, '{') && next?.text !== '}') ||
  (isMark(word, '}') && before?.text !== '{');

function unclosedBrace(part: readonly Token[]): Token | undefined {
  const braces = part.filter((it) => isMark(it, '{}'));
  const opened = braces.filter(({ text }) => text === '{').length;
  if (opened <= braces.length - opened) return undefined;
  const open: Open[] = [];
  let start: Token | undefined;
  for (const word of part) {
    start ??= word;
    if (isMark(word, '{')) open.push({ bracket: word, column: start.column });
    else if (isMark(word, '}')) {
      const last = open.pop();
      if (last && word.fresh && last.column > word.column) return last.bracket;
    }
    if (isMark(word, '{;')) start = undefined;
  }
  return open[0]?.bracket;
}
