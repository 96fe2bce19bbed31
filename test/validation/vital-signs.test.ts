import { describe, expect, test } from 'vitest';
import { errors, validator } from '../support/validation/validate.ts';

const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const ucum = (value: number, code: string) => ({ value, unit: code, system: 'http://unitsofmeasure.org', code });
const vital = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  subject: { reference: 'Patient/1' },
  effectiveDateTime: '2026-01-31',
  ...more,
});
const component = (code: string, more: object = { valueQuantity: ucum(120, 'mm[Hg]') }) => ({
  code: loinc(code),
  ...more,
});
const bloodPressure = (...components: object[]) => vital({ code: loinc('85354-9'), component: components });
const against = (profile: string, resource: object): string[] =>
  errors(validator.validate(resource, { profiles: [`http://hl7.org/fhir/StructureDefinition/${profile}`] }));

describe("HL7's own blood pressure", () => {
  const [systolic, diastolic] = [component('8480-6'), component('8462-4')];

  test('a correct one passes', () => {
    expect(against('bp', bloodPressure(systolic, diastolic))).toEqual([]);
    expect(
      against('bp', bloodPressure(systolic, component('8462-4', { dataAbsentReason: { text: 'not measured' } }))),
    ).toEqual([]);
  });

  test.each([
    ['without diastolic', bloodPressure(systolic, component('8867-4')), 'Observation.component slice-min'],
    ['with two systolic', bloodPressure(systolic, systolic, diastolic), 'Observation.component slice-max'],
    [
      'of another unit',
      bloodPressure(systolic, component('8462-4', { valueQuantity: ucum(80, 'kPa') })),
      'Observation.component[1].value.ofType(Quantity).code fixed-value',
    ],
    [
      'without unit',
      bloodPressure(systolic, component('8462-4', { valueQuantity: { value: 80 } })),
      'Observation.component[1].value.ofType(Quantity).code min',
    ],
    [
      'under another code',
      { ...bloodPressure(systolic, diastolic), code: loinc('8867-4') },
      'Observation.code.coding slice-min',
    ],
    ['without a component', vital({ code: loinc('85354-9') }), 'Observation.component min'],
  ])('%s is an error', (_, resource, expected) => {
    expect(against('bp', resource)).toContain(expected);
  });
});

describe.each([
  ['heartrate', '8867-4', ucum(60, '/min'), ucum(60, 'Hz')],
  ['resprate', '9279-1', ucum(12, '/min'), ucum(12, '/h')],
  ['bodytemp', '8310-5', ucum(37, 'Cel'), ucum(37, 'K')],
  ['bodyweight', '29463-7', ucum(70, 'kg'), ucum(70, 'mg')],
  ['bodyheight', '8302-2', ucum(170, 'cm'), ucum(170, 'm')],
  ['bmi', '39156-5', ucum(22, 'kg/m2'), ucum(22, 'kg')],
])('%s', (profile, code, value, wrong) => {
  const observation = vital({ code: loinc(code), valueQuantity: value });

  test('a correct one passes', () => {
    expect(against(profile, observation)).toEqual([]);
  });

  test('another unit, a missing value or a missing category is an error', () => {
    expect(against(profile, vital({ code: loinc(code), valueQuantity: wrong }))).not.toEqual([]);
    expect(against(profile, vital({ code: loinc(code) }))).not.toEqual([]);
    expect(against(profile, { ...observation, category: [{ text: 'x' }] })).not.toEqual([]);
  });
});
