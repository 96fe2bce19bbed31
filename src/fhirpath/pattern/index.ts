import { assemble, type Captures, type Instruction, search } from './program.ts';
import { PatternError, type PatternSyntax, parsePattern } from './syntax.ts';

export { PatternError } from './syntax.ts';

/**
 * A regular expression that no text can make slow. Patterns come from definitions, texts from messages that nobody vouches
 * for, so time is bounded in either of two ways:
 * - JavaScript's own engine runs where its worst case is known: no repetition within a repetition, and few enough open
 *   ones for the length of the text (`steps`);
 * - otherwise a Pike machine follows all alternatives at once, in time proportional to the text.
 * Only JavaScript's engine can look around or refer back: such a pattern is refused when it also nests repetitions, and
 * throws PatternError on a text that is too long for it.
 */
export type Pattern = {
  /** Whether it matches anywhere. */
  readonly test: (text: string) => boolean;
  /** Whether it matches the whole text. */
  readonly testFull: (text: string) => boolean;
  /** Every match replaced; `$1`, `${1}` and `${name}` stand for groups, `$$` for a dollar. */
  readonly replace: (text: string, substitution: string) => string;
};

/** What a native match may cost at worst. */
const steps = 200_000;
/** Replacing looks again after every match. */
const longestReplaced = 20_000;

/** Flags: `i` ignores case, `m` lets ^ and $ match at lines. Throws PatternError. */
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
  const onlyNative = looks(tree);
  if (onlyNative && degree === Number.POSITIVE_INFINITY)
    throw new PatternError('looks around or back while repeating repetitions');
  // printed from the tree, so that both engines read the same pattern
  const native = degree === Number.POSITIVE_INFINITY ? undefined : new RegExp(print(tree), `us${flags}`);
  const global = native && new RegExp(native.source, `${native.flags}g`);
  let program: readonly Instruction[] | undefined;
  const machine = (): readonly Instruction[] => {
    if (onlyNative) throw new PatternError('looks around or back; the text is too long for that');
    program ??= assemble(tree, flags.includes('i'));
    return program;
  };
  const multiline = flags.includes('m');
  if (!native) machine();
  const fits = (text: string, more: number): boolean => text.length < 2 || text.length ** (degree + more) <= steps;
  return {
    test: (text) => {
      if (native && fits(text, 0)) return native.test(text);
      return search(machine(), { codes: codesOf(text), from: 0, multiline, slots: 0, anyMatch: true }) !== undefined;
    },
    replace: (text, by) => {
      if (global && fits(text, 1))
        return text.replace(global, (...found: unknown[]) => by(found.slice(0, groupCount(found)) as Groups));
      if (text.length > longestReplaced) throw new PatternError('is given a text that is too long to replace in');
      return replaceWith(machine(), text, multiline, by);
    },
  };
}

/** What String.replace hands over: match and groups, then offset, text and named groups. */
const groupCount = (found: readonly unknown[]): number => found.findIndex((it) => typeof it === 'number');

const codesOf = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) as number);

function replaceWith(
  program: readonly Instruction[],
  text: string,
  multiline: boolean,
  by: (groups: Groups) => string,
): string {
  const characters = [...text];
  const codes = codesOf(text);
  const slots = 2 + 2 * program.filter((it) => it.do === 'save').length;
  const parts: string[] = [];
  let done = 0;
  for (let from = 0; from <= codes.length; ) {
    const found = search(program, { codes, from, multiline, slots, anyMatch: false });
    if (!found) break;
    const [begin, stop] = found as Captures & [number, number];
    parts.push(characters.slice(done, begin).join(''), by(groupsOf(found, characters)));
    done = stop;
    from = stop === begin ? stop + 1 : stop;
  }
  return parts.join('') + characters.slice(done).join('');
}

function groupsOf(captures: Captures, characters: readonly string[]): Groups {
  const groups: (string | undefined)[] = [];
  for (let slot = 0; slot + 1 < captures.length; slot += 2) {
    const [from, to] = [captures[slot] ?? -1, captures[slot + 1] ?? -1];
    groups.push(from < 0 || to < 0 ? undefined : characters.slice(from, to).join(''));
  }
  return groups;
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
 * How the work of a backtracking engine grows with the text: the number of repetitions that can take more than a few
 * characters, one more for trying every place. Infinite when a repetition holds another.
 */
function degreeOf(tree: PatternSyntax): number {
  const anchored = tree.kind === 'sequence' && isStart(tree.parts[0]);
  return openRepetitions(tree) + (anchored ? 0 : 1);
}

const isStart = (node: PatternSyntax | undefined): boolean => node?.kind === 'assertion' && node.what === 'start';

/** Up to this many times counts as a constant. */
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

/** Takes one character in one way. */
const isPlain = (node: PatternSyntax): boolean => node.kind === 'set' || (node.kind === 'group' && isPlain(node.of));

function looks(node: PatternSyntax): boolean {
  if (node.kind === 'look' || node.kind === 'backreference') return true;
  if (node.kind === 'sequence' || node.kind === 'choice') return node.parts.some(looks);
  return (node.kind === 'repeat' || node.kind === 'group') && looks(node.of);
}

/** In the notation of ECMAScript with flag u. */
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
