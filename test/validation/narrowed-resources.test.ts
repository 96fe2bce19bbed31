import type { ElementDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { against, profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const urn = (last: number) => `urn:uuid:0e4d5c9a-6d0e-4d0c-9d55-6f3b8f4d1c1${last}`;
const patient = (more: object = {}) => ({ resourceType: 'Patient', ...more });
const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource, i) => ({ fullUrl: urn(i), resource })),
});
const rule = (expression: string) => [{ key: 'own-1', severity: 'error' as const, human: 'x', expression }];

describe('an element that contains any resource, narrowed to one type with constraints inside', () => {
  const slicedEntries: ElementDefinition[] = [
    { path: 'Bundle.entry', slicing: { discriminator: [{ type: 'type', path: 'resource' }], rules: 'open' } },
    { id: 'Bundle.entry:p', path: 'Bundle.entry', sliceName: 'p', min: 1 },
    { id: 'Bundle.entry:p.resource', path: 'Bundle.entry.resource', type: [{ code: 'Patient' }] },
    { id: 'Bundle.entry:p.resource.birthDate', path: 'Bundle.entry.resource.birthDate', min: 1 },
  ];

  test('in a slice of Bundle.entry', () => {
    expect(against(slicedEntries, bundle(patient({ birthDate: '1974-12-25' })))).toEqual([]);
    expect(against(slicedEntries, bundle(patient()))).toEqual(['Bundle.entry[0].resource.birthDate min']);
    expect(against(slicedEntries, bundle({ resourceType: 'Device' }))).toEqual(['Bundle.entry slice-min']);
  });

  test('in every Bundle.entry, with a rule about it', () => {
    const elements: ElementDefinition[] = [
      { path: 'Bundle.entry.resource', type: [{ code: 'Patient' }], constraint: rule('birthDate.exists()') },
      { path: 'Bundle.entry.resource.name', min: 1 },
    ];
    expect(against(elements, bundle(patient({ birthDate: '1974-12-25', name: [{ text: 'x' }] })))).toEqual([]);
    expect(against(elements, bundle(patient()))).toEqual([
      'Bundle.entry[0].resource invariant',
      'Bundle.entry[0].resource.name min',
    ]);
  });

  test('in a contained resource', () => {
    const elements: ElementDefinition[] = [
      { path: 'Observation.contained', type: [{ code: 'Patient' }] },
      { path: 'Observation.contained.birthDate', min: 1 },
    ];
    const sent = (more: object) => ({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: '#p' },
      contained: [patient({ id: 'p', ...more })],
    });
    expect(against(elements, sent({ birthDate: '1974-12-25' }))).toEqual([]);
    expect(against(elements, sent({}))).toEqual(['Observation.contained[0].birthDate min']);
  });

  test('in a parameter', () => {
    const elements: ElementDefinition[] = [
      { path: 'Parameters.parameter.resource', type: [{ code: 'Patient' }, { code: 'Device' }] },
      { path: 'Parameters.parameter.resource.text', min: 1 },
    ];
    const sent = { resourceType: 'Parameters', parameter: [{ name: 'a', resource: patient() }] };
    expect(against(elements, sent)).toEqual(['Parameters.parameter[0].resource.text min']);
  });
});

describe('an element that contains any resource, narrowed to a type only', () => {
  test.each([
    ['Bundle.entry.resource', bundle(patient()), bundle({ resourceType: 'Device' }), 'Bundle.entry[0].resource'],
    [
      'Parameters.parameter.resource',
      { resourceType: 'Parameters', parameter: [{ name: 'a', resource: patient() }] },
      { resourceType: 'Parameters', parameter: [{ name: 'a', resource: { resourceType: 'Device' } }] },
      'Parameters.parameter[0].resource',
    ],
    [
      'Patient.contained',
      patient({ contained: [patient({ id: 'p' })], link: [{ type: 'refer', other: { reference: '#p' } }] }),
      patient({ contained: [{ resourceType: 'Device', id: 'p' }], extension: [{ url: 'urn:x', valueUri: '#p' }] }),
      'Patient.contained[0]',
    ],
  ])('%s refuses a resource of another type', (path, right, wrong, place) => {
    const elements: ElementDefinition[] = [{ path, type: [{ code: 'Patient' }] }];
    expect(against(elements, right)).toEqual([]);
    expect(against(elements, wrong)).toEqual([`${place} type-not-allowed`]);
  });
});

