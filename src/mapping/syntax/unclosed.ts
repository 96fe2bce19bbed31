import { type MapProblem, problem } from './problem.ts';
import type { Token } from './tokens.ts';
import { unclosedBracket } from './unclosed-bracket.ts';

const quotes = new Set<Token['kind']>(['string', 'quoted', 'backticks']);
const marks = new Set(["'", '"', '`', '"""']);

/**
 * The problems of a text, with the comment, quote or bracket that does not end in place of those that follow from it: what comes after
 * it is not what the author wrote. A quote that another one closed is recognised by what follows: a word, directly after it,
 * or an error on the line where it seems to end.
 */
export function withUnclosed(
  words: readonly Token[],
  problems: readonly MapProblem[],
  path: string,
): readonly MapProblem[] {
  const open = words.find(({ kind, text }) => kind === 'unclosed' || (kind === 'unknown' && marks.has(text)));
  const [error] = [...problems].sort(byPlace);
  if (!open && !error) return problems;
  const swallowing = words.find((word, at) => quotes.has(word.kind) && swallows(word, words[at + 1], error));
  const [first] = [open, swallowing].filter((it) => it !== undefined).sort((a, b) => a.from - b.from);
  if (!first) return withBracket(words, problems, path);
  const { line, column } = first;
  const found =
    first.kind === 'unclosed'
      ? problem('map-comment-unclosed', {}, { path, line, column })
      : problem(
          'map-quote-unclosed',
          { quote: first.text.startsWith('"""') ? '"""' : first.text.charAt(0) },
          { path, line, column },
        );
  return [...problems.filter((it) => byPlace(it, found) < 0), found];
}

/** A bracket that is not closed, in place of what follows from it. */
function withBracket(words: readonly Token[], problems: readonly MapProblem[], path: string): readonly MapProblem[] {
  // a character that is none of the language ends what can be read of the brackets
  const found = words.some(({ kind }) => kind === 'unknown') ? undefined : unclosedBracket(words);
  if (!found) return problems;
  const { line, column, text } = found.open;
  const unclosed = problem('map-bracket-unclosed', { bracket: text, closing: found.closing }, { path, line, column });
  return [...problems.filter((it) => byPlace(it, unclosed) < 0), unclosed];
}

type Placed = { readonly line?: number; readonly column?: number };
const byPlace = (a: Placed, b: Placed): number => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);

function swallows(word: Token, next: Token | undefined, error: MapProblem | undefined): boolean {
  if (!next || !error || byPlace(error, word) < 0) return false;
  if (next.from === word.to && (next.kind === 'name' || next.kind === 'number')) return true;
  const lines = word.text.split('\n').length - 1;
  return lines > 0 && error.line === word.line + lines;
}
