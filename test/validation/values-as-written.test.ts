import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import { against, check, errors, profileOf, validator } from '../support/validation/validate.ts';

const patient = (more: object = {}) => ({ resourceType: 'Patient', ...more });

describe('maxLength counts characters', () => {
  test.each([
    ['😀😀', []],
    ['😀😀😀', ['Patient.name[0].family too-long']],
    ['é🇳', []],
    ['abc', ['Patient.name[0].family too-long']],
  ])('of %s', (family, expected) => {
    expect(against([{ path: 'Patient.name.family', maxLength: 2 }], patient({ name: [{ family }] }))).toEqual(expected);
  });
});

describe('a decimal beyond the precision of a double is compared as written', () => {
  const observation = (value: string) =>
    parseJson(
      `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}},"extension":[{"url":"urn:x","valueDecimal":${value}}]}`,
    ) as never;
  const limited = (more: Partial<ElementDefinition>): ElementDefinition[] => [
    { path: 'Observation.value[x]', type: [{ code: 'Quantity' }] },
    { path: 'Observation.value[x].value', ...more },
  ];

  test.each([
    [{ maxValueDecimal: 9007199254740992 }, '9007199254740992', '9007199254740993', 'max-value'],
    [{ minValueDecimal: 0.1 }, '0.1', '0.0999999999999999999999', 'min-value'],
    [{ fixedDecimal: 9007199254740992 }, '9007199254740992.0', '9007199254740993', 'fixed-value'],
    [{ patternDecimal: 0.1 }, '0.10', '0.10000000000000000000001', 'pattern-value'],
  ])('%j', (more, right, wrong, rule) => {
    expect(against(limited(more), observation(right))).toEqual([]);
    expect(against(limited(more), observation(wrong))).toEqual([`Observation.value.ofType(Quantity).value ${rule}`]);
  });

  test('inside a fixed Quantity, and a limit on one', () => {
    const of = (more: Partial<ElementDefinition>): ElementDefinition[] => [
      { path: 'Observation.value[x]', type: [{ code: 'Quantity' }], ...more },
    ];
    const value = 9007199254740992;
    for (const more of [{ fixedQuantity: { value } }, { maxValueQuantity: { value } }]) {
      expect(against(of(more), observation('9007199254740992'))).toEqual([]);
      expect(against(of(more), observation('9007199254740993'))).toHaveLength(1);
    }
  });
});

describe('a rule about a primitive has that primitive as its parent selects it', () => {
  const rule = (expression: string) => [{ key: 'own-1', severity: 'error' as const, human: 'own rule', expression }];
  const quantity = (value: string) =>
    parseJson(
      `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":${value}}}`,
    ) as never;
  const ofValue = (expression: string): ElementDefinition[] => [
    { path: 'Observation.value[x]', type: [{ code: 'Quantity' }] },
    { path: 'Observation.value[x].value', constraint: rule(expression) },
  ];

  test.each([
    ['$this = 0.1000000000000000001', '0.1000000000000000001', '0.1'],
    ['$this <= 0.1', '0.1', '0.1000000000000000001'],
    ['$this > 9007199254740993.1', '9007199254740993.2', '9007199254740993.1'],
    ["toString() = '1.50'", '1.50', '1.5'],
    ['%context = 0.12345678901234567891', '0.12345678901234567891', '0.12345678901234567892'],
    ['$this * 10 = 1.2345678901234567891', '0.12345678901234567891', '0.12345678901234567892'],
    ['select($this) > 9007199254740993.0', '9007199254740993.0001', '9007199254740993'],
  ])('%s', (expression, right, wrong) => {
    expect(against(ofValue(expression), quantity(right))).toEqual([]);
    expect(against(ofValue(expression), quantity(wrong))).toHaveLength(1);
  });

  test('in a repetition, in an extension, beside an id', () => {
    const factor = (value: string, beside = '') =>
      parseJson(
        `{"resourceType":"Observation","status":"final","code":{"text":"x"},"extension":[{"url":"urn:x","valueString":"a"},{"url":"urn:y","valueDecimal":${value}${beside}}]}`,
      ) as never;
    const rules: ElementDefinition[] = [
      { path: 'Observation.extension.value[x]', constraint: rule('$this is decimal implies $this <= 0.1') },
    ];
    for (const beside of ['', ',"_valueDecimal":{"id":"d"}']) {
      expect(against(rules, factor('0.10', beside))).toEqual([]);
      expect(against(rules, factor('0.1000000000000000001', beside))).toHaveLength(1);
    }
  });

  test('with its id and extensions', () => {
    const rules: ElementDefinition[] = [
      { path: 'Patient.birthDate', constraint: rule("extension('urn:x').exists() and id = 'b'") },
      { path: 'Patient.name.given', constraint: rule("$this != 'B' or extension('urn:x').exists()") },
    ];
    const beside = { id: 'b', extension: [{ url: 'urn:x', valueString: 'x' }] };
    const born = { birthDate: '1990-01-01' };
    expect(against(rules, patient({ ...born, _birthDate: beside }))).toEqual([]);
    expect(against(rules, patient(born))).toHaveLength(1);
    expect(against(rules, patient({ name: [{ given: ['A', 'B'], _given: [null, beside] }] }))).toEqual([]);
    expect(against(rules, patient({ name: [{ given: ['A', 'B'], _given: [beside, null] }] }))).toHaveLength(1);
  });
});

