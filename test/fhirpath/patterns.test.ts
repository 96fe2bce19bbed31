import { setFlagsFromString } from 'node:v8';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilePattern, PatternError } from '../../src/fhirpath/index.ts';
import { compileLinear } from '../../src/fhirpath/pattern/linear.ts';
import { parsePattern } from '../../src/fhirpath/pattern/syntax.ts';
import { withinCpuTime } from '../support/cpu-time.ts';
import { runs } from '../support/long.ts';

/**
 * Patterns over a, b and c, in a notation that JavaScript reads the same way. Only what takes a character is repeated:
 * which of several empty matches is preferred, the dialects do not agree about.
 */
const patternText = fc.letrec<{ pattern: string; solid: string }>((tie) => ({
  solid: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\D'),
    fc.tuple(tie('solid'), tie('pattern')).map(([left, right]) => left + right),
    fc.tuple(tie('solid'), tie('solid')).map(([left, right]) => `(${left}|${right})`),
    fc.tuple(tie('solid'), fc.constantFrom('+', '+?', '{2}', '{1,3}')).map(([of, times]) => `(?:${of})${times}`),
  ),
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('solid'),
    fc.constantFrom('^', '$', '\\b', ''),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => left + right),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(${left}|${right})`),
    fc.tuple(tie('solid'), fc.constantFrom('*', '?', '*?', '{0,2}?')).map(([of, times]) => `(?:${of})${times}`),
  ),
})).pattern;
const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\n', ' '), maxLength: 12 });

const plain = { ignoreCase: false, multiline: false };

// the optimiser of Node 26 finds nothing in `aaaa` for /(?:.((.|(b|.))|(.|(?:.+?){2})).^)*/s, which fits an empty match
beforeAll(() => setFlagsFromString('--no-regexp-optimization'));
afterAll(() => setFlagsFromString('--regexp-optimization'));

test('RE2 finds the matches and groups that JavaScript finds', () => {
  fc.assert(
    fc.property(patternText, subject, (source, text) => {
      const linear = compileLinear(parsePattern(source).tree, plain);
      const native = [...text.matchAll(new RegExp(source, 'gus'))];
      expect(linear.test(text)).toBe(native.length > 0);
      expect([...linear.matches(text)].map(({ start, groups }) => [start, groups[0]])).toEqual(
        native.map((it) => [it.index, it[0]]),
      );
    }),
    { numRuns: runs(2000) },
  );
});

/** Where dialects and encodings differ: spaces, line ends, folding of case, characters outside the BMP, lone surrogates. */
const signs = [...'aZ0_- \t\n\r\u00a0\u2028éÉßẞſ\u212aİıΣς٣µåꭰᎠ', '🔥', '\ud83d', '\udd25'];
const sets = [
  '.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '[^a-z]',
  '[a-zà-ÿ]',
  '\\x41',
  '\\u00e9',
  '[^\\w]',
  ...'kσsßi',
];

test.each([
  ['as written', ''],
  ['ignoring case', 'i'],
])('RE2 and JavaScript agree about single characters, %s', (_, flags) => {
  for (const set of sets)
    for (const sign of signs) {
      const linear = compileLinear(parsePattern(set).tree, { ignoreCase: flags !== '', multiline: false });
      expect([set, sign, linear.test(sign)]).toEqual([set, sign, new RegExp(set, `us${flags}`).test(sign)]);
    }
});

test('RE2 replaces around characters of two code units, and at empty matches', () => {
  const replaced = (source: string, text: string) =>
    [...compileLinear(parsePattern(source).tree, plain).matches(text)].map(({ start, end }) => [start, end]);
  expect(replaced('', '🔥a')).toEqual([...'🔥a'.matchAll(/(?:)/gu)].map((it) => [it.index, it.index]));
  expect(replaced('.', '🔥a')).toEqual([
    [0, 2],
    [2, 3],
  ]);
});

test('^ and $ match at lines with flag m only', () => {
  const lines = (multiline: boolean) => [
    ...compileLinear(parsePattern('^(b+)+$').tree, { ignoreCase: false, multiline }).matches('a\nb\nbb'),
  ];
  expect(lines(false)).toEqual([]);
  expect(lines(true).map(({ groups }) => groups[0])).toEqual(['b', 'bb']);
  expect(compilePattern('^(b+)+$', 'm').replace('a\nb\nbb', '<$1>')).toBe('a\n<b>\n<bb>');
});

test('test, testFull and replace agree with JavaScript', () => {
  fc.assert(
    fc.property(patternText, subject, (source, text) => {
      const pattern = compilePattern(source);
      expect(pattern.test(text)).toBe(new RegExp(source, 'us').test(text));
      expect(pattern.testFull(text)).toBe(new RegExp(`^(?:${source})$`, 'us').test(text));
      expect(pattern.replace(text, '<$0>')).toBe(text.replace(new RegExp(source, 'gus'), '<$&>'));
    }),
    { numRuns: runs(1000) },
  );
});

/** Patterns with a text on which a backtracking engine does not finish. */
const hostile: Readonly<Record<string, string>> = {
  '^(a+)+$': `${'a'.repeat(50_000)}!`,
  '^(a|aa)+$': `${'a'.repeat(50_000)}!`,
  '(x+x+)+y': 'x'.repeat(20_000),
  '^(([a-z])+.)+[A-Z]([a-z])+$': 'a'.repeat(20_000),
  '(\\s*([0-9a-zA-Z+/=]){4}\\s*)+$': `${'AAAA '.repeat(5000)}!`,
  '.*.*.*x': 'y'.repeat(20_000),
  '\\d+\\d+\\d+\\d+!': '1'.repeat(20_000),
  // the literal that a prefilter looks for is there, but in the wrong place
  '[ab](?:x+x+)+y': `y${'x'.repeat(20_000)}`,
  '(?:[ab]*a[ab]{15})+c': `c${'abbab'.repeat(4000)}`,
  '(?:(?:x{50}){20})+y': `y${'x'.repeat(20_000)}`,
  [`(?:${'a?'.repeat(500)})+a{500}b`]: `b${'a'.repeat(5000)}`,
  [`(?:${Array.from({ length: 1000 }, (_, at) => `word${at}`).join('|')})+!`]: `!${'word77'.repeat(3000)}`,
};

test.each(Object.entries(hostile))('%s finishes on any text', (source, text) => {
  const pattern = compilePattern(source);
  expect(withinCpuTime(5_000, () => pattern.test(text))).toBe(false);
});

describe('refused patterns', () => {
  test.each([
    '(',
    ')',
    '[a',
    '*',
    'a**+',
    'a{3,2}',
    '\\',
    '\\q',
    '(?>a)',
    '(?=(a+)+)b',
    'a{5000}',
    '((a{1000}){1000})',
    '(?:(?:a{30}){40})',
    `a${'{1}'.repeat(10_000)}`,
    `(?:${'(?:ab)?'.repeat(10_000)})+`,
    `${'(?:'.repeat(60)}a${')'.repeat(60)}`,
  ])('%s', (source) => {
    expect(() => compilePattern(source)).toThrow(PatternError);
  });
  test('an unknown flag', () => expect(() => compilePattern('a', 'g')).toThrow(PatternError));
  test('a long text for a pattern that looks ahead', () => {
    const pattern = compilePattern('^(?!.*secret).*$');
    expect(pattern.test('all of this is fine')).toBe(true);
    expect(() => pattern.test('x'.repeat(10_000))).toThrow(PatternError);
  });
});

test('classes, codes and names', () => {
  expect(compilePattern('^[[:alpha:]\\d\\-]+$').test('Ab-9')).toBe(true);
  expect(compilePattern('^\\u00e9\\x41$').test('éA')).toBe(true);
  expect(compilePattern('^.$').test('🔥')).toBe(true);
  expect(compilePattern('É', 'i').test('café')).toBe(true);
  expect(compilePattern('(?<a>x)(y)').replace('xy xy', ['$', '{2}$', '{a}$$'].join(''))).toBe('yx$ yx$');
});
