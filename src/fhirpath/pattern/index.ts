import { compileLinear, type LinearPattern } from './linear.ts';
import { checkSize } from './size.ts';
import { PatternError, type PatternSyntax, parsePattern } from './syntax.ts';

export { PatternError } from './syntax.ts';

/**
 * A regular expression whose time is bounded for every text. Patterns come from definitions, texts from untrusted messages.
 * - V8's backtracking engine runs where its worst case is known: no repetition within a repetition, and few enough open
 *   repetitions for the length of the text (`nativeSteps`). For these patterns it is several times faster than RE2.
 * - RE2 runs everything else, in time proportional to the text.
 * RE2 has no look-around and no back-references: a pattern with one of them is refused when it also nests repetitions, and
 * throws PatternError on a text that is too long for the backtracking engine.
 */
export type Pattern = {
  /** Whether the pattern matches anywhere in the text. */
  readonly test: (text: string) => boolean;
  /** Whether the pattern matches the whole text. */
  readonly testFull: (text: string) => boolean;
  /** Replaces every match. `$1`, `${1}` and `${name}` stand for groups, `$0` for the match, `$$` for a dollar sign. */
  readonly replace: (text: string, substitution: string) => string;
};

/** Upper bound of the steps of one match in the backtracking engine. */
const nativeSteps = 200_000;
/** Replacement may search the rest of the text after each match: the square of this length at worst. */
const longestReplaced = 20_000;

/** Flags: `i` ignores case, `m` lets ^ and $ match at the begin and end of each line. Throws PatternError. */
export function compilePattern(source: string, flags = ''): Pattern {
  if (!/^[im]*$/.test(flags)) throw new PatternError('has a flag other than i and m');
  const { tree, names } = parsePattern(source);
  const full: PatternSyntax = {
    kind: 'sequence',
    parts: [start, { kind: 'group', of: tree, index: 0, name: undefined }, end],
  };
  const matchers = { any: matcher(tree, flags), full: matcher(full, flags.replace('m', '')) };
  return {
    test: (text) => matchers.any.test(text),
    testFull: (text) => matchers.full.test(text),
    replace: (text, substitution) => matchers.any.replace(text, expansion(substitution, names)),
  };
}

const start: PatternSyntax = { kind: 'assertion', what: 'start' };
const end: PatternSyntax = { kind: 'assertion', what: 'end' };

type Groups = readonly (string | undefined)[];
type Matcher = { test: (text: string) => boolean; replace: (text: string, by: (groups: Groups) => string) => string };

function matcher(tree: PatternSyntax, flags: string): Matcher {
  const degree = degreeOf(tree);
  const needsBacktracking = looksAround(tree);
  if (needsBacktracking && degree === Number.POSITIVE_INFINITY)
    throw new PatternError('combines a look-around or a back-reference with nested repetition');
  // printed from the tree, so that both engines read the same pattern
  const native = degree === Number.POSITIVE_INFINITY ? undefined : new RegExp(print(tree), `us${flags}`);
  const global = native && new RegExp(native.source, `${native.flags}g`);
  let compiled: LinearPattern | undefined;
  const linear = (): LinearPattern => {
    if (needsBacktracking)
      throw new PatternError('has a look-around or a back-reference, and the text is too long for it');
    compiled ??= compileLinear(tree, { ignoreCase: flags.includes('i'), multiline: flags.includes('m') });
    return compiled;
  };
  if (!native) checkSize(tree);
  const fits = (text: string, more: number): boolean =>
    text.length < 2 || text.length ** (degree + more) <= nativeSteps;
  return {
    test: (text) => (native && fits(text, 0) ? native.test(text) : linear().test(text)),
    replace: (text, by) => {
      if (global && fits(text, 1))
        return text.replace(global, (...found: unknown[]) => by(found.slice(0, groupCount(found)) as Groups));
      if (text.length > longestReplaced)
        throw new PatternError(`cannot replace in a text of more than ${longestReplaced} characters`);
      return replaceMatches(linear(), text, by);
    },
  };
}