describe('contextInvariant: a rule about the element that contains an extension', () => {
  const definition = (contextInvariant: string[], expression: string): StructureDefinition => ({
    ...profileOf('Extension', [{ path: 'Extension.url', fixedUri: 'urn:mgn:ci' }], 'urn:mgn:ci'),
    kind: 'complex-type',
    context: [{ type: 'element', expression }],
    contextInvariant,
  });
  const extension = [{ url: 'urn:mgn:ci', valueString: 'x' }];
  const validate = (resource: object, rules: string[], context: string) =>
    validator.with([definition(rules, context)]).validate(resource);

  test.each([
    [
      'of the resource',
      "%context.gender = 'male' or gender = 'male'",
      'Patient',
      { gender: 'male', extension },
      { gender: 'female', extension },
      'Patient',
    ],
    [
      'with the extension',
      '%extension.value = family',
      'HumanName',
      { name: [{ family: 'x', extension }] },
      { name: [{ family: 'y', extension }] },
      'Patient.name[0]',
    ],
    [
      'of a primitive',
      '$this > @2000',
      'date',
      { birthDate: '2001-01-01', _birthDate: { extension } },
      { birthDate: '1999-01-01', _birthDate: { extension } },
      'Patient.birthDate',
    ],
    [
      'with the resource',
      '%resource.active',
      'Patient.contact',
      { active: true, contact: [{ name: { text: 'x' }, extension }] },
      { active: false, contact: [{ name: { text: 'x' }, extension }] },
      'Patient.contact[0]',
    ],
  ])('%s', (_, rule, context, right, wrong, place) => {
    expect(errors(validate(patient(right), [rule], context))).toEqual([]);
    expect(errors(validate(patient(wrong), [rule], context))).toEqual([
      `${place}.extension[0] extension-context-invariant`,
    ]);
  });

  test('that does not compile leaves the resource undecided', () => {
    expect(validate(patient({ extension }), ['gender.frobnicate()'], 'Patient').verdict).toBe('undecided');
  });
});

describe('ids of contained resources are unique', () => {
  test.each([
    [
      'of two types',
      [
        { resourceType: 'Patient', id: 'p' },
        { resourceType: 'Device', id: 'p' },
      ],
      ['Observation.contained[1] contained-id-duplicate'],
    ],
    [
      'of one type',
      [
        { resourceType: 'Patient', id: 'p' },
        { resourceType: 'Patient', id: 'p' },
      ],
      ['Observation.contained[1] contained-id-duplicate'],
    ],
    [
      'distinct',
      [
        { resourceType: 'Patient', id: 'p' },
        { resourceType: 'Device', id: 'd' },
      ],
      [],
    ],
  ])('%s', (_, contained, expected) => {
    const sent = {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      contained,
      subject: { reference: '#p' },
      ...(contained.some(({ id }) => id === 'd') ? { device: { reference: '#d' } } : {}),
    };
    expect(check(sent)).toEqual(expected);
  });
});

describe('3,000 nested levels do not throw', () => {
  const nested = (make: (inner: object) => object, inner: object): object => {
    let value = inner;
    for (let i = 0; i < 3_000; i++) value = make(value);
    return value;
  };
  const items = (type: object) => nested((it) => ({ linkId: 'a', ...type, item: [it] }), { linkId: 'z', ...type });
  const deepForm = {
    resourceType: 'Questionnaire',
    url: 'urn:deep',
    status: 'active',
    item: [items({ type: 'group' })],
  };

  test.each([
    [
      'extensions',
      { resourceType: 'Patient', extension: [nested((it) => ({ url: 'u', extension: [it] }), { url: 'x' })] },
    ],
    ['items of a Questionnaire', deepForm],
    [
      'items of a response',
      { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: 'urn:deep', item: [items({})] },
    ],
    [
      'Bundles',
      nested((it) => ({ resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'urn:x', resource: it }] }), {
        resourceType: 'Patient',
      }),
    ],
  ])('of %s', (_, resource) => {
    const report = validator.with([deepForm as never]).validate(resource);
    expect([report.verdict, report.issues.map(({ rule }) => rule)]).toEqual([
      'invalid',
      expect.arrayContaining(['resource-too-deep']),
    ]);
  });
});
