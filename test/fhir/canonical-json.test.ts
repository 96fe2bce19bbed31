import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { digestOf } from '../../src/fhir/digest.ts';
import { parseJson } from '../../src/fhir/json.ts';

test('the order of properties does not matter, that of items does', () => {
  expect(canonicalJson({ b: [1, 2], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[1,2]}');
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test('undefined properties are not there', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('1.0 and 1.00 are two values', () => {
  const text = (digits: string) => canonicalJson(parseJson(`{"resourceType":"X","n":${digits},"m":[${digits}]}`));
  expect(text('1.00')).toBe('{"m":[1.00],"n":1.00,"resourceType":"X"}');
  expect(text('1.0')).not.toBe(text('1.00'));
});

/** Ours differs from RFC 8785 in two points only: FHIR decimals keep their digits, and a lone surrogate is no failure. */
test('everything else is as RFC 8785 has it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) => {
      expect(canonicalJson(value)).toBe(canonicalize(value));
    }),
    { numRuns: 1000 },
  );
  for (const value of [
    -0,
    1e21,
    1e-7,
    5e-324,
    2 ** 53,
    0.1 + 0.2,
    '\u2028',
    '\u007f',
    { '\ufb33': 1, '\ud83d\ude00': 2, 1: 3, '': 4 },
  ])
    expect(canonicalJson([value])).toBe(canonicalize([value]));
});

test('with texts replaced it is that of a copy with them replaced', () => {
  const replaced = (text: string) => (text === 'a' ? 'entry-0 "quoted"' : text);
  const copy = (value: unknown): unknown => {
    if (typeof value === 'string') return replaced(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(copy);
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, copy(it)]));
  };
  const value = { b: ['a', 'b', { a: 'a' }], a: 'a', c: [1, null, true] };
  expect(canonicalJson(value, replaced)).toBe(canonicalJson(copy(value)));
  const decimal = parseJson('{"resourceType":"X","n":1.00,"m":[1.00],"t":"a"}');
  expect(canonicalJson(decimal, replaced)).toBe(canonicalJson(copy(decimal)));
});

test('a lone surrogate is escaped', () => {
  expect(canonicalJson({ a: '\ud83d' })).toBe('{"a":"\\ud83d"}');
  expect(() => canonicalize({ a: '\ud83d' })).toThrow();
});

test('digests stay the same from version to version: they are stored', () => {
  expect(digestOf({ b: [1, null, 'é'], a: { c: -0, d: undefined } })).toBe(
    '9e510b9bcef0931ad3d7651a7464e1a56d1a6d633b63994b8c9a28dee3add45e',
  );
});
