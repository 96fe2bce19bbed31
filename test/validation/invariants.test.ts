import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDefinitions } from '../../src/definitions/registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileTest } from '../../src/fhirpath/index.ts';
import { earlyPassOf } from '../../src/validation/compile/invariant-shortcuts.ts';
import type { Run } from '../../src/validation/plan/plan.ts';
import { nativeInvariants } from '../../src/validation/rules/native-invariants.ts';
import { validator } from '../support/validation/validate.ts';

const text = fc.constantFrom('a', 'b', 'c');
const coding = fc.record({ system: fc.constantFrom('urn:a', 'urn:b'), code: text }, { requiredKeys: [] });
const concept = fc.record({ coding: fc.array(coding, { minLength: 1, maxLength: 2 }) }, { requiredKeys: [] });
const extension = fc.record(
  {
    url: fc.constant('urn:e'),
    valueString: text,
    _valueBoolean: fc.constant({ extension: [{ url: 'urn:x', valueString: 'x' }] }),
    extension: fc.array(fc.constant({ url: 'urn:x', valueString: 'x' }), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['url'] },
);
const contained = fc.record(
  {
    resourceType: fc.constant('Organization'),
    id: text,
    meta: fc.record(
      { versionId: text, lastUpdated: fc.constant('2026-01-01T00:00:00Z'), security: fc.constant([{ code: 'x' }]) },
      { requiredKeys: [] },
    ),
    contained: fc.constant([{ resourceType: 'Device' }]),
  },
  { requiredKeys: ['resourceType'] },
);
const patient = fc.record(
  {
    resourceType: fc.constant('Patient'),
    contained: fc.array(contained, { minLength: 1, maxLength: 3 }),
    text: fc.record({ status: fc.constant('generated'), div: fc.constant('<div/>') }, { requiredKeys: ['status'] }),
  },
  { requiredKeys: ['resourceType'] },
);
const observation = fc.record(
  {
    resourceType: fc.constant('Observation'),
    code: concept,
    valueString: text,
    component: fc.array(fc.record({ code: concept }), { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['resourceType'] },
);
/** For a logical reference (no text) the FHIRPath is empty; the native code passes it, since nothing is local. */
const reference = fc.record({ reference: fc.constantFrom('#a', '#b', '#none', 'Patient/a') });

const named = fc.record(
  { name: fc.constantFrom('Name', 'name', 'aName', '1', '_', 'N', 'é', 'with space') },
  { requiredKeys: [] },
);

const entry = fc.record(
  {
    fullUrl: fc.constantFrom('urn:a', 'urn:b', 'https://a.example/fhir/Patient/1/_history/2'),
    _fullUrl: fc.constant({ id: 'x' }),
    resource: fc.record(
      { resourceType: fc.constant('Patient'), meta: fc.record({ versionId: fc.constantFrom('1', '2') }) },
      { requiredKeys: ['resourceType'] },
    ),
    request: fc.constant({ method: 'GET', url: 'Patient' }),
    response: fc.constant({ status: '200' }),
  },
  { requiredKeys: [] },
);
const bundle = fc.record(
  {
    resourceType: fc.constant('Bundle'),
    type: fc.constantFrom('collection', 'batch', 'transaction-response', 'history'),
    entry: fc.array(entry, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['resourceType'] },
);

const generated: Readonly<Record<string, readonly [type: string, values: fc.Arbitrary<object>]>> = {
  'ext-1': ['Extension', extension],
  'dom-2': ['Patient', patient],
  'dom-4': ['Patient', patient],
  'dom-5': ['Patient', patient],
  'dom-6': ['Patient', patient],
  'cmd-0': ['ConceptMap', named],
  'csd-0': ['CodeSystem', named],
  'sdf-0': ['StructureDefinition', named],
  'spd-0': ['SearchParameter', named],
  'vsd-0': ['ValueSet', named],
  'bdl-3': ['Bundle', bundle],
  'bdl-4': ['Bundle', bundle],
  'bdl-7': ['Bundle', bundle],
  'bdl-8': ['Bundle.entry', entry],
  'obs-7': ['Observation', observation],
  'ref-1': ['Reference', reference],
};

test.each(Object.entries(nativeInvariants))('native %s equals its FHIRPath', (key, { expression, needs, holds }) => {
  const [type, values] = generated[key]!;
  const compiled = compileTest(expression, { type });
  fc.assert(
    fc.property(values, patient, (value, around) => {
      const resource = ('resourceType' in value ? value : around) as unknown as Resource;
      const run = { frame: { resource, root: resource }, notes: new Map() } as unknown as Run;
      const environment = { resource, rootResource: resource };
      expect(holds(value as Record<string, unknown>, run)).toBe(compiled(value, environment) === true);
      for (const needed of needs ?? []) {
        const { [needed]: _, ...without } = value as Record<string, unknown>;
        expect(holds(without, run), needed).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('native invariants have the expressions of R4', () => {
  const definitions = openDefinitions();
  const published = new Map<string, string>();
  const conformance = ['ConceptMap', 'CodeSystem', 'StructureDefinition', 'SearchParameter', 'ValueSet'];
  for (const name of ['DomainResource', 'Extension', 'Reference', 'Observation', 'Bundle', ...conformance]) {
    const definition = definitions.find('StructureDefinition', `http://hl7.org/fhir/StructureDefinition/${name}`);
    for (const { key, expression } of definition?.snapshot?.element?.flatMap((it) => it.constraint ?? []) ?? [])
      published.set(key ?? '', expression ?? '');
  }
  for (const [key, { expression }] of Object.entries(nativeInvariants))
    expect(expression, key).toBe(published.get(key));
});

describe('an invariant that a presence test decides', () => {
  const period = fc.record(
    {
      start: fc.constantFrom('2026-01-01', '2026-03-01'),
      end: fc.constantFrom('2026-02-01', '2026-04-01'),
      _end: fc.constant({ extension: [{ url: 'urn:x', valueString: 'x' }] }),
    },
    { requiredKeys: [] },
  );
  const quantity = fc.record(
    { code: text, system: fc.constant('urn:a'), _system: fc.constant({ id: 'x' }) },
    { requiredKeys: [] },
  );
  const repeat = fc.record(
    {
      duration: fc.constantFrom(-1, 0, 1),
      durationUnit: fc.constant('h'),
      timeOfDay: fc.constant(['09:00:00']),
      when: fc.constant(['MORN']),
    },
    { requiredKeys: [] },
  );
  test.each([
    ['Period', 'start.hasValue().not() or end.hasValue().not() or (start <= end)', period],
    ['Quantity', 'code.empty() or system.exists()', quantity],
    ['Quantity', 'code.exists() and system.exists() or value.exists()', quantity],
    ['Timing.repeat', 'duration.exists() implies duration >= 0', repeat],
    ['Timing.repeat', 'timeOfDay.empty() or when.empty()', repeat],
    ['Timing.repeat', 'timeOfDay.exists() or when.exists() or duration.exists()', repeat],
    ['Timing.repeat', 'duration.empty() or durationUnit.exists() implies when.exists()', repeat],
    ['Timing.repeat', 'duration.empty() or when.exists() xor timeOfDay.exists()', repeat],
  ])('%s: %s', (type, expression, values) => {
    const compiled = compileTest(expression, { type });
    const shortcut = earlyPassOf(expression, type);
    fc.assert(
      fc.property(values as fc.Arbitrary<Record<string, unknown>>, (value) => {
        if (shortcut?.(value)) expect(compiled(value)).toBe(true);
      }),
    );
  });
  test('is recognised by the prefix of its expression', () => {
    expect(earlyPassOf('code.empty() or system.exists()', 'Quantity')?.({ value: 1 })).toBe(true);
    expect(earlyPassOf('code.empty() or system.exists()', 'Quantity')?.({ code: 'x' })).toBe(false);
    expect(earlyPassOf('value.empty() or code.exists()', 'Observation')).toBeUndefined();
  });
});

describe('a rule of a type runs where the elements that it needs are present', () => {
  const found = (resource: object) =>
    validator.validate(resource).issues.flatMap(({ constraint }) => (constraint === 'dom-6' ? [] : (constraint ?? [])));
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
  const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }];
  test.each([
    ['as a value', { ...observation, valueQuantity: { value: 1, code: 'mg' } }, ['qty-3']],
    [
      'as an extension without a value',
      { ...observation, valueQuantity: { value: 1, _code: { extension } } },
      ['qty-3'],
    ],
    ['absent', { ...observation, valueQuantity: { value: 1 } }, []],
    ['two that exclude each other', { ...observation, dataAbsentReason: { text: 'x' }, valueString: 'x' }, ['obs-6']],
    ['only one of the two', { ...observation, dataAbsentReason: { text: 'x' } }, []],
    ['of a reference', { ...observation, subject: { reference: '#none' } }, ['ref-1']],
    ['beside an element that R4 does not have', { ...observation, _component: [{}], valueString: 'x' }, []],
  ])('%s', (_, resource, keys) => {
    expect(found(resource)).toEqual(keys);
  });
});

test('an empty result violates an invariant: a date compared with a dateTime of that day', () => {
  const encounter = (end: string) => ({
    resourceType: 'Encounter',
    status: 'planned',
    class: { code: 'AMB' },
    period: { start: '2026-06-21', end },
  });
  const keys = (resource: object) =>
    validator.validate(resource).issues.flatMap((it) => (it.rule === 'invariant' ? [it.constraint] : []));
  expect(keys(encounter('2026-06-22'))).toEqual(['dom-6']);
  expect(keys(encounter('2026-06-20'))).toContain('per-1');
  expect(keys(encounter('2026-06-21T06:20:00Z'))).toContain('per-1');
});
