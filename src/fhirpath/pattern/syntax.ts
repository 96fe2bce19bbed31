/** A regular expression as a tree. Characters are Unicode code points; `.` matches each of them (single-line mode). */
export type PatternSyntax =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; readonly negated: boolean }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternSyntax[] }
  /** `max` is Infinity without an upper bound. */
  | {
      readonly kind: 'repeat';
      readonly of: PatternSyntax;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  /** A group with `index` 0 does not capture. */
  | { readonly kind: 'group'; readonly of: PatternSyntax; readonly index: number; readonly name: string | undefined }
  | { readonly kind: 'assertion'; readonly what: 'start' | 'end' | 'boundary' | 'noBoundary' }
  /** Needs a backtracking engine. */
  | { readonly kind: 'look'; readonly opening: '(?=' | '(?!' | '(?<=' | '(?<!'; readonly of: PatternSyntax }
  | { readonly kind: 'backreference'; readonly to: string };

export type Range = readonly [from: number, to: number];

export class PatternError extends Error {}

const lastCodePoint = 0x10ffff;
export const anyCharacter: PatternSyntax = { kind: 'set', ranges: [[0, lastCodePoint]], negated: false };

const digit: readonly Range[] = [[48, 57]];
const word: readonly Range[] = [...digit, [65, 90], [95, 95], [97, 122]];
const space: readonly Range[] = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]; // prettier-ignore

const classes: Readonly<Record<string, readonly [ranges: readonly Range[], negated: boolean]>> = {
  d: [digit, false],
  D: [digit, true],
  w: [word, false],
  W: [word, true],
  s: [space, false],
  S: [space, true],
};
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0, a: 7, e: 27 };
const posix: Readonly<Record<string, readonly Range[]>> = {
  alpha: [
    [65, 90],
    [97, 122],
  ],
  digit,
  alnum: [...digit, [65, 90], [97, 122]],
  upper: [[65, 90]],
  lower: [[97, 122]],
  space,
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  xdigit: [...digit, [65, 70], [97, 102]],
}; // prettier-ignore

const maxDepth = 50;
const maxRepeat = 1000;

