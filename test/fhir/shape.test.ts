import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { shapeIssues } from '../../src/fhir/shape.ts';

const found = (resource: object) =>
  shapeIssues(resource as Resource).map(({ rule, expression }) => `${rule} ${expression}`);

describe('the shape of a resource', () => {
  test.each<[string, object, string[]]>([
    [
      'an object where an array belongs',
      { resourceType: 'Patient', name: { family: 'x' } },
      ['array-required Patient.name'],
    ],
    ['an array where an object belongs', { resourceType: 'Patient', meta: [] }, ['array-not-allowed Patient.meta']],
    [
      'an object where a string belongs',
      { resourceType: 'Patient', birthDate: {} },
      ['json-type-mismatch Patient.birthDate'],
    ],
    ['a number where a string belongs', { resourceType: 'Patient', gender: 1 }, ['json-type-mismatch Patient.gender']],
    [
      'a string where a number belongs',
      { resourceType: 'Patient', multipleBirthInteger: '1' },
      ['json-type-mismatch Patient.multipleBirthInteger'],
    ],
    ['null where an object belongs', { resourceType: 'Patient', meta: null }, ['json-type-mismatch Patient.meta']],
    [
      'objects in an array of strings',
      { resourceType: 'Patient', meta: { profile: [{}] } },
      ['json-type-mismatch Patient.meta.profile[0]'],
    ],
    ['null in an array of objects', { resourceType: 'Patient', name: [null] }, ['json-type-mismatch Patient.name[0]']],
    [
      'a text beside a primitive',
      { resourceType: 'Patient', _birthDate: 'x' },
      ['json-type-mismatch Patient._birthDate'],
    ],
    [
      'an array beside one primitive',
      { resourceType: 'Patient', _birthDate: [] },
      ['array-not-allowed Patient._birthDate'],
    ],
    ['a contained text', { resourceType: 'Patient', contained: ['x'] }, ['not-a-resource Patient.contained[0]']],
    [
      'a resource without type',
      { resourceType: 'Bundle', entry: [{ resource: {} }] },
      ['not-a-resource Bundle.entry[0].resource'],
    ],
    [
      'deep in a resource of a parameter',
      {
        resourceType: 'Parameters',
        parameter: [{ name: 'x', part: [{ name: 'y', resource: { resourceType: 'Task', input: {} } }] }],
      },
      ['array-required Parameters.parameter[0].part[0].resource.input'],
    ],
  ])('%s', (_, resource, expected) => {
    expect(found(resource)).toEqual(expected);
  });

  test.each<[string, object]>([
    [
      'null beside extensions of a primitive',
      { resourceType: 'Patient', name: [{ given: ['x', null], _given: [null, { id: 'a' }] }] },
    ],
    ['an element that R4 does not have', { resourceType: 'Patient', x: [[]], _y: 1 }],
    ['a type that R4 does not have', { resourceType: 'constructor', name: 1 }],
    ['names of Object.prototype', { resourceType: 'Patient', constructor: 1, toString: {}, _hasOwnProperty: [] }],
  ])('%s is left to the validator', (_, resource) => {
    expect(found(resource)).toEqual([]);
  });

  test('a flood of findings is cut off', () => {
    const name = Array.from({ length: 5_000 }, () => 1);
    expect(found({ resourceType: 'Patient', name })).toHaveLength(100);
  });

  test('every example message that is FHIR has the shape of its type', () => {
    const examples = join(import.meta.dirname, '../../examples/messages');
    for (const folder of readdirSync(examples)) {
      let resource: Resource;
      try {
        resource = JSON.parse(readFileSync(join(examples, folder, 'input.json'), 'utf8')) as Resource;
      } catch {
        continue;
      }
      if (resource.resourceType) expect(found(resource), folder).toEqual([]);
    }
  });
});
