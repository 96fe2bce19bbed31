import type { ElementDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { against } from '../support/validation/validate.ts';

const unknown = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
};
const patient = (more: object) => ({ resourceType: 'Patient', ...more });

describe('the value of a primitive in a profile', () => {
  const required: ElementDefinition[] = [{ path: 'Patient.birthDate.value', min: 1 }];
  const forbidden: ElementDefinition[] = [{ path: 'Patient.birthDate.value', max: '0' }];

  test('that is required is there: an extension alone does not do', () => {
    expect(against(required, patient({ birthDate: '1990' }))).toEqual([]);
    expect(against(required, patient({ birthDate: '1990', _birthDate: unknown }))).toEqual([]);
    expect(against(required, patient({ _birthDate: unknown }))).toEqual(['Patient.birthDate min']);
    expect(against(required, patient({}))).toEqual([]);
  });

  test('that is forbidden is not there', () => {
    expect(against(forbidden, patient({ _birthDate: unknown }))).toEqual([]);
    expect(against(forbidden, patient({ birthDate: '1990', _birthDate: unknown }))).toEqual(['Patient.birthDate max']);
  });

  test('of a list is that of each item, also beside rules on its extensions', () => {
    const given: ElementDefinition[] = [
      { path: 'Patient.name.given.extension', max: '1' },
      { path: 'Patient.name.given.value', min: 1 },
    ];
    const name = { given: ['A', null], _given: [null, unknown] };
    expect(against(given, patient({ name: [{ given: ['A', 'B'] }] }))).toEqual([]);
    expect(against(given, patient({ name: [name] }))).toEqual(['Patient.name[0].given[1] min']);
  });
});
