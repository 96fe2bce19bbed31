import { describe, expect, test } from 'vitest';
import { ProfileError } from '../../src/validation/index.ts';
import { against, errors, profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const patient = (elements: object = {}) => ({ resourceType: 'Patient', ...elements });
const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';

describe('each kind of constraint', () => {
  test.each([
    ['min', { path: 'Patient.name', min: 1 }, {}, ['Patient.name min']],
    ['max', { path: 'Patient.name', max: '1' }, { name: [{ text: 'a' }, { text: 'b' }] }, ['Patient.name max']],
    ['fixed', { path: 'Patient.gender', fixedCode: 'male' }, { gender: 'female' }, ['Patient.gender fixed-value']],
    [
      'pattern',
      { path: 'Patient.maritalStatus', patternCodeableConcept: { coding: [{ code: 'M' }] } },
      { maritalStatus: { coding: [{ code: 'S', system: 'x:y' }] } },
      ['Patient.maritalStatus pattern-value'],
    ],
    [
      'type of a choice',
      { path: 'Patient.deceased[x]', type: [{ code: 'boolean' }] },
      { deceasedDateTime: '2026' },
      ['Patient.deceased.ofType(dateTime) type-not-allowed'],
    ],
    [
      'maxLength',
      { path: 'Patient.name.family', maxLength: 3 },
      { name: [{ family: 'Proef' }] },
      ['Patient.name[0].family too-long'],
    ],
    [
      'minValue',
      { path: 'Patient.birthDate', minValueDate: '2000-01-01' },
      { birthDate: '1999' },
      ['Patient.birthDate min-value'],
    ],
    [
      'maxValue',
      { path: 'Patient.multipleBirth[x]', type: [{ code: 'integer' }], maxValueInteger: 2 },
      { multipleBirthInteger: 3 },
      ['Patient.multipleBirth.ofType(integer) max-value'],
    ],
    [
      'binding',
      {
        path: 'Patient.maritalStatus',
        binding: { strength: 'required' as const, valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
      },
      { maritalStatus: { coding: [{ system: 'urn:x', code: 'y' }] } },
      ['Patient.maritalStatus binding-required'],
    ],
    [
      'invariant',
      {
        path: 'Patient',
        constraint: [{ key: 'own-1', severity: 'error' as const, human: 'x', expression: 'active = true' }],
      },
      { active: false },
      ['Patient invariant'],
    ],
    [
      'reference target',
      {
        path: 'Patient.managingOrganization',
        type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Location'] }],
      },
      { managingOrganization: { reference: 'Organization/1' } },
      ['Patient.managingOrganization reference-target-type'],
    ],
    [
      'inside a data type',
      { path: 'Patient.name.period.start', min: 1 },
      { name: [{ period: { end: '2026' } }] },
      ['Patient.name[0].period.start min'],
    ],
  ])('%s', (_, element, broken, expected) => {
    expect(against([element], patient(broken))).toEqual(expected);
  });
});

describe('slicing', () => {
  const sliced = (discriminator: object[], rules: 'open' | 'closed' = 'open') => ({
    path: 'Patient.identifier',
    slicing: { discriminator: discriminator as never, rules },
  });
  const slice = (more: object) => ({
    id: 'Patient.identifier:bsn',
    path: 'Patient.identifier',
    sliceName: 'bsn',
    ...more,
  });
  const system = { id: 'Patient.identifier:bsn.system', path: 'Patient.identifier.system' };
  const value = [{ type: 'value', path: 'system' }];

  test('by value: the slice is counted and its elements are checked', () => {
    const elements = [
      sliced(value),
      slice({ min: 1, max: '1' }),
      { ...system, min: 1, fixedUri: bsn },
      { id: 'Patient.identifier:bsn.value', path: 'Patient.identifier.value', min: 1 },
    ];
    expect(against(elements, patient({ identifier: [{ system: 'urn:x', value: '1' }] }))).toEqual([
      'Patient.identifier slice-min',
    ]);
    expect(against(elements, patient({ identifier: [{ system: bsn }] }))).toEqual(['Patient.identifier[0].value min']);
    expect(
      against(
        elements,
        patient({
          identifier: [
            { system: bsn, value: '1' },
            { system: bsn, value: '2' },
          ],
        }),
      ),
    ).toEqual(['Patient.identifier slice-max']);
    expect(against(elements, patient({ identifier: [{ system: 'urn:x' }, { system: bsn, value: '1' }] }))).toEqual([]);
  });

  test('by pattern on $this, closed: a value of no slice is an error that lists the slices tried', () => {
    const elements = [
      sliced([{ type: 'pattern', path: '$this' }], 'closed'),
      slice({ patternIdentifier: { system: bsn } }),
    ];
    expect(against(elements, patient({ identifier: [{ system: bsn, value: '1' }] }))).toEqual([]);
    const report = validator
      .with([profileOf('Patient', elements)])
      .validate(patient({ identifier: [{ system: 'urn:x' }] }), { profiles: [profileUrl] });
    expect(errors(report)).toEqual(['Patient.identifier[0] slice-unmatched']);
    expect(report.issues.find(({ rule }) => rule === 'slice-unmatched')?.message).toContain(
      `bsn ($this matches {"system":"${bsn}"})`,
    );
  });

  test('by exists', () => {
    const elements = [
      sliced([{ type: 'exists', path: 'assigner' }]),
      slice({ max: '1' }),
      { id: 'Patient.identifier:bsn.assigner', path: 'Patient.identifier.assigner', min: 1 },
    ];
    const assigned = { value: '1', assigner: { display: 'x' } };
    expect(against(elements, patient({ identifier: [assigned, { value: '2' }] }))).toEqual([]);
    expect(against(elements, patient({ identifier: [assigned, assigned] }))).toEqual(['Patient.identifier slice-max']);
  });

  test('by type, of a choice', () => {
    const elements = [
      {
        path: 'Observation.value[x]',
        slicing: { discriminator: [{ type: 'type' as const, path: '$this' }], rules: 'open' as const },
      },
      {
        id: 'Observation.value[x]:valueQuantity',
        path: 'Observation.value[x]',
        sliceName: 'valueQuantity',
        type: [{ code: 'Quantity' }],
      },
      { id: 'Observation.value[x]:valueQuantity.code', path: 'Observation.value[x].code', min: 1 },
    ];
    const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
    expect(against(elements, { ...observation, valueString: 'x' })).toEqual([]);
    expect(against(elements, { ...observation, valueQuantity: { value: 1 } })).toEqual([
      'Observation.value.ofType(Quantity).code min',
    ]);
  });

  test('by type and by profile of the target of a reference', () => {
    const targets = (type: 'type' | 'profile', target: string) => [
      {
        path: 'Patient.generalPractitioner',
        slicing: { discriminator: [{ type, path: 'resolve()' }], rules: 'open' as const },
      },
      {
        id: 'Patient.generalPractitioner:o',
        path: 'Patient.generalPractitioner',
        sliceName: 'o',
        max: '0',
        type: [{ code: 'Reference', targetProfile: [target] }],
      },
    ];
    const held = patient({
      contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
      generalPractitioner: [{ reference: '#o' }],
    });
    expect(against(targets('type', 'http://hl7.org/fhir/StructureDefinition/Organization'), held)).toEqual([
      'Patient.generalPractitioner slice-max',
    ]);
    expect(against(targets('type', 'http://hl7.org/fhir/StructureDefinition/Practitioner'), held)).toEqual([]);
    const named = profileOf('Organization', [{ path: 'Organization.name', min: 1 }], 'urn:named');
    const active = profileOf('Organization', [{ path: 'Organization.active', min: 1 }], 'urn:active');
    expect(against(targets('profile', 'urn:named'), held, [named])).toEqual(['Patient.generalPractitioner slice-max']);
    expect(against(targets('profile', 'urn:active'), held, [active])).toEqual([]);
  });

  test('ordered, and openAtEnd', () => {
    const two = (rules: 'open' | 'openAtEnd', ordered: boolean) => [
      { path: 'Patient.identifier', slicing: { discriminator: value as never, rules, ordered } },
      ...['a', 'b'].flatMap((name) => [
        { id: `Patient.identifier:${name}`, path: 'Patient.identifier', sliceName: name },
        { id: `Patient.identifier:${name}.system`, path: 'Patient.identifier.system', min: 1, fixedUri: `urn:${name}` },
      ]),
    ];
    const held = (...systems: string[]) => patient({ identifier: systems.map((it) => ({ system: `urn:${it}` })) });
    expect(against(two('open', true), held('a', 'x', 'b'))).toEqual([]);
    expect(against(two('open', true), held('b', 'a'))).toEqual(['Patient.identifier[1] slice-order']);
    expect(against(two('openAtEnd', false), held('b', 'a', 'x'))).toEqual([]);
    expect(against(two('openAtEnd', false), held('x', 'a'))).toEqual(['Patient.identifier[1] slice-order']);
  });

  test('a resliced slice counts the values of its own slices', () => {
    const part = (id: string, more: object) => ({
      id: `Patient.identifier:${id}`,
      path: 'Patient.identifier',
      sliceName: id,
      ...more,
    });
    const elements = [
      sliced(value),
      part('dutch', { slicing: { discriminator: [{ type: 'value' as const, path: 'use' }], rules: 'open' as const } }),
      { id: 'Patient.identifier:dutch.system', path: 'Patient.identifier.system', min: 1, fixedUri: bsn },
      part('dutch/official', { max: '1' }),
      { id: 'Patient.identifier:dutch/official.use', path: 'Patient.identifier.use', min: 1, fixedCode: 'official' },
    ];
    const official = { system: bsn, use: 'official' };
    expect(against(elements, patient({ identifier: [official, { system: bsn, use: 'old' }] }))).toEqual([]);
    expect(against(elements, patient({ identifier: [official, official] }))).toEqual(['Patient.identifier slice-max']);
    expect(against(elements, patient({ identifier: [official, { system: 'urn:x', use: 'official' }] }))).toEqual([]);
  });

  test('by a required binding, and by an extension', () => {
    const bound = { strength: 'required' as const, valueSet: 'http://hl7.org/fhir/ValueSet/identifier-type' };
    const byType = [
      sliced([{ type: 'value', path: 'type' }]),
      slice({ max: '0' }),
      { id: 'Patient.identifier:bsn.type', path: 'Patient.identifier.type', min: 1, binding: bound },
    ];
    const typed = (code: string) =>
      patient({
        identifier: [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] } }],
      });
    expect(against(byType, typed('PPN'))).toContain('Patient.identifier slice-max');
    expect(against(byType, typed('NI'))).not.toContain('Patient.identifier slice-max');
  });

  test('a slice that no discriminator identifies is a ProfileError that names it', () => {
    const broken = profileOf('Patient', [sliced(value), slice({ min: 1 })]);
    const over = validator.with([broken]);
    expect(() => over.check(profileUrl)).toThrow(ProfileError);
    expect(() => over.check(profileUrl)).toThrow(/tested, Patient\.identifier:bsn: discriminator value system/);
    expect(errors(over.validate(patient(), { profiles: [profileUrl] }))).toEqual(['Patient.identifier slice-min']);
    const report = over.validate(patient({ identifier: [{ value: 'x' }] }), { profiles: [profileUrl] });
    expect([report.verdict, ...errors(report)]).toEqual(['undecided']);
  });
});

