import type { CodeSystem, ValueSet } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const ucum = 'http://unitsofmeasure.org';
const sct = 'http://snomed.info/sct';
const own = 'urn:mgn:codes';
const ownSystem = (more: Partial<CodeSystem>): CodeSystem => ({
  resourceType: 'CodeSystem',
  url: own,
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  ...more,
});
type Include = NonNullable<NonNullable<ValueSet['compose']>['include']>[number];
const setOf = (include: Include[], more: Partial<ValueSet> = {}): ValueSet => ({
  resourceType: 'ValueSet',
  url: 'urn:mgn:set',
  status: 'active',
  ...more,
  compose: { include, ...more.compose },
});

/** The verdict on a code with a required binding to a value set. */
const verdictOf = (system: string, code: string, definitions: (ValueSet | CodeSystem)[], valueSet = 'urn:mgn:set') => {
  const bound = profileOf('Observation', [{ path: 'Observation.code', binding: { strength: 'required', valueSet } }]);
  const sent = { resourceType: 'Observation', status: 'final', code: { coding: [{ system, code }] } };
  return validator.with([bound, ...definitions]).validate(sent, { profiles: [profileUrl] }).verdict;
};

describe('UCUM is a grammar: a unit is decided without a list', () => {
  const all = [setOf([{ system: ucum }])];

  test.each(['mL', 'mg/dL', '10*3/uL', '{score}', '[kp_X]'])('%s is a unit', (code) => {
    expect(verdictOf(ucum, code, all)).toBe('valid');
  });
  test.each(['ml/stone', 'foo', 'mmHg'])('%s is none', (code) => {
    expect(verdictOf(ucum, code, all)).toBe('invalid');
  });
  test('a filter on the canonical form compares dimensions', () => {
    const masses = [setOf([{ system: ucum, filter: [{ property: 'canonical', op: '=', value: 'g' }] }])];
    expect([verdictOf(ucum, 'kg', masses), verdictOf(ucum, 'km', masses)]).toEqual(['valid', 'invalid']);
  });
});

describe('a regular expression as filter', () => {
  const system = ownSystem({
    concept: [
      { code: 'A1', display: 'een' },
      { code: 'B1', display: 'twee' },
    ],
  });
  const filtered = (property: string, value: string) => [
    system,
    setOf([{ system: own, filter: [{ property, op: 'regex', value }] }]),
  ];

  test.each([
    ['code', 'A[0-9]', 'valid', 'invalid'],
    ['code', 'A', 'invalid', 'invalid'],
    ['display', 'e.*|x', 'valid', 'invalid'],
  ])('on %s, %s, matches the whole value', (property, value, a, b) => {
    expect([verdictOf(own, 'A1', filtered(property, value)), verdictOf(own, 'B1', filtered(property, value))]).toEqual([
      a,
      b,
    ]);
  });

  test('that is none leaves the code undecided', () => {
    expect(verdictOf(own, 'A1', filtered('code', '(['))).toBe('undecided');
  });
});

