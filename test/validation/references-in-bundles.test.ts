import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { against } from '../support/validation/validate.ts';

const urn = (last: number) => `urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c1${last}`;
const server = 'https://mgn.example/fhir';

const rule = (path: string, expression: string) => [
  { path, constraint: [{ key: 'own-1', severity: 'error' as const, human: 'x', expression }] },
];
const observation = (subject: object, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'gewicht' },
  subject,
  ...more,
});
const bundle = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'collection', entry }) as unknown as Resource;
const subjectIsPatient = 'entry.resource.ofType(Observation).all(subject.resolve() is Patient)';

describe('resolve() in a rule of a Bundle profile finds the target of', () => {
  const patient = { resourceType: 'Patient', id: 'a' };

  test.each([
    ['a urn', urn(1), urn(2), urn(2)],
    ['an absolute reference', urn(1), `${server}/Patient/a`, `${server}/Patient/a`],
    ['a relative reference', `${server}/Observation/o`, `${server}/Patient/a`, 'Patient/a'],
  ])('%s', (_, from, to, reference) => {
    const sent = bundle(
      { fullUrl: from, resource: observation({ reference }, { id: 'o' }) },
      { fullUrl: to, resource: patient },
    );
    expect(against(rule('Bundle', subjectIsPatient), sent as never)).toEqual([]);
  });

  test('a reference to a contained resource', () => {
    const sent = bundle({
      fullUrl: urn(1),
      resource: observation({ reference: '#p' }, { contained: [{ resourceType: 'Patient', id: 'p' }] }),
    });
    expect(against(rule('Bundle', subjectIsPatient), sent as never)).toEqual([]);
  });

  test('a relative reference, at the server of its own entry only', () => {
    const elsewhere = bundle(
      { fullUrl: `${server}/Observation/o`, resource: observation({ reference: 'Patient/a' }, { id: 'o' }) },
      { fullUrl: 'https://other.example/fhir/Patient/a', resource: patient },
    );
    expect(against(rule('Bundle', subjectIsPatient), elsewhere as never)).toEqual(['Bundle invariant']);
  });

  test('a urn that no entry has: nothing', () => {
    const sent = bundle({ fullUrl: urn(1), resource: observation({ reference: urn(3) }) });
    expect(against(rule('Bundle', subjectIsPatient), sent as never)).toEqual(['Bundle invariant']);
  });
});

test('resolve() in a rule of Parameters finds a contained resource of a parameter', () => {
  const sent = {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'one',
        resource: observation({ reference: '#p' }, { contained: [{ resourceType: 'Patient', id: 'p' }] }),
      },
    ],
  } as unknown as Resource;
  const expression = 'parameter.resource.ofType(Observation).all(subject.resolve() is Patient)';
  expect(against(rule('Parameters', expression), sent as never)).toEqual([]);
});

test('a discriminator of a Bundle profile resolves from the resource inside the entry', () => {
  const sliced = (min: number) => [
    {
      path: 'Bundle.entry',
      slicing: {
        discriminator: [{ type: 'type' as const, path: 'resource.ofType(Observation).subject.resolve()' }],
        rules: 'open' as const,
      },
    },
    { id: 'Bundle.entry:own', path: 'Bundle.entry', sliceName: 'own', min },
    { id: 'Bundle.entry:own.resource', path: 'Bundle.entry.resource', type: [{ code: 'Observation' }] },
    {
      id: 'Bundle.entry:own.resource.subject',
      path: 'Bundle.entry.resource.subject',
      type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Patient'] }],
    },
  ];
  const sent = bundle({
    fullUrl: urn(1),
    resource: observation({ reference: '#p' }, { contained: [{ resourceType: 'Patient', id: 'p' }] }),
  });
  expect(against(sliced(1), sent as never)).toEqual([]);
  expect(against(sliced(2), sent as never)).toEqual(['Bundle.entry slice-min']);
});