describe('the target of a reference', () => {
  const organization = (more: object) => ({ resourceType: 'Organization', name: 'x', ...more });
  const active = profileOf('Organization', [{ path: 'Organization.active', min: 1 }], 'urn:active');
  const managed = profileOf('Patient', [
    { path: 'Patient.managingOrganization', type: [{ code: 'Reference', targetProfile: ['urn:active'] }] },
  ]);
  const over = validator.with([active, managed]);
  const bundle = (target: object, reference: string) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: 'https://mgn.example/fhir/Patient/p',
        resource: patient({ id: 'p', meta: { profile: [profileUrl] }, managingOrganization: { reference } }),
      },
      { fullUrl: 'https://mgn.example/fhir/Organization/o', resource: { ...target, id: 'o' } },
    ],
  });

  test('must conform to the target profile when it is in the Bundle', () => {
    expect(errors(over.validate(bundle(organization({ active: true }), 'Organization/o')))).toEqual([]);
    expect(errors(over.validate(bundle(organization({}), 'Organization/o')))).toEqual([
      'Bundle.entry[0].resource.managingOrganization profile-no-match',
    ]);
    expect(errors(over.validate(bundle(organization({}), 'Organization/elsewhere')))).toEqual([]);
  });

  test('is resolved from the entry, also when the profile of the Bundle constrains it', () => {
    const whole = profileOf(
      'Bundle',
      [{ path: 'Bundle.entry.resource', type: [{ code: 'Resource', profile: ['urn:held'] }] }],
      'urn:whole',
    );
    const held = profileOf(
      'Patient',
      [
        {
          path: 'Patient',
          constraint: [{ key: 'own-1', severity: 'error', human: 'x', expression: '%resource.id = id' }],
        },
        { path: 'Patient.managingOrganization', type: [{ code: 'Reference', targetProfile: ['urn:active'] }] },
      ],
      'urn:held',
    );
    const { entry } = bundle(organization({}), 'Organization/o');
    const [asking, target] = entry.map((it) => ({ ...it, resource: { ...it.resource, meta: undefined } }));
    const asked = validator.with([active, held, whole]);
    const report = asked.validate(
      { resourceType: 'Bundle', type: 'collection', entry: [asking, target] },
      { profiles: ['urn:whole'] },
    );
    expect(errors(report).filter((it) => it.includes('entry[0]'))).toEqual([
      'Bundle.entry[0].resource.managingOrganization profile-no-match',
    ]);
  });

  test('may refer back in a circle', () => {
    const knows = profileOf('Patient', [
      { path: 'Patient.link.other', type: [{ code: 'Reference', targetProfile: [profileUrl] }] },
    ]);
    const linked = (id: string, other: string) => ({
      fullUrl: `https://mgn.example/fhir/Patient/${id}`,
      resource: patient({
        id,
        meta: { profile: [profileUrl] },
        link: [{ type: 'seealso', other: { reference: `Patient/${other}` } }],
      }),
    });
    const circle = { resourceType: 'Bundle', type: 'collection', entry: [linked('a', 'b'), linked('b', 'a')] };
    expect(errors(validator.with([knows]).validate(circle))).toEqual([]);
  });
});

