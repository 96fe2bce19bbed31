import { describe, expect, test } from 'vitest';
import { transactionOf } from '../../src/delivery/transaction.ts';
import { mgnNaming } from '../../src/fhir/canonical.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const base = 'https://gateway.example/fhir/';
const given = (id: string) => ({ system: mgnNaming('resource'), value: id });
const resource = (resourceType: string, id: string, elements: object = {}) =>
  ({ resourceType, id, ...elements }) as Resource;
const requestOf = (it: Resource, purpose?: 'referral' | 'status') =>
  transactionOf([it], { base, ...(purpose ? { purpose } : {}) }).entry?.[0]?.request;

describe('a transaction for a receiver', () => {
  test('creates each resource once, by the identifier that the gateway gave', () => {
    const identifier = [{ system: 'urn:sender', value: '7' }, given('t1')];
    expect(requestOf(resource('Task', 't1', { identifier }))).toEqual({
      method: 'POST',
      url: 'Task',
      ifNoneExist: `identifier=${mgnNaming('resource')}|t1`,
    });
  });

  test('falls back to the first identifier, single ones too, but never to a BSN', () => {
    const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900006' };
    const other = { system: 'urn:sender', value: '7' };
    expect(requestOf(resource('Composition', 'c1', { identifier: other }))?.ifNoneExist).toBe(
      'identifier=urn:sender|7',
    );
    expect(requestOf(resource('Patient', 'p1', { identifier: [bsn, other] }))?.ifNoneExist).toBe(
      'identifier=urn:sender|7',
    );
    expect(requestOf(resource('Patient', 'p1', { identifier: [bsn] }))).toEqual({ method: 'POST', url: 'Patient' });
    expect(requestOf(resource('Provenance', 'v1'))).toEqual({ method: 'POST', url: 'Provenance' });
  });

  test('escapes what would change the query', () => {
    const identifier = [{ system: 'urn:a?b=c', value: 'x|y&status=z+1#é,\\' }];
    const query = requestOf(resource('Task', 't1', { identifier }))?.ifNoneExist ?? '';
    const parameters = new URLSearchParams(query);
    expect([...parameters.keys()]).toEqual(['identifier']);
    expect(parameters.get('identifier')).toBe('urn:a?b=c|x\\|y&status=z+1#é\\,\\\\');
  });

  test('brings the Task of a status up to date instead', () => {
    const task = resource('Task', 't1', { identifier: [given('t1')] });
    expect(requestOf(task, 'status')).toEqual({ method: 'PUT', url: `Task?identifier=${mgnNaming('resource')}|t1` });
    expect(requestOf(task, 'referral')?.method).toBe('POST');
  });

  test('has addresses under the gateway, so that what is inside resolves and what is not points home', () => {
    const task = resource('Task', 't1', {
      focus: { reference: 'ServiceRequest/s1' },
      owner: { reference: 'HealthcareService/team' },
      requester: { reference: 'https://other.example/fhir/Organization/1' },
      contained: [resource('Organization', 'o', { partOf: { reference: 'Organization/parent' } })],
    });
    const resources = [task, resource('ServiceRequest', 's1')];
    const before = structuredClone(resources);
    const bundle = transactionOf(resources, { base });
    expect(bundle.entry?.map((it) => it.fullUrl)).toEqual([
      'https://gateway.example/fhir/Task/t1',
      'https://gateway.example/fhir/ServiceRequest/s1',
    ]);
    expect(bundle.entry?.[0]?.resource).toMatchObject({
      focus: { reference: 'ServiceRequest/s1' },
      owner: { reference: 'https://gateway.example/fhir/HealthcareService/team' },
      requester: { reference: 'https://other.example/fhir/Organization/1' },
      contained: [{ partOf: { reference: 'https://gateway.example/fhir/Organization/parent' } }],
    });
    expect(resources).toEqual(before);
  });

  test('is the same text every time', () => {
    const resources = [resource('Task', 't1', { identifier: [given('t1')], owner: { reference: 'Organization/1' } })];
    expect(JSON.stringify(transactionOf(resources, { base }))).toBe(JSON.stringify(transactionOf(resources, { base })));
  });
});
