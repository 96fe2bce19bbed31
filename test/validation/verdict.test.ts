import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { answerQuestions, openValidator } from '../../src/validation/index.ts';
import { withinCpuTime } from '../support/cpu-time.ts';
import { runs } from '../support/long.ts';
import { profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const snomedSet = {
  resourceType: 'ValueSet',
  url: 'urn:diagnoses',
  status: 'active',
  compose: {
    include: [{ system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] }],
  },
};
const bound = (strength: 'required' | 'extensible') =>
  profileOf('Condition', [{ path: 'Condition.code', binding: { strength, valueSet: 'urn:diagnoses' } }]);
const condition = {
  resourceType: 'Condition',
  subject: { reference: 'Patient/1' },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '35489007' }] },
};
const profiles = [profileUrl];

const bindingTo = (valueSet: string) => [
  { path: 'Patient.gender', binding: { strength: 'required' as const, valueSet } },
];

describe('a code of a system that is not loaded', () => {
  test('opens a question; a required binding leaves the verdict undecided', () => {
    const report = validator.with([snomedSet, bound('required')]).validate(condition, { profiles });
    expect(report.verdict).toBe('undecided');
    expect(report.questions).toEqual([
      {
        kind: 'code',
        at: 'Condition.code',
        element: 'Condition.code',
        profile: profileUrl,
        strength: 'required',
        codings: [{ system: 'http://snomed.info/sct', code: '35489007' }],
        valueSet: 'urn:diagnoses',
        systems: ['http://snomed.info/sct'],
      },
    ]);
  });

  test('does not affect the verdict for an extensible binding, which can only warn', () => {
    expect(validator.with([snomedSet, bound('extensible')]).validate(condition, { profiles }).verdict).toBe('valid');
  });

  test('can be waived; the report names the person who waived it', async () => {
    const waiving = await openValidator({ waive: { 'http://snomed.info/sct': 'regio Voorbeeld' } });
    const report = waiving.with([snomedSet, bound('required')]).validate(condition, { profiles });
    expect(report.verdict).toBe('valid');
    expect(report.issues.find(({ rule }) => rule === 'binding-waived')?.message).toContain('regio Voorbeeld');
  });
});

describe('answering questions', () => {
  const report = () => validator.with([snomedSet, bound('required')]).validate(condition, { profiles });

  test.each([
    [true, 'valid', []],
    [false, 'invalid', ['binding-required']],
    [undefined, 'undecided', ['code-system-not-loaded']],
  ] as const)('%s makes the verdict %s', async (answer, verdict, rules) => {
    const settled = await answerQuestions(report(), async () => answer);
    const about = settled.issues.filter(({ expression }) => expression === 'Condition.code').map(({ rule }) => rule);
    expect([settled.verdict, about]).toEqual([verdict, rules]);
    expect(settled.questions.length).toBe(answer === undefined ? 1 : 0);
  });

  test('asks once, however often the question occurs in the report', async () => {
    const one = report();
    let count = 0;
    const twice = { ...one, questions: [...one.questions, ...one.questions] };
    await answerQuestions(twice, async () => Boolean(++count));
    expect(count).toBe(1);
  });
});

describe('a report', () => {
  test('has line and column when the text is passed', () => {
    const text = '{\n  "resourceType": "Patient",\n  "gender": "F"\n}';
    const [found] = validator
      .validate(JSON.parse(text), { text })
      .issues.filter(({ severity }) => severity === 'error');
    expect(found).toMatchObject({ expression: 'Patient.gender', line: 3 });
  });

  test('states the fix in both languages, and never quotes a value', () => {
    const secret = 'Geheimnaam';
    const { issues } = validator.validate({
      resourceType: 'Patient',
      gender: secret,
      birthDate: secret,
      id: `${secret} x`,
      name: [{ use: secret, family: 7 }],
      [secret.repeat(9)]: 1,
      maritalStatus: { coding: [{ system: secret, code: secret }] },
    });
    expect(issues.length).toBeGreaterThan(4);
    expect(JSON.stringify(issues.map(({ message, dutch }) => [message, dutch]))).not.toContain(secret);
    for (const it of issues) expect([it.message, it.dutch].join()).not.toMatch(/\{[a-z]+\}/i);
  });
});

describe('any input', () => {
  const names = fc.constantFrom(
    'resourceType',
    'Patient',
    'Bundle',
    'name',
    'entry',
    'resource',
    'contained',
    'extension',
    'url',
    'valueReference',
    'reference',
    '_birthDate',
    'birthDate',
    'text',
    'div',
    'meta',
    'profile',
    'id',
    'identifier',
    'type',
    'item',
    'answer',
    'linkId',
    'questionnaire',
  );
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(
      'Patient',
      'Bundle',
      'QuestionnaireResponse',
      '#a',
      'Patient/1',
      'collection',
      'document',
      '2026-01-01',
    ),
  );
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names, tie('value'), { maxKeys: 6 }),
    ),
  })).value;

  test('never throws', () => {
    fc.assert(
      fc.property(
        json,
        fc.constantFrom('Patient', 'Bundle', 'Observation', 'QuestionnaireResponse', 'Parameters', 'x'),
        (value, resourceType) => {
          validator.validate(value);
          validator.validate({ ...(typeof value === 'object' ? value : {}), resourceType });
        },
      ),
      { numRuns: runs(500) },
    );
  });

  test('never throws for malformed definitions', () => {
    fc.assert(
      fc.property(json, json, (element, compose) => {
        const broken = [
          { ...profileOf('Patient', []), differential: { element: [element] } },
          { resourceType: 'ValueSet', url: 'urn:broken', status: 'active', compose },
          { resourceType: 'CodeSystem', url: 'urn:codes', status: 'active', content: 'complete', concept: compose },
        ] as unknown as Resource[];
        const over = validator.with([...broken, profileOf('Patient', bindingTo('urn:broken'), 'urn:bound')]);
        over.validate({ resourceType: 'Patient', gender: 'male' }, { profiles: [profileUrl, 'urn:bound'] });
        over.validate(broken[0]);
      }),
      { numRuns: runs(200) },
    );
  });

  test('depth is bounded', () => {
    let deep: object = { url: 'http://x.nl/a', valueBoolean: true };
    for (let i = 0; i < 5000; i++) deep = { url: 'http://x.nl/a', extension: [deep] };
    expect(
      validator
        .validate({ resourceType: 'Patient', extension: [deep] })
        .issues.some(({ rule }) => rule === 'resource-too-deep'),
    ).toBe(true);
  });

  test('time is linear in the size: long strings, wide resources', () => {
    const soon = (resource: object) => withinCpuTime(2_000, () => validator.validate(resource));
    for (const text of [
      'a'.repeat(500_000),
      ' '.repeat(500_000),
      '<div '.repeat(100_000),
      '&'.repeat(500_000),
      '1.'.repeat(250_000),
      'a-'.repeat(250_000),
    ])
      soon({
        resourceType: 'Patient',
        id: text,
        language: text,
        birthDate: text,
        text: { status: 'generated', div: text },
        photo: [{ contentType: text, data: text, url: text, creation: text }],
        identifier: [{ system: text, value: text }],
        managingOrganization: { reference: text },
      });
    soon({ resourceType: 'Patient', name: Array.from({ length: 50_000 }, () => ({ family: 'x' })) });
  });
});
