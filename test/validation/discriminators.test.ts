import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { against, profileOf } from '../support/validation/validate.ts';

const patient = (more: object) => ({ resourceType: 'Patient', ...more });
const by = (path: string, type: 'value' | 'exists' | 'type' = 'value') => ({
  discriminator: [{ type, path }],
  rules: 'open' as const,
});
const dataType = (type: string, elements: ElementDefinition[]): StructureDefinition => ({
  ...profileOf(type, elements, `urn:mgn:${type.toLowerCase()}`),
  kind: 'complex-type',
});
const extensionNamed = (name: string, elements: ElementDefinition[]): StructureDefinition => ({
  ...profileOf('Extension', [{ path: 'Extension.url', fixedUri: `urn:mgn:${name}` }, ...elements], `urn:mgn:${name}`),
  kind: 'complex-type',
});

describe('a slice identified by the profile of its type, although the sliced element constrains the same child', () => {
  const email = dataType('ContactPoint', [{ path: 'ContactPoint.system', min: 1, fixedCode: 'email' }]);
  const telecom: ElementDefinition[] = [
    { path: 'Patient.telecom', slicing: by('system') },
    { path: 'Patient.telecom.system', min: 1 },
    {
      id: 'Patient.telecom:email',
      path: 'Patient.telecom',
      sliceName: 'email',
      max: '1',
      type: [{ code: 'ContactPoint', profile: ['urn:mgn:contactpoint'] }],
    },
  ];
  const sent = (...systems: string[]) => patient({ telecom: systems.map((system) => ({ system, value: 'x' })) });

  test('leaves a value of another system outside the slice', () => {
    expect(against(telecom, sent('phone', 'phone', 'email'), [email])).toEqual([]);
  });

  test('still holds the values of its own', () => {
    expect(against(telecom, sent('email', 'email'), [email])).toEqual(['Patient.telecom slice-max']);
  });

  test('by any of several profiles of its type', () => {
    const named = (system: 'email' | 'phone') => ({
      ...profileOf('ContactPoint', [{ path: 'ContactPoint.system', min: 1, fixedCode: system }], `urn:mgn:${system}`),
      kind: 'complex-type' as const,
    });
    const [slicing, system] = telecom;
    const either: ElementDefinition = {
      id: 'Patient.telecom:digital',
      path: 'Patient.telecom',
      sliceName: 'digital',
      min: 2,
      type: [{ code: 'ContactPoint', profile: ['urn:mgn:email', 'urn:mgn:phone'] }],
    };
    const definitions = [named('email'), named('phone')];
    expect(against([slicing!, system!, either], sent('email', 'phone', 'fax'), definitions)).toEqual([]);
    expect(against([slicing!, system!, either], sent('email', 'fax'), definitions)).toEqual([
      'Patient.telecom slice-min',
    ]);
  });

  test('by a pattern in that profile, with a binding on the sliced element', () => {
    const official = dataType('Identifier', [{ path: 'Identifier', patternIdentifier: { use: 'official' } }]);
    const identifier: ElementDefinition[] = [
      { path: 'Patient.identifier', slicing: by('use') },
      { path: 'Patient.identifier.use', min: 1 },
      {
        id: 'Patient.identifier:official',
        path: 'Patient.identifier',
        sliceName: 'official',
        min: 1,
        type: [{ code: 'Identifier', profile: ['urn:mgn:identifier'] }],
      },
    ];
    const of = (use: string) => patient({ identifier: [{ use, value: 'x' }] });
    expect(against(identifier, of('official'), [official])).toEqual([]);
    expect(against(identifier, of('old'), [official])).toEqual(['Patient.identifier slice-min']);
  });
});