describe('profiles to check', () => {
  const profile = profileOf('Patient', [{ path: 'Patient.name', min: 1 }]);

  test('meta.profile is checked; one that is not loaded leaves the verdict undecided', () => {
    const claimed = patient({ meta: { profile: [profileUrl] } });
    const report = validator.validate(claimed);
    expect(report.verdict).toBe('undecided');
    expect(report.issues).toContainEqual(
      expect.objectContaining({ rule: 'profile-not-loaded', expression: 'Patient.meta.profile[0]' }),
    );
    expect(errors(validator.with([profile]).validate(claimed))).toEqual(['Patient.name min']);
  });

  test('a requested profile must be loaded and apply to the type', () => {
    expect(errors(validator.validate(patient(), { profiles: ['urn:none'] }))).toEqual([
      'Patient profile-requested-not-loaded',
    ]);
    const other = { resourceType: 'Group', type: 'person', actual: true };
    expect(errors(validator.with([profile]).validate(other, { profiles: [profileUrl] }))).toEqual([
      'Group profile-type-mismatch',
    ]);
  });

  test('an overlay does not change the validator beneath', () => {
    const over = validator.with([profile]);
    expect([over.knows(profileUrl), validator.knows(profileUrl)]).toEqual([true, false]);
    expect(over.digest).not.toBe(validator.digest);
  });

  test('a compiled profile describes its checks', () => {
    expect(validator.with([profile]).describe(profileUrl)).toBe('Patient.name: 1..*');
  });
});

