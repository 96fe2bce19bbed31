import type * as Re2 from 're2js';
import { checkSize } from './size.ts';
import { PatternError, type PatternSyntax } from './syntax.ts';

/** Matches in time proportional to the text, whatever the pattern: RE2 (https://github.com/google/re2/wiki/Syntax). */
export type LinearPattern = {
  readonly test: (text: string) => boolean;
  /** Every match from left to right, with its groups; a group that took no part is undefined. */
  readonly matches: (text: string) => Iterable<Match>;
};

export type Match = { readonly start: number; readonly end: number; readonly groups: readonly (string | undefined)[] };

/** Throws PatternError when the pattern has a look-around or a back-reference, or is larger than RE2 allows. */
export function compileLinear(tree: PatternSyntax, { ignoreCase, multiline }: LinearFlags): LinearPattern {
  checkSize(tree);
  const { RE2JS, RE2JSException } = re2();
  const source = printForRe2(tree);
  const compile = () => {
    try {
      return RE2JS.compile(source, (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (multiline ? RE2JS.MULTILINE : 0));
    } catch (problem) {
      throw problem instanceof RE2JSException ? new PatternError('is too large') : problem;
    }
  };
  const pattern = compile();
  return {
    test: (text) => pattern.test(text),
    *matches(text) {
      const matcher = pattern.matcher(text);
      const indexes = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => index);
      while (matcher.find())
        yield {
          start: matcher.start(),
          end: matcher.end(),
          groups: indexes.map((index) => matcher.group(index) ?? undefined),
        };
    },
  };
}

export type LinearFlags = { readonly ignoreCase: boolean; readonly multiline: boolean };

let loaded: typeof Re2 | undefined;

/** Loaded with the first pattern that needs it: most runs of the CLI meet none, and loading takes 10 ms. */
function re2(): typeof Re2 {
  loaded ??= process.getBuiltinModule('node:module').createRequire(import.meta.url)('re2js') as typeof Re2;
  return loaded;
}

function printForRe2(node: PatternSyntax): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)';
    case 'set': {
      const code = (it: number): string => `\\x{${it.toString(16)}}`;
      return `[${node.negated ? '^' : ''}${node.ranges.map(([from, to]) => `${code(from)}-${code(to)}`).join('')}]`;
    }
    case 'sequence':
      return node.parts.map(printForRe2).join('');
    case 'choice':
      return `(?:${node.parts.map(printForRe2).join('|')})`;
    case 'repeat': {
      const max = node.max === Number.POSITIVE_INFINITY ? '' : node.max;
      return `(?:${printForRe2(node.of)}){${node.min},${max}}${node.greedy ? '' : '?'}`;
    }
    case 'group':
      return `(${node.index === 0 ? '?:' : ''}${printForRe2(node.of)})`;
    case 'assertion':
      return { start: '^', end: '$', boundary: '\\b', noBoundary: '\\B' }[node.what];
    case 'look':
    case 'backreference':
      throw new PatternError('looks around or back');
  }
}