describe('a rule on an element that contains a resource', () => {
  const published = [
    {
      key: 'bdl-3',
      severity: 'error' as const,
      human: 'x',
      expression:
        "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))",
    },
    {
      key: 'bdl-4',
      severity: 'error' as const,
      human: 'x',
      expression:
        "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))",
    },
  ];
  const parameters = (resource: object) => ({ resourceType: 'Parameters', parameter: [{ name: 'b', resource }] });
  const batch = { resourceType: 'Bundle', type: 'batch', entry: [{ request: { method: 'GET', url: 'Patient/1' } }] };

  test.each([
    ['copied from R4', published],
    [
      'copied from another release of R4',
      published.map((it) => ({
        ...it,
        expression: `(${it.expression})`,
        source: 'http://hl7.org/fhir/StructureDefinition/Bundle',
      })),
    ],
  ])('is checked once, with the inner resource as %%resource: %s', (_, constraint) => {
    const elements: ElementDefinition[] = [
      { path: 'Parameters.parameter.resource', type: [{ code: 'Bundle' }], constraint },
    ];
    expect(against(elements, parameters(bundle(patient())))).toEqual([]);
    expect(against(elements, parameters(batch))).toEqual([]);
    const wrong = against(elements, parameters({ ...batch, entry: [{ fullUrl: urn(1), resource: patient() }] }));
    expect(wrong).toContain('Parameters.parameter[0].resource invariant');
  });

  test('of the profile itself has the outer resource as %resource, and the inner one as $this', () => {
    const elements: ElementDefinition[] = [
      {
        path: 'Bundle.entry.resource',
        type: [{ code: 'Patient' }],
        constraint: rule('$this is Patient and %context is Patient and %resource is Bundle'),
      },
      { path: 'Bundle.entry.resource.name', constraint: rule('%resource is Patient') },
    ];
    expect(against(elements, bundle(patient({ name: [{ text: 'x' }] })))).toEqual([]);
  });
});

describe('a definition without derivation, or that says specialization', () => {
  const elements: ElementDefinition[] = [{ path: 'Patient.birthDate', min: 1 }];
  const over = (change: object) => {
    const { derivation: _, ...rest } = profileOf('Patient', elements);
    return validator.with([{ ...rest, ...change } as never]);
  };

  test.each([
    ['without', {}],
    ['with specialization', { derivation: 'specialization' }],
  ])('%s, of a type of R4, constrains it', (_, change) => {
    const report = over(change).validate(patient(), { profiles: [profileUrl] });
    expect(report.issues.map(({ rule: code }) => code)).toContain('min');
    expect(over(change).validate(patient({ birthDate: '1974-12-25' }), { profiles: [profileUrl] }).verdict).toBe(
      'valid',
    );
  });

  test.each([
    ['a logical model', { kind: 'logical', type: 'http://mgn.example/Model', derivation: 'specialization' }],
    ['a type that R4 does not have', { type: 'Patientje' }],
    ['elements that its type does not have', { differential: { element: [{ id: 'x', path: 'Patient.shoeSize' }] } }],
  ])('of %s is refused, never valid', (_, change) => {
    const report = over(change).validate(patient(), { profiles: [profileUrl] });
    expect([report.verdict, report.issues.map(({ rule: code }) => code)]).toEqual([
      'invalid',
      expect.arrayContaining(['profile-invalid']),
    ]);
  });

  test('a type of R4 itself checks nothing more', () => {
    const core = 'http://hl7.org/fhir/StructureDefinition/Patient';
    expect(validator.validate(patient(), { profiles: [core] }).verdict).toBe('valid');
  });
});

describe('a slice named @default', () => {
  const elements = (more: ElementDefinition[] = []): ElementDefinition[] => [
    {
      path: 'Patient.identifier',
      slicing: { discriminator: [{ type: 'value', path: 'system' }], rules: 'closed' },
    },
    { id: 'Patient.identifier:a', path: 'Patient.identifier', sliceName: 'a' },
    { id: 'Patient.identifier:a.system', path: 'Patient.identifier.system', min: 1, fixedUri: 'urn:a' },
    { id: 'Patient.identifier:@default', path: 'Patient.identifier', sliceName: '@default', max: '1' },
    { id: 'Patient.identifier:@default.assigner', path: 'Patient.identifier.assigner', min: 1 },
    ...more,
  ];
  const own = { system: 'urn:a', value: '1' };
  const rest = { system: 'urn:z', value: '2', assigner: { display: 'x' } };

  test('holds what no other slice does, and constrains it', () => {
    expect(against(elements(), patient({ identifier: [own, rest] }))).toEqual([]);
    expect(against(elements(), patient({ identifier: [own, { ...rest, assigner: undefined }] }))).toEqual([
      'Patient.identifier[1].assigner min',
    ]);
  });

  test('has its own maximum, and does not constrain the other slices', () => {
    expect(against(elements(), patient({ identifier: [rest, rest, own] }))).toEqual(['Patient.identifier slice-max']);
  });
});

describe('a rule of a profile with a key that R4 uses', () => {
  test.each(['txt-1', 'txt-2', 'dom-3', 'ele-1', 'ext-1', 'pat-1'])(
    '%s is evaluated when its expression is its own',
    (key) => {
      const constraint = [{ key, severity: 'error' as const, human: 'x', expression: 'active = true' }];
      expect(against([{ path: 'Patient', constraint }], patient({ active: true }))).toEqual([]);
      expect(against([{ path: 'Patient', constraint }], patient({ active: false }))).toEqual(['Patient invariant']);
    },
  );

  test('is not evaluated again when it is a copy from R4', () => {
    const copied = [
      {
        key: 'ele-1',
        severity: 'error' as const,
        human: 'x',
        expression: 'false',
        source: 'http://hl7.org/fhir/StructureDefinition/Element',
      },
      { key: 'dom-3', severity: 'error' as const, human: 'x', expression: 'false', source: 'DomainResource' },
    ];
    expect(against([{ path: 'Patient', constraint: copied }], patient())).toEqual([]);
  });
});
