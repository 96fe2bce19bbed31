import type { Bundle } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { graphOf } from '../../src/fhir/graph.ts';

const bundle: Bundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [
    { fullUrl: 'urn:uuid:a', resource: { resourceType: 'Patient', id: '1' } },
    {
      fullUrl: 'https://sender.example/fhir/Organization/2',
      resource: { resourceType: 'Organization', id: '2', name: 'first' },
    },
    { fullUrl: 'urn:uuid:c', resource: { resourceType: 'Organization', id: '2', name: 'second' } },
    { fullUrl: 'urn:uuid:d' },
  ],
};

test('a reference leads to an entry by its fullUrl or by type and id, of two alike to the first', () => {
  const { resolve, first, all, resources } = graphOf(bundle);
  const patient = first('Patient');
  expect(resources).toHaveLength(3);
  expect(all('Organization')).toHaveLength(2);
  for (const reference of ['urn:uuid:a', 'Patient/1', 'Patient/1/_history/3'])
    expect(resolve({ reference })).toBe(patient);
  expect(resolve({ reference: 'Organization/2' })).toMatchObject({ name: 'first' });
  expect(resolve({ reference: 'https://sender.example/fhir/Organization/2' })).toMatchObject({ name: 'first' });
});

test('what is not in the Bundle leads nowhere, least of all to somebody with the same id elsewhere', () => {
  const { resolve } = graphOf(bundle);
  for (const reference of ['https://another.example/fhir/Patient/1', 'Patient/2', '#1', 'urn:uuid:d', ''])
    expect(resolve({ reference })).toBeUndefined();
  expect(resolve(undefined)).toBeUndefined();
  expect(resolve({ display: 'somebody' })).toBeUndefined();
});

test.each([
  ['entry', null],
  ['entry', {}],
  ['entry', 'text'],
  ['entry', [null, 1, 'text', [], {}]],
  ['resource', [{ resource: null }, { resource: 'text' }, { fullUrl: 1, resource: [] }]],
])('a Bundle of another shape has no resources, and resolves nothing: %s %j', (_, entry) => {
  const { resources, resolve } = graphOf({ resourceType: 'Bundle', type: 'collection', entry } as never);
  expect(resources).toEqual([]);
  for (const reference of ['Patient/1', 1, null, undefined]) expect(resolve({ reference } as never)).toBeUndefined();
  expect(resolve(null as never)).toBeUndefined();
});
