import type { ElementDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { openValidator } from '../../src/validation/index.ts';
import { against, profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const found = (resource: unknown, profile?: { elements: ElementDefinition[]; type: string }): string[] => {
  const { issues } = profile
    ? validator.with([profileOf(profile.type, profile.elements)]).validate(resource, { profiles: [profileUrl] })
    : validator.validate(resource);
  return issues.map(({ severity, expression, rule }) => `${severity} ${expression} ${rule}`);
};

const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'gewicht' },
  ...more,
});
const condition = (code: object) => ({ resourceType: 'Condition', subject: { display: 'x' }, code });
const fullUrl = 'urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11';

describe('a limit', () => {
  const atLeast: ElementDefinition = {
    path: 'Observation.value[x]',
    type: [{ code: 'Quantity' }],
    minValueQuantity: { value: 1, system: 'http://unitsofmeasure.org', code: 'kg' },
  };

  test('of mass says nothing about a length', () => {
    const quantity = { value: 80, system: 'http://unitsofmeasure.org', code: 'cm' };
    const issues = found(observation({ valueQuantity: quantity }), { type: 'Observation', elements: [atLeast] });
    expect(issues.map((it) => it.split(' ').at(-1))).toContain('units-not-comparable');
  });
});

describe('a binding', () => {
  const bound = (strength: 'extensible' | 'required', valueSet: string): ElementDefinition[] => [
    { path: 'Condition.code', binding: { strength, valueSet } },
  ];

  test('that is extensible leaves a concept of text alone undecided', () => {
    const elements = bound('extensible', 'http://hl7.org/fhir/ValueSet/condition-severity');
    expect(found(condition({ text: 'somber' }), { type: 'Condition', elements }).join()).toMatch(/ binding-text-only/);
  });

  test('to a value set that is not loaded leaves a code undecided', () => {
    const elements = bound('required', 'http://example.org/ValueSet/elsewhere');
    const code = { coding: [{ system: 'http://example.org/codes', code: 'x' }] };
    expect(found(condition(code), { type: 'Condition', elements }).join()).toMatch(
      /Condition.code value-set-not-loaded/,
    );
  });
});

test('an invariant that fails on a resource is reported as not evaluated, and is not met', () => {
  const constraint = [
    { key: 'one-name', severity: 'error' as const, human: 'One name.', expression: 'name.single().exists()' },
  ];
  const two = { resourceType: 'Patient', name: [{ family: 'A' }, { family: 'B' }] };
  expect(found(two, { type: 'Patient', elements: [{ path: 'Patient', constraint }] }).join()).toMatch(
    /error Patient invariant-not-evaluated/,
  );
});

describe('a reference', () => {
  const encounter = { fullUrl, resource: { resourceType: 'Patient' } };
  const bundle = (subject: object) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [encounter, { resource: observation({ subject }) }],
  });

  test('whose type is another than that of its target is an error', () => {
    expect(found(bundle({ reference: fullUrl, type: 'Group' })).join()).toMatch(/subject reference-type-mismatch/);
  });

  test('out of the resource is an error where only contained ones are allowed', () => {
    const subject: ElementDefinition = {
      path: 'Observation.subject',
      type: [
        {
          code: 'Reference',
          targetProfile: ['http://hl7.org/fhir/StructureDefinition/Patient'],
          aggregation: ['contained'],
        },
      ],
    };
    expect(
      against([subject], observation({ subject: { reference: 'Patient/1' } }) as Parameters<typeof against>[1]),
    ).toContainEqual(expect.stringContaining('reference-aggregation'));
  });
});

describe('an extension', () => {
  test('that does not change meaning does not stand in modifierExtension', () => {
    const url = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace';
    const patient = { resourceType: 'Patient', modifierExtension: [{ url, valueAddress: { text: 'Zonnerveen' } }] };
    expect(found(patient).join()).toMatch(/extension-modifier-mismatch/);
  });

  test('does not stand on the id of a resource', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'a',
      _id: { extension: [{ url: 'http://x.nl/a', valueCode: 'b' }] },
    };
    expect(found(patient).join()).toMatch(/Patient\.?_?id extension-on-id/);
  });
});

test('a URL of an example host is an error where examples are refused', async () => {
  const strict = await openValidator({ exampleUrls: 'error' });
  const photo = [{ contentType: 'image/png', url: 'https://example.org/photo.png' }];
  expect(strict.validate({ resourceType: 'Patient', photo }).issues.map(({ rule }) => rule)).toContain('example-url');
});

test.each([
  ['document', 'Composition'],
  ['message', 'MessageHeader'],
])('an empty Bundle of type %s lacks its first entry', (type) => {
  expect(found({ resourceType: 'Bundle', type }).join()).toMatch(/error Bundle bundle-first-entry/);
});