describe('an expansion beside a composition that cannot be decided', () => {
  const composed = [{ system: sct, filter: [{ property: 'concept', op: 'is-a' as const, value: '404684003' }] }];
  const expanded = (expansion: Partial<NonNullable<ValueSet['expansion']>>, codes = ['386661006']) => [
    setOf(composed, {
      expansion: { timestamp: '2026-01-01', contains: codes.map((code) => ({ system: sct, code })), ...expansion },
    }),
  ];

  test('decides', () => {
    expect(verdictOf(sct, '386661006', expanded({ total: 1 }))).toBe('valid');
    expect(verdictOf(sct, '1', expanded({ total: 1 }))).toBe('invalid');
    expect(verdictOf(sct, '1', expanded({}))).toBe('invalid');
  });

  test.each([
    ['a page', { total: 100 }],
    ['a later page', { total: 1, offset: 1 }],
    [
      'cut off',
      { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/valueset-toocostly', valueBoolean: true }] },
    ],
    ['limited', { parameter: [{ name: 'limitedExpansion', valueBoolean: true }] }],
  ])('that is only a part decides only what it lists: %s', (_, expansion) => {
    expect(verdictOf(sct, '386661006', expanded(expansion))).toBe('valid');
    expect(verdictOf(sct, '1', expanded(expansion))).toBe('undecided');
  });

  test('does not overrule a composition that decides', () => {
    const set = setOf([{ system: own }], {
      expansion: { timestamp: '2026-01-01', contains: [{ system: own, code: 'old' }] },
    });
    expect(verdictOf(own, 'old', [ownSystem({ concept: [{ code: 'new' }] }), set])).toBe('invalid');
  });
});

describe('a version that is not loaded is not replaced by another', () => {
  const first = { ...setOf([{ system: own, concept: [{ code: 'a' }] }]), version: '1' };
  const system = ownSystem({ version: '1', concept: [{ code: 'a' }] });

  test('of a value set', () => {
    expect(verdictOf(own, 'a', [first], 'urn:mgn:set|1')).toBe('valid');
    expect(verdictOf(own, 'a', [first], 'urn:mgn:set|2')).toBe('undecided');
    expect(verdictOf(own, 'b', [first], 'urn:mgn:set|2')).toBe('undecided');
  });

  test('of an imported value set', () => {
    const importing = (version: string) => [
      first,
      { ...setOf([{ valueSet: [`urn:mgn:set|${version}`] }]), url: 'urn:mgn:all' },
    ];
    expect(verdictOf(own, 'b', importing('1'), 'urn:mgn:all')).toBe('invalid');
    expect(verdictOf(own, 'b', importing('2'), 'urn:mgn:all')).toBe('undecided');
  });

  test('of a code system', () => {
    expect(verdictOf(own, 'b', [system, setOf([{ system: own, version: '1' }])])).toBe('invalid');
    expect(verdictOf(own, 'b', [system, setOf([{ system: own, version: '2' }])])).toBe('undecided');
    expect(verdictOf(own, 'a', [system, setOf([{ system: own, version: '2' }])])).toBe('undecided');
  });
});

describe('inactive and abstract codes', () => {
  const system = ownSystem({
    property: [
      { code: 'state', uri: 'http://hl7.org/fhir/concept-properties#status', type: 'code' },
      { code: 'notSelectable', type: 'boolean' },
    ],
    concept: [
      { code: 'new' },
      { code: 'retired', property: [{ code: 'state', valueCode: 'retired' }] },
      { code: 'off', property: [{ code: 'inactive', valueBoolean: true }] },
      { code: 'deprecated', property: [{ code: 'state', valueCode: 'deprecated' }] },
      { code: 'group', property: [{ code: 'notSelectable', valueBoolean: true }], concept: [{ code: 'member' }] },
    ],
  });
  const without = (include: Include) => [
    system,
    setOf([include], { compose: { include: [include], inactive: false } }),
  ];

  test.each(['retired', 'off'])('%s is left out by compose.inactive false', (code) => {
    expect(verdictOf(own, code, without({ system: own }))).toBe('invalid');
    expect(verdictOf(own, code, without({ system: own, concept: [{ code }] }))).toBe('invalid');
    expect(verdictOf(own, code, [system, setOf([{ system: own }])])).toBe('valid');
  });

  test.each(['new', 'deprecated', 'member'])('%s is not', (code) => {
    expect(verdictOf(own, code, without({ system: own }))).toBe('valid');
  });

  test('an abstract code is not one of an instance, unless the value set names it', () => {
    expect(verdictOf(own, 'group', [system, setOf([{ system: own }])])).toBe('invalid');
    expect(verdictOf(own, 'group', [system, setOf([{ system: own, concept: [{ code: 'group' }] }])])).toBe('valid');
  });

  test.each(['question', 'choice'])('type %s of an item of a Questionnaire', (type) => {
    const form = { resourceType: 'Questionnaire', status: 'active', name: 'Form', item: [{ linkId: '1', type }] };
    expect(validator.validate(form).verdict).toBe(type === 'question' ? 'invalid' : 'valid');
  });
});
