import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, PatternError } from '../../src/fhirpath/index.ts';
import { assemble, search } from '../../src/fhirpath/pattern/program.ts';
import { parsePattern } from '../../src/fhirpath/pattern/syntax.ts';
import { withinCpuTime } from '../support/cpu-time.ts';

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

test('the machine finds the match that JavaScript finds', () => {
  fc.assert(
    fc.property(patternText, subject, (source, text) => {
      const { tree, names } = parsePattern(source);
      const found = search(assemble(tree, false), {
        codes: Array.from(text, (it) => it.codePointAt(0) as number),
        from: 0,
        multiline: false,
        slots: 2 * names.length,
        anyMatch: false,
      });
      const native = new RegExp(source, 'us').exec(text);
      expect(found?.slice(0, 2)).toEqual(native ? [native.index, native.index + native[0].length] : undefined);
    }),
    { numRuns: 2000 },
  );
});

test('test, testFull and replace agree with JavaScript', () => {
  fc.assert(
    fc.property(patternText, subject, (source, text) => {
      const pattern = compilePattern(source);
      expect(pattern.test(text)).toBe(new RegExp(source, 'us').test(text));
      expect(pattern.testFull(text)).toBe(new RegExp(`^(?:${source})$`, 'us').test(text));
      expect(pattern.replace(text, '<$0>')).toBe(text.replace(new RegExp(source, 'gus'), '<$&>'));
    }),
    { numRuns: 1000 },
  );
});

/** Patterns that bring a backtracking engine to a halt, each with a text that does it. */
const evil: Readonly<Record<string, string>> = {
  '^(a+)+$': `${'a'.repeat(50_000)}!`,
  '^(a|aa)+$': `${'a'.repeat(50_000)}!`,
  '(x+x+)+y': 'x'.repeat(20_000),
  '^(([a-z])+.)+[A-Z]([a-z])+$': 'a'.repeat(20_000),
  '(\\s*([0-9a-zA-Z+/=]){4}\\s*)+$': `${'AAAA '.repeat(5000)}!`,
  '.*.*.*x': 'y'.repeat(20_000),
  '\\d+\\d+\\d+\\d+!': '1'.repeat(20_000),
};

test.each(Object.entries(evil))('%s is quick on any text', (source, text) => {
  const pattern = compilePattern(source);
  expect(withinCpuTime(1_500, () => pattern.test(text))).toBe(false);
});

describe('what is refused', () => {
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
  ])('%s', (source) => {
    expect(() => compilePattern(source)).toThrow(PatternError);
  });
  test('a flag that is not known', () => expect(() => compilePattern('a', 'g')).toThrow(PatternError));
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
