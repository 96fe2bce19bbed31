import { describe, expect, test } from 'vitest';
import { localReference, withLocalReferences } from '../../src/fhir/local-reference.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const base = 'https://gateway.example/fhir';

describe('a reference under the own base is local, however it is spelled', () => {
  test.each([
    ['https://gateway.example/fhir/Task/1', 'Task/1'],
    ['HTTPS://GATEWAY.example/fhir/Task/1', 'Task/1'],
    ['https://gateway.example:443/fhir/Task/1', 'Task/1'],
    ['https://gateway.example/fhir/Task/1/', 'Task/1'],
    ['https://gateway.example/fhir//Task/1', 'Task/1'],
    ['https://gateway.example/fhir/Task/1/_history/2', 'Task/1/_history/2'],
    ['https://gateway.example/other/../fhir/Task/1', 'Task/1'],
  ])('%s', (text, local) => expect(localReference(text, base)).toBe(local));

  test('a port that is not that of the scheme belongs to the base', () => {
    expect(localReference('http://LOCALHOST:8080/fhir/Task/1', 'http://localhost:8080/fhir')).toBe('Task/1');
    expect(localReference('http://localhost/fhir/Task/1', 'http://localhost:8080/fhir')).toMatch(/^http/);
  });
});

test.each([
  'https://other.example/fhir/Task/1',
  'http://gateway.example/fhir/Task/1',
  'https://gateway.example/Task/1',
  'https://gateway.example/fhirs/Task/1',
  'https://gateway.example.evil.example/fhir/Task/1',
  'https://gateway.example@evil.example/fhir/Task/1',
  'https://user@gateway.example/fhir/Task/1',
  'https://gateway.example/fhir/Task/1?a=b',
  'https://gateway.example/fhir/Task/1#part',
  'https://gateway.example/fhir/Nothing/1',
  'https://gateway.example/fhir/metadata',
  'urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c11',
  'Task/1',
  '#contained',
  '',
])('what is not a resource under the own base stays as it is: %s', (text) =>
  expect(localReference(text, base)).toBe(text),
);

test('a resource comes back with the references that it had: in extensions, contained resources and links too', () => {
  const task = (at: string, version = '') =>
    ({
      resourceType: 'Task',
      contained: [{ resourceType: 'Organization', partOf: { reference: `${at}Organization/parent` } }],
      extension: [{ url: 'urn:x', valueReference: { reference: `${at}CarePlan/1` } }],
      focus: { reference: `${at}ServiceRequest/1${version}` },
      input: [{ type: { text: 'letter' }, valueUrl: `${at}Binary/1` }],
    }) as unknown as Resource;
  const [sent, stored] = [task(`${base}/`), task('')];
  expect(withLocalReferences(sent, base)).toEqual(stored);
  expect(sent, 'the input does not change').toEqual(task(`${base}/`));
  expect(withLocalReferences(task(`${base}/`, '/_history/3'), base, stored)).toEqual(stored);
  expect(withLocalReferences(stored, base)).toBe(stored);
});
