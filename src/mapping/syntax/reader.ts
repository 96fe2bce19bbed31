import { type MapProblem, problem } from './problem.ts';
import { didYouMean } from './suggestion.ts';
import { type Token, tokens } from './tokens.ts';
import type { Place } from './tree.ts';

/** Thrown to leave a declaration or rule that does not parse; `recovering` catches it. */
export class SyntaxFailure extends Error {}

/** Limit on nested rules: far above any map written by hand, and it protects the call stack. */
const maxNesting = 64;

const declarations = new Set(['map', 'uses', 'imports', 'let', 'group', 'conceptmap', 'conceptMap']);

/** Whether a token starts another declaration: on its own line, at the margin or, outside a group, with a keyword. */
function startsDeclaration({ kind, fresh, column, text }: Token, depth: number): boolean {
  if (!fresh) return false;
  if (kind === 'metadata') return depth === 0;
  return kind === 'name' && (column === 1 || (depth === 0 && declarations.has(text)));
}

export type Reader = ReturnType<typeof reader>;

/** A cursor over the tokens of a map, with the problems found so far. */
export function reader(text: string, path: string) {
  const words = tokens(text);
  const problems: MapProblem[] = [];
  let at = 0;
  let depth = 0;
  let group: string | undefined;

  const peek = (ahead = 0): Token => words[Math.min(at + ahead, words.length - 1)]!;
  const is = (mark: string, ahead = 0): boolean => {
    const word = peek(ahead);
    return (word.kind === 'mark' || word.kind === 'name') && word.text === mark;
  };
  const next = (): Token => {
    const word = peek();
    if (at < words.length - 1) at++;
    return word;
  };
  const take = (mark: string): boolean => {
    if (!is(mark)) return false;
    next();
    return true;
  };
  const fail = (expected: string, candidates: readonly string[] = []): never => failAt(peek(), expected, candidates);
  const failAt = (word: Token, expected: string, candidates: readonly string[] = []): never => {
    // Only names are shown: a quoted text may contain data.
    const found =
      word.kind === 'end'
        ? 'the end of the map'
        : word.kind === 'name' || word.kind === 'mark'
          ? word.text
          : `a ${word.kind}`;
    const suggestion = word.kind === 'name' && !candidates.includes(word.text) ? didYouMean(word.text, candidates) : '';
    problems.push(
      problem(
        'map-syntax',
        { expected, found: found.slice(0, 64), suggestion },
        { path, line: word.line, column: word.column, ...(group ? { group } : {}) },
      ),
    );
    throw new SyntaxFailure();
  };
  const expect = (mark: string): Token => (is(mark) ? next() : fail(mark, [mark]));
  const name = (what: string): string => {
    const word = peek();
    return word.kind === 'name' || word.kind === 'backticks' ? next().value : fail(what);
  };
  /** A name that a map may also write in quotes: the alias of a structure, and the type of a parameter or source. */
  const nameOrQuoted = (what: string): string => {
    const word = peek();
    return (word.kind === 'quoted' || word.kind === 'string') && word.value !== '' ? next().value : name(what);
  };
  /** `Patient`, or a type nested in it: `Patient.contact`. */
  const typeName = (): string => {
    const steps = [nameOrQuoted('a type')];
    while (take('.')) steps.push(name('an element'));
    return steps.join('.');
  };
  const quotedText = (what: string): string => {
    const word = peek();
    return word.kind === 'string' || word.kind === 'quoted' || word.kind === 'backticks' ? next().value : fail(what);
  };
  const place = (): Place => ({ line: peek().line, column: peek().column });

  /** Reads `item`; after an error it continues after the next `;` of the same nesting, or before the `}` that closes it. */
  function recovering<T>(item: () => T): T | undefined {
    const [start, level] = [at, depth];
    try {
      return item();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      depth = level;
      at = start;
      for (let nesting = 0; peek().kind !== 'end'; next()) {
        // Parentheses do not count: no `;` is inside them, and the one that is missing may be the mistake.
        if (is('{')) nesting++;
        if (is('}') && nesting <= 0) return undefined;
        if (is('}')) nesting--;
        if (is(';') && nesting <= 0) {
          next();
          return undefined;
        }
        if (at > start && startsDeclaration(peek(), level)) return undefined;
      }
      return undefined;
    }
  }

  function nested<T>(item: () => T): T {
    if (++depth > maxNesting) fail(`at most ${maxNesting} levels of nesting`);
    const result = item();
    depth--;
    return result;
  }

  return {
    text,
    path,
    problems,
    words,
    peek,
    is,
    next,
    take,
    fail,
    failAt,
    expect,
    name,
    nameOrQuoted,
    typeName,
    quotedText,
    place,
    recovering,
    nested,
    /** Comments on the line of the last token read. */
    after: (): readonly string[] => words[at - 1]?.after ?? [],
    within: (name: string | undefined) => {
      group = name;
    },
  };
}
