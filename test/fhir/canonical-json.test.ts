import { expect, test } from 'vitest';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
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
