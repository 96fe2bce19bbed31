import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDefinitions } from '../../src/definitions/registry.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileTest } from '../../src/fhirpath/index.ts';
import { byHand } from '../../src/validation/invariants-by-hand.ts';
import type { Run } from '../../src/validation/run.ts';
import { validator } from './examples.ts';

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
/** Of a logical reference (no text) the FHIRPath has no answer; by hand it is met, for there is nothing local. */
const reference = fc.record({ reference: fc.constantFrom('#a', '#b', '#none', 'Patient/a') });

const generated: Readonly<Record<string, readonly [type: string, values: fc.Arbitrary<object>]>> = {
  'ext-1': ['Extension', extension],
  'dom-2': ['Patient', patient],
  'dom-4': ['Patient', patient],
  'dom-5': ['Patient', patient],
  'dom-6': ['Patient', patient],
  'obs-7': ['Observation', observation],
  'ref-1': ['Reference', reference],
};

test.each(Object.entries(byHand))('%s by hand answers as its FHIRPath does', (key, { expression, holds }) => {
  const [type, values] = generated[key]!;
  const compiled = compileTest(expression, { type });
  fc.assert(
    fc.property(values, patient, (value, around) => {
      const resource = ('resourceType' in value ? value : around) as unknown as Resource;
      const run = { frame: { resource, root: resource }, notes: new Map() } as unknown as Run;
      const environment = { resource, rootResource: resource };
      expect(holds(value as Record<string, unknown>, run)).toBe(compiled(value, environment) === true);
    }),
    { numRuns: 300 },
  );
});

test('the expressions by hand are those of R4', () => {
  const definitions = openDefinitions();
  const published = new Map<string, string>();
  for (const name of ['DomainResource', 'Extension', 'Reference', 'Observation']) {
    const definition = definitions.find('StructureDefinition', `http://hl7.org/fhir/StructureDefinition/${name}`);
    for (const { key, expression } of definition?.snapshot?.element?.[0]?.constraint ?? [])
      published.set(key ?? '', expression ?? '');
  }
  for (const [key, { expression }] of Object.entries(byHand)) expect(expression, key).toBe(published.get(key));
});

test('an invariant is met when it is true: a date says nothing about a moment of that day', () => {
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