describe('a discriminator that leads below a pattern of an ancestor', () => {
  const coded = (path: string): ElementDefinition[] => [
    { path: 'Observation.component', slicing: by(path) },
    { id: 'Observation.component:a', path: 'Observation.component', sliceName: 'a', min: 1 },
    {
      id: 'Observation.component:a.code',
      path: 'Observation.component.code',
      patternCodeableConcept: { coding: [{ system: 'urn:x', code: 'A' }] },
    },
  ];
  const sent = (...codes: string[]) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    component: [{ code: { coding: codes.map((code) => ({ system: 'urn:x', code })) }, valueString: 'v' }],
  });

  test.each(['code.coding.code', 'code.coding', 'code.coding.system', 'code'])('%s', (path) => {
    expect(against(coded(path), sent('B', 'A'))).toEqual([]);
    if (path !== 'code.coding.system') expect(against(coded(path), sent('B'))).not.toEqual([]);
  });

  test('of two codings in the pattern requires both', () => {
    const [sliced, slice, code] = coded('code.coding.code');
    const two = [{ system: 'urn:x', code: 'A' }, { code: 'B' }];
    const elements = [sliced!, slice!, { ...code!, patternCodeableConcept: { coding: two } }];
    expect(against(elements, sent('A', 'B'))).toEqual([]);
    expect(against(elements, sent('A'))).toEqual(['Observation.component slice-min']);
  });

  test('in an Identifier: type.coding.code', () => {
    const elements: ElementDefinition[] = [
      { path: 'Patient.identifier', slicing: by('type.coding.code') },
      {
        id: 'Patient.identifier:mr',
        path: 'Patient.identifier',
        sliceName: 'mr',
        max: '1',
        patternIdentifier: { type: { coding: [{ code: 'MR' }] } },
      },
    ];
    const mr = { type: { coding: [{ code: 'MR' }] }, value: '1' };
    expect(against(elements, patient({ identifier: [mr, { value: '2' }] }))).toEqual([]);
    expect(against(elements, patient({ identifier: [mr, mr] }))).toEqual(['Patient.identifier slice-max']);
  });
});

describe('a discriminator through extension()', () => {
  const flag = extensionNamed('flag', [{ path: 'Extension.value[x]', type: [{ code: 'boolean' }] }]);
  const slices = (opened: ElementDefinition[]): ElementDefinition[] => [
    { path: 'Patient.contact', slicing: by("extension('urn:mgn:flag').value") },
    { id: 'Patient.contact:flagged', path: 'Patient.contact', sliceName: 'flagged', min: 1 },
    {
      id: 'Patient.contact:flagged.extension:flag',
      path: 'Patient.contact.extension',
      sliceName: 'flag',
      min: 1,
      type: [{ code: 'Extension', profile: ['urn:mgn:flag'] }],
    },
    ...opened,
  ];
  const value: ElementDefinition = {
    id: 'Patient.contact:flagged.extension:flag.value[x]',
    path: 'Patient.contact.extension.value[x]',
    fixedBoolean: true,
  };
  const url = (more: Partial<ElementDefinition>): Partial<ElementDefinition> => ({
    id: 'Patient.contact:flagged.extension:flag.url',
    ...more,
  });
  const sent = (valueBoolean: boolean) =>
    patient({ contact: [{ name: { text: 'x' }, extension: [{ url: 'urn:mgn:flag', valueBoolean }] }] });

  test.each([
    ['with its url fixed in the slice', [url({ fixedUri: 'urn:mgn:flag' }), value]],
    ['with a pattern for its url', [url({ patternUri: 'urn:mgn:flag' }), value]],
    ['with its url only in its own definition', [value]],
  ])('%s', (_, opened) => {
    const elements = slices(opened.map((it) => ({ ...it, path: (it.id ?? '').replace(/:[a-z]+/g, '') })));
    expect(against(elements, sent(true), [flag])).toEqual([]);
    expect(against(elements, sent(false), [flag])).toEqual(['Patient.contact slice-min']);
  });

  test('of a value that the definition of the extension fixes', () => {
    const fixed = extensionNamed('flag', [{ path: 'Extension.value[x]', fixedBoolean: true }]);
    expect(against(slices([]), sent(true), [fixed])).toEqual([]);
    expect(against(slices([]), sent(false), [fixed])).toContain('Patient.contact slice-min');
  });
});