describe('extensions', () => {
  const url = 'https://mgn.example/fhir/StructureDefinition/colour';
  const definition = {
    ...profileOf(
      'Extension',
      [
        { path: 'Extension.url', fixedUri: url },
        { path: 'Extension.value[x]', min: 1, type: [{ code: 'code' }] },
      ],
      url,
    ),
    context: [{ type: 'element', expression: 'Patient.contact' }],
  };
  const over = validator.with([definition]);
  const contact = (extension: object) => patient({ contact: [{ name: { text: 'x' }, extension: [extension] }] });

  test('are checked against their definition and its contexts', () => {
    expect(errors(over.validate(contact({ url, valueCode: 'red' })))).toEqual([]);
    expect(errors(over.validate(contact({ url, valueString: 'red' })))).toEqual([
      'Patient.contact[0].extension[0].value.ofType(string) type-not-allowed',
    ]);
    expect(errors(over.validate(patient({ extension: [{ url, valueCode: 'red' }] })))).toEqual([
      'Patient.extension[0] extension-context',
    ]);
    expect(errors(over.validate(contact({ url })))).toContain('Patient.contact[0].extension[0] invariant');
  });

  test('one that is not loaded is reported; an unknown modifier extension is an error', () => {
    const unknown = { url: 'http://x.nl/unknown', valueBoolean: true };
    expect(validator.validate(contact(unknown)).verdict).toBe('valid');
    expect(errors(validator.validate(patient({ modifierExtension: [unknown] })))).toEqual([
      'Patient.modifierExtension[0] modifier-extension-not-loaded',
    ]);
  });
});
