import type { CodeSystem, ValueSet } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { openDefinitions } from '../../src/definitions/registry.ts';
import { terminologyOf } from '../../src/definitions/value-sets.ts';

const system = 'https://mgn.example/fhir/CodeSystem/animals';
const animals: CodeSystem = {
  resourceType: 'CodeSystem',
  url: system,
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  property: [{ code: 'legs', type: 'integer' }],
  concept: [
    {
      code: 'mammal',
      concept: [
        { code: 'dog', display: 'Dog', property: [{ code: 'legs', valueInteger: 4 }] },
        { code: 'whale', property: [{ code: 'legs', valueInteger: 0 }] },
      ],
    },
    { code: 'bird', property: [{ code: 'legs', valueInteger: 2 }] },
  ],
};

const has = (compose: ValueSet['compose'], code: string, of: string | undefined = system) => {
  const set: ValueSet = { resourceType: 'ValueSet', url: 'urn:set', status: 'active', ...(compose ? { compose } : {}) };
  return terminologyOf(openDefinitions({ definitions: [animals, set] }))
    .valueSet('urn:set')
    ?.has(of, code);
};

const filtered = (
  op: 'is-a' | 'descendent-of' | 'is-not-a' | '=' | 'in' | 'exists' | 'regex',
  property: string,
  value: string,
) => ({
  include: [{ system, filter: [{ op, property, value }] }],
});

test.each([
  ['a whole system', { include: [{ system }] }, 'dog', true],
  ['a code that the system has not', { include: [{ system }] }, 'cat', false],
  ['listed concepts', { include: [{ system, concept: [{ code: 'dog' }] }] }, 'whale', false],
  ['is-a, the concept itself', filtered('is-a', 'concept', 'mammal'), 'mammal', true],
  ['is-a, below', filtered('is-a', 'concept', 'mammal'), 'dog', true],
  ['descendent-of, not itself', filtered('descendent-of', 'concept', 'mammal'), 'mammal', false],
  ['is-not-a', filtered('is-not-a', 'concept', 'mammal'), 'bird', true],
  ['property =', filtered('=', 'legs', '4'), 'dog', true],
  ['property in', filtered('in', 'legs', '2,4'), 'whale', false],
  ['property exists', filtered('exists', 'legs', 'true'), 'mammal', false],
  ['exclude', { include: [{ system }], exclude: [{ system, concept: [{ code: 'dog' }] }] }, 'dog', false],
] as const)('%s', (_, compose, code, expected) => {
  expect(has(compose as ValueSet['compose'], code)).toBe(expected);
});

test.each(['constructor', '__proto__', 'toString'])('a property may be called %s', (code) => {
  const [dog, bird] = [{ code: 'dog', property: [{ code, valueString: 'x' }] }, { code: 'bird' }];
  const system = 'urn:names';
  const codes: CodeSystem = { resourceType: 'CodeSystem', url: system, status: 'active', content: 'complete' };
  const concept = [dog, bird];
  const compose = { include: [{ system, filter: [{ property: code, op: '=' as const, value: 'x' }] }] };
  const set: ValueSet = { resourceType: 'ValueSet', url: 'urn:set', status: 'active', compose };
  const property = [{ code, type: 'string' as const }];
  const open = (it: CodeSystem) => terminologyOf(openDefinitions({ definitions: [it, set] })).valueSet('urn:set');
  const found = open({ ...codes, concept, property });
  expect(['dog', 'bird'].map((it) => found?.has(system, it))).toEqual([true, false]);
  // no concept of the system has it
  expect(open({ ...codes, concept: [bird], property })?.has(system, 'bird')).toBe(false);
});

test('a code without system matches in any system; a code of another system does not', () => {
  expect(has({ include: [{ system }] }, 'dog', undefined)).toBe(true);
  expect(has({ include: [{ system }] }, 'dog', 'urn:other')).toBe(false);
});

test('membership is undefined for an absent system or an unsupported filter', () => {
  const snomed = 'http://snomed.info/sct';
  expect(has({ include: [{ system: snomed }] }, '73211009', snomed)).toBeUndefined();
  expect(has({ include: [{ system: snomed, concept: [{ code: '1' }] }] }, '2', snomed)).toBe(false);
  expect(has(filtered('regex', 'code', '(['), 'dog')).toBeUndefined();
  expect(has(filtered('regex', 'code', 'd.*'), 'dog')).toBe(true);
  expect(has(undefined, 'dog')).toBeUndefined();
});

test('a value set that includes itself terminates', () => {
  expect(has({ include: [{ valueSet: ['urn:set'] }] }, 'dog')).toBeUndefined();
});

test('value sets of R4: enumerated, by grammar, composed of others', () => {
  const terminology = terminologyOf(openDefinitions());
  const inSet = (set: string, code: string, of?: string) =>
    terminology.valueSet(`http://hl7.org/fhir/ValueSet/${set}`)?.has(of, code);
  expect(inSet('administrative-gender', 'female')).toBe(true);
  expect(inSet('administrative-gender', 'F')).toBe(false);
  expect(inSet('all-languages', 'nl-NL')).toBe(true);
  expect(inSet('mimetypes', 'no media type')).toBe(false);
  expect(inSet('currencies', 'EUR', 'urn:iso:std:iso:4217')).toBe(true);
});
