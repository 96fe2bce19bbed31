import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packModel, printModel, r4Bundles } from '../../src/definitions/emit-model.ts';
import { isA, typeModel } from '../../src/fhir/model.ts';

test('the committed model is what `npm run model` makes of the R4 definitions', () => {
  const committed = readFileSync(new URL('../../src/fhir/model.generated.json', import.meta.url), 'utf8');
  expect(printModel(packModel(r4Bundles())) === committed, 'run `npm run model`').toBe(true);
});

test('a choice element is found by its JSON property', () => {
  expect(typeModel('Extension')?.properties.get('valueCodeableConcept')).toMatchObject({
    element: { name: 'value', choice: true },
    type: 'CodeableConcept',
  });
});

test('elements of Questionnaire.item nest in their own type', () => {
  expect(typeModel('Questionnaire.item')?.elements.get('item')?.types).toEqual(['Questionnaire.item']);
});

test('types derive', () => {
  expect(isA('Patient', 'DomainResource')).toBe(true);
  expect(isA('Patient', 'Quantity')).toBe(false);
});