/** The arguments of a replacer function: match and groups, then offset, text and named groups. */
const groupCount = (found: readonly unknown[]): number => found.findIndex((it) => typeof it === 'number');

function replaceMatches(pattern: LinearPattern, text: string, by: (groups: Groups) => string): string {
  const parts: string[] = [];
  let done = 0;
  for (const { start, end, groups } of pattern.matches(text)) {
    parts.push(text.slice(done, start), by(groups));
    done = end;
  }
  return parts.join('') + text.slice(done);
}

function expansion(substitution: string, names: readonly (string | undefined)[]): (groups: Groups) => string {
  return (groups) =>
    substitution.replace(/\$(?:\$|(\d{1,2})|\{(\w+)\})/g, (whole, number?: string, name?: string) => {
      if (whole === '$$') return '$';
      const index = number ?? (/^\d+$/.test(name ?? '') ? name : String(names.indexOf(name)));
      const at = Number(index);
      return at >= 0 && at < names.length ? (groups[at] ?? '') : whole;
    });
}

/**
 * The exponent with which the work of a backtracking engine grows with the text: the number of repetitions that can consume
 * more than a few characters, plus one when the match may begin anywhere. Infinite when a repetition contains another.
 */
function degreeOf(tree: PatternSyntax): number {
  const anchored = tree.kind === 'sequence' && isStart(tree.parts[0]);
  return openRepetitions(tree) + (anchored ? 0 : 1);
}

const isStart = (node: PatternSyntax | undefined): boolean => node?.kind === 'assertion' && node.what === 'start';

/** A repetition of at most this many times counts as a constant. */
const few = 4;

function openRepetitions(node: PatternSyntax): number {
  switch (node.kind) {
    case 'sequence':
    case 'choice':
      return node.parts.reduce((sum, part) => sum + openRepetitions(part), 0);
    case 'group':
    case 'look':
      return openRepetitions(node.of);
    case 'backreference':
      return 1;
    case 'repeat': {
      if (node.max === 1) return openRepetitions(node.of);
      if (!isPlain(node.of)) return Number.POSITIVE_INFINITY;
      return node.max <= few || node.min === node.max ? 0 : 1;
    }
    default:
      return 0;
  }
}

/** Consumes exactly one character. */
const isPlain = (node: PatternSyntax): boolean => node.kind === 'set' || (node.kind === 'group' && isPlain(node.of));

function looksAround(node: PatternSyntax): boolean {
  if (node.kind === 'look' || node.kind === 'backreference') return true;
  if (node.kind === 'sequence' || node.kind === 'choice') return node.parts.some(looksAround);
  return (node.kind === 'repeat' || node.kind === 'group') && looksAround(node.of);
}

/** Prints a pattern for ECMAScript with flag u. */
function print(node: PatternSyntax): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)';
    case 'set': {
      const code = (it: number): string => `\\u{${it.toString(16)}}`;
      const ranges = node.ranges.map(([from, to]) => (from === to ? code(from) : `${code(from)}-${code(to)}`));
      return `[${node.negated ? '^' : ''}${ranges.join('')}]`;
    }
    case 'sequence':
      return node.parts.map(print).join('');
    case 'choice':
      return `(?:${node.parts.map(print).join('|')})`;
    case 'repeat': {
      const max = node.max === Number.POSITIVE_INFINITY ? '' : node.max;
      return `(?:${print(node.of)}){${node.min},${max}}${node.greedy ? '' : '?'}`;
    }
    case 'group':
      return node.index === 0 ? `(?:${print(node.of)})` : `(${print(node.of)})`;
    case 'assertion':
      return { start: '^', end: '$', boundary: '\\b', noBoundary: '\\B' }[node.what];
    case 'look':
      return `${node.opening}${print(node.of)})`;
    case 'backreference':
      return `(?:\\${node.to})`;
  }
}