/** Parses the syntax that PCRE and ECMAScript share. Throws PatternError on a malformed pattern and on other syntax. */
export function parsePattern(source: string): {
  readonly tree: PatternSyntax;
  readonly names: readonly (string | undefined)[];
} {
  const characters = [...source];
  const names: (string | undefined)[] = [undefined];
  let at = 0;
  let depth = 0;
  const fail = (problem: string): never => {
    throw new PatternError(problem);
  };
  const eat = (text: string): boolean => {
    const found = [...text].every((character, offset) => characters[at + offset] === character);
    if (found) at += [...text].length;
    return found;
  };

  function choice(): PatternSyntax {
    if (++depth > maxDepth) fail('is nested too deeply');
    const parts = [sequence()];
    while (eat('|')) parts.push(sequence());
    depth -= 1;
    return parts.length === 1 ? (parts[0] as PatternSyntax) : { kind: 'choice', parts };
  }

  function sequence(): PatternSyntax {
    const parts: PatternSyntax[] = [];
    while (at < characters.length && characters[at] !== '|' && characters[at] !== ')') parts.push(quantified(atom()));
    if (parts.length === 0) return { kind: 'empty' };
    return parts.length === 1 ? (parts[0] as PatternSyntax) : { kind: 'sequence', parts };
  }

  function quantified(of: PatternSyntax, stacked = 0): PatternSyntax {
    if (stacked > maxDepth) fail('is nested too deeply');
    const bounds = quantifier();
    if (!bounds) return of;
    if (of.kind === 'assertion' || of.kind === 'look') fail('repeats an assertion');
    const greedy = !eat('?');
    if (eat('+')) fail('has a possessive quantifier');
    if (bounds.max < bounds.min || bounds.min > maxRepeat || (bounds.max > maxRepeat && bounds.max !== Infinity))
      fail('repeats too often');
    return quantified({ kind: 'repeat', of, ...bounds, greedy }, stacked + 1);
  }

  function quantifier(): { min: number; max: number } | undefined {
    if (eat('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (eat('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (eat('?')) return { min: 0, max: 1 };
    const match = characters[at] === '{' ? /^\{(\d+)(,(\d*))?\}/.exec(characters.slice(at, at + 12).join('')) : null;
    if (!match) return undefined;
    at += match[0].length;
    const min = Number(match[1]);
    return { min, max: match[2] === undefined ? min : match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY };
  }

  function atom(): PatternSyntax {
    if (eat('(')) return group();
    if (eat('[')) return set();
    if (eat('.')) return anyCharacter;
    if (eat('^')) return { kind: 'assertion', what: 'start' };
    if (eat('$')) return { kind: 'assertion', what: 'end' };
    if (eat('\\')) return escaped();
    if ('*+?'.includes(characters[at] ?? '*')) fail('has nothing to repeat');
    return literal(codeHere());
  }

  function group(): PatternSyntax {
    const close = (of: PatternSyntax, index = 0, name?: string): PatternSyntax => {
      if (!eat(')')) fail('has an unclosed group');
      return { kind: 'group', of, index, name };
    };
    if (eat('?:')) return close(choice());
    for (const opening of ['(?<=', '(?<!', '(?=', '(?!'] as const) {
      if (!eat(opening.slice(1))) continue;
      const of = choice();
      if (!eat(')')) fail('has an unclosed group');
      return { kind: 'look', opening, of };
    }
    const named = eat('?P<') || eat('?<') ? /^(\w+)>/.exec(characters.slice(at).join('')) : undefined;
    if (named === null || (!named && characters[at] === '?')) return fail('has an unknown kind of group');
    at += named?.[0].length ?? 0;
    const index = names.push(named?.[1]) - 1;
    return close(choice(), index, named?.[1]);
  }

  function escaped(): PatternSyntax {
    const letter = characters[at] ?? fail('ends in a backslash');
    const named = Object.hasOwn(classes, letter) ? classes[letter] : undefined;
    if (named) {
      at += 1;
      return { kind: 'set', ranges: named[0], negated: named[1] };
    }
    if (eat('b')) return { kind: 'assertion', what: 'boundary' };
    if (eat('B')) return { kind: 'assertion', what: 'noBoundary' };
    if (eat('A')) return { kind: 'assertion', what: 'start' };
    if (eat('Z') || eat('z')) return { kind: 'assertion', what: 'end' };
    if (/[1-9]/.test(letter)) {
      at += 1;
      return { kind: 'backreference', to: letter };
    }
    return literal(escapedCode());
  }

  /** The character after a backslash: a control character, a code, or itself. */
  function escapedCode(): number {
    const letter = characters[at] ?? fail('ends in a backslash');
    const coded = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|[xu]\{([0-9A-Fa-f]{1,6})\})/.exec(
      characters.slice(at, at + 9).join(''),
    );
    if (coded) {
      at += coded[0].length;
      return Number.parseInt(coded[1] ?? coded[2] ?? coded[3] ?? '0', 16);
    }
    const control = Object.hasOwn(controls, letter) ? controls[letter] : undefined;
    if (control === undefined && /[A-Za-z]/.test(letter)) fail(`has the unknown escape \\${letter}`);
    if (control === undefined) return codeHere();
    at += 1;
    return control;
  }

  function set(): PatternSyntax {
    const negated = eat('^');
    const ranges: Range[] = [];
    for (let first = true; first || characters[at] !== ']'; first = false) {
      if (at >= characters.length) fail('has an unclosed set');
      const from = setItem(ranges);
      if (from === undefined || characters[at] !== '-' || characters[at + 1] === ']') {
        if (from !== undefined) ranges.push([from, from]);
        continue;
      }
      at += 1;
      const to = setItem(ranges);
      if (to === undefined) ranges.push([from, from], [45, 45]);
      else if (to < from) fail('has a range that runs backwards');
      else ranges.push([from, to]);
    }
    at += 1;
    return { kind: 'set', ranges, negated };
  }

  /** One character of a set. A class such as \d is added to `ranges` and returns undefined. */
  function setItem(ranges: Range[]): number | undefined {
    const named = characters[at] === '[' ? /^\[:(\w+):\]/.exec(characters.slice(at, at + 12).join('')) : null;
    if (named) {
      at += named[0].length;
      ranges.push(...(posix[named[1] ?? ''] ?? fail('has an unknown character class')));
      return undefined;
    }
    if (!eat('\\')) return codeHere();
    const letter = characters[at] ?? '';
    if (eat('b')) return 8;
    const shorthand = Object.hasOwn(classes, letter) ? classes[letter] : undefined;
    if (!shorthand) return escapedCode();
    at += 1;
    ranges.push(...(shorthand[1] ? complement(shorthand[0]) : shorthand[0]));
    return undefined;
  }

  function codeHere(): number {
    const code = characters[at]?.codePointAt(0) ?? fail('ends too early');
    at += 1;
    return code;
  }

  const tree = choice();
  if (at < characters.length) fail('has an unmatched )');
  return { tree, names };
}

const literal = (code: number): PatternSyntax => ({ kind: 'set', ranges: [[code, code]], negated: false });

function complement(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  let from = 0;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (low > from) out.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from <= lastCodePoint) out.push([from, lastCodePoint]);
  return out;
}
