import type { ElementDefinitionConstraint } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { type Answer, answerQuestions, openValidator, type Validator } from '../../src/validation/index.ts';
import { profileOf, profileUrl, validator } from '../support/validation/validate.ts';

const rule = (
  expression: string,
  severity: 'error' | 'warning' = 'error',
  key = 'own-1',
): ElementDefinitionConstraint => ({
  key,
  severity,
  human: 'x',
  expression,
});
const over = (type: string, constraint: ElementDefinitionConstraint[], base: Validator = validator) => {
  const own = base.with([profileOf(type, [{ path: type, constraint }])]);
  return (resource: object) => own.validate(resource, { profiles: [profileUrl] });
};
const codes = (report: { issues: readonly { severity: string; rule: string; constraint?: string }[] }) =>
  report.issues.flatMap((it) => (it.constraint === 'dom-6' ? [] : [`${it.severity} ${it.rule}`]));

const patient = { resourceType: 'Patient', gender: 'male', active: true };
const observation = (more: object) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...more });
const gram = { value: 1, system: 'http://unitsofmeasure.org', code: 'g' };

describe('a rule written as published profiles write them', () => {
  test.each([
    ['valueQuantity', "valueQuantity.exists() implies valueQuantity.code = 'g'"],
    ['valueQuantity below a resource of any type', "$this.valueQuantity.code = 'g'"],
    ['a type of a later release', "value.ofType(CodeableReference).empty() and value.ofType(Quantity).code = 'g'"],
    ['is with a type of a later release', "(value is RatioRange).not() and valueQuantity.code = 'g'"],
  ])('is evaluated: %s', (_, expression) => {
    const validate = over('Observation', [rule(expression)]);
    expect(codes(validate(observation({ valueQuantity: gram })))).toEqual([]);
    expect(codes(validate(observation({ valueQuantity: { ...gram, code: 'kg' } })))).toEqual(['error invariant']);
  });

  test('subsumes() is decided by a loaded code system, and left open for another', () => {
    const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    const subsumes = (system: string, code: string) =>
      `code.coding.where(system = '${system}').all(%resource.category.coding.first().subsumes($this) or code = '${code}')`;
    const sent = (system: string) =>
      observation({
        code: { coding: [{ system, code: 'EMER' }] },
        category: [{ coding: [{ system, code: '_ActEncounterCode' }] }],
      });
    expect(over('Observation', [rule(subsumes(actCode, 'none'))])(sent(actCode)).verdict).toBe('valid');
    const report = over('Observation', [rule(subsumes('urn:none', 'none'))])(sent('urn:none'));
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'warning invariant-undecided']);
  });
});

describe('a rule that does not compile', () => {
  const wrong = [
    ['an unknown function', 'name.frobnicate()'],
    ['slice()', "slice('urn:x', 'a').exists()"],
    ['an unknown type', 'name.ofType(Naam).exists()'],
    ['an unfinished expression', 'name.where('],
  ];
  test.each(wrong)('leaves every instance undecided, and no more: %s', (_, expression) => {
    const report = over('Patient', [rule(expression)])(patient);
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'warning constraint-unsupported']);
  });

  test.each(wrong)('that only warns leaves an instance valid: %s', (_, expression) => {
    const report = over('Patient', [rule(expression, 'warning')])(patient);
    expect([report.verdict, ...codes(report)]).toEqual(['valid', 'information constraint-unsupported']);
  });

  test('does not hide the other rules of the profile', () => {
    const both = [rule('name.frobnicate()'), rule('name.exists()', 'error', 'own-2')];
    const report = over('Patient', both)(patient);
    expect([report.verdict, ...codes(report)]).toEqual([
      'invalid',
      'warning constraint-unsupported',
      'error invariant',
    ]);
  });

  test('is named when the profile is compiled', () => {
    const own = validator.with([profileOf('Patient', [{ path: 'Patient', constraint: [rule('name.frobnicate()')] }])]);
    expect(() => own.check(profileUrl)).toThrow(/invariant own-1: there is no function frobnicate/);
    expect(own.describe(profileUrl)).toContain('not checked: invariant own-1');
  });

  test('a slice without a usable discriminator leaves its values undecided', () => {
    const elements = [
      {
        path: 'Patient.name',
        slicing: { discriminator: [{ type: 'value' as const, path: 'text' }], rules: 'open' as const },
      },
      { id: 'Patient.name:a', path: 'Patient.name', sliceName: 'a', max: '1' },
      { path: 'Patient.gender', min: 1 },
    ];
    const own = validator.with([profileOf('Patient', elements)]);
    const validate = (resource: object) =>
      own.validate({ resourceType: 'Patient', ...resource }, { profiles: [profileUrl] });
    expect(validate({ gender: 'male' }).verdict).toBe('valid');
    expect(validate({ gender: 'male', name: [{ text: 'x' }] }).verdict).toBe('undecided');
    expect(validate({ name: [{ text: 'x' }] }).verdict).toBe('invalid');
  });
});

describe('memberOf() a value set that is not loaded', () => {
  const elsewhere = "gender.memberOf('urn:elsewhere')";
  const asked = async (expression: string, answer: Answer, severity: 'error' | 'warning' = 'error') =>
    answerQuestions(over('Patient', [rule(expression, severity)])(patient), async () => answer);

  test.each([
    ['decides', `gender.empty() or ${elsewhere}`],
    ['decides when negated', `(${elsewhere}).not()`],
    ['decides one of two', `${elsewhere} and gender.memberOf('urn:other')`],
    ['decides the argument of a function', `iif(${elsewhere}, active, active.not())`],
  ])('leaves the rule undecided where it %s', (_, expression) => {
    const report = over('Patient', [rule(expression)])(patient);
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'information invariant-undecided']);
    expect(report.questions.length).toBeGreaterThan(0);
  });

  test('does not matter where the rule holds, or fails, by the rest', () => {
    const holds = over('Patient', [rule(`active or ${elsewhere}`)])(patient);
    expect([holds.verdict, holds.questions]).toEqual(['valid', []]);
    const fails = over('Patient', [rule(`active.not() and ${elsewhere}`)])(patient);
    expect([fails.verdict, ...codes(fails)]).toEqual(['invalid', 'error invariant']);
  });

  test('is asked of a terminology server, whose answer decides the rule', async () => {
    expect((await asked(elsewhere, true)).verdict).toBe('valid');
    const refused = await asked(elsewhere, false);
    expect([refused.verdict, refused.questions, ...codes(refused)]).toEqual(['invalid', [], 'error invariant']);
    expect((await asked(`(${elsewhere}).not()`, true)).verdict).toBe('invalid');
    expect((await asked(`(${elsewhere}).not()`, false)).verdict).toBe('valid');
    expect((await asked(`${elsewhere} and gender.memberOf('urn:other')`, true)).verdict).toBe('valid');
    expect((await asked(`${elsewhere} xor gender.memberOf('urn:other')`, true)).verdict).toBe('invalid');
  });

  test('stays open when the server does not know, and only warns for a rule that only warns', async () => {
    const unknown = await asked(elsewhere, 'unknown');
    expect([unknown.verdict, unknown.questions.length, ...codes(unknown)]).toEqual([
      'undecided',
      1,
      'information terminology-not-found',
    ]);
    expect((await asked(elsewhere, undefined, 'warning')).verdict).toBe('valid');
    expect(codes(await asked(elsewhere, false, 'warning'))).toEqual(['warning invariant']);
  });

  describe('for a code, uri or string, which has no system', () => {
    const named = 'urn:own-set';
    const system = 'urn:oid:2.16.840.1.113883.2.4.3.11';
    const other = 'http://snomed.info/sct';
    const set = (url: string, compose: object) => ({
      resourceType: 'ValueSet' as const,
      url,
      status: 'active',
      compose,
    });
    const within = (...sets: object[]) => validator.with(sets as never[]);
    const imported = set('urn:part', { include: [{ system }] });
    const values = [
      ['code', `gender.memberOf('${named}')`],
      ['uri', `implicitRules.memberOf('${named}')`],
      ['string', `name.first().text.memberOf('${named}')`],
    ] as const;
    const filled = { ...patient, implicitRules: 'urn:x', name: [{ text: 'x' }] };

    test.each(values)(
      '%s: undecided and named, with no system to ask in, when the set is absent',
      async (_, expression) => {
        const report = over('Patient', [rule(expression)])(filled);
        expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'information invariant-undecided']);
        expect(report.issues.find((it) => it.rule === 'invariant-undecided')!.message).toMatch(
          /urn:own-set is not loaded, and no terminology server can be asked/,
        );
        expect(report.questions).toMatchObject([{ valueSet: named, systems: [] }]);
      },
    );

    test.each(values)('%s: the system is that of the set which names exactly one', (_, expression) => {
      for (const sets of [
        [set(named, { include: [{ system }] })],
        [set(named, { include: [{ system, filter: [{ property: 'x', op: '=', value: 'y' }] }, { system }] })],
        [set(named, { include: [{ valueSet: ['urn:part'] }] }), imported],
      ]) {
        const report = over('Patient', [rule(expression)], within(...sets))(filled);
        expect(report.verdict).toBe('undecided');
        expect(report.questions).toMatchObject([{ systems: [system] }]);
        expect(report.issues.map(({ message }) => message).join()).not.toMatch(/no terminology server/);
      }
    });

    test.each(values)('%s: no system where the set names several, or includes one that is absent', (_, expression) => {
      for (const sets of [
        [set(named, { include: [{ system }, { system: other }] })],
        [set(named, { include: [{ valueSet: ['urn:absent'] }] })],
        [set(named, { include: [{ system }, { valueSet: ['urn:absent'] }] })],
      ]) {
        const report = over('Patient', [rule(expression)], within(...sets))(filled);
        expect(report.verdict).toBe('undecided');
        expect(report.questions[0]!.systems).not.toHaveLength(1);
        expect(report.issues.map(({ message }) => message).join()).toMatch(/no terminology server/);
      }
    });
  });

  test('is waived by the name of the value set', async () => {
    const waiving = await openValidator({ waive: { 'urn:elsewhere': 'regio Voorbeeld' } });
    const report = over('Patient', [rule(elsewhere)], waiving)(patient);
    expect([report.verdict, ...codes(report)]).toEqual(['valid', 'information binding-waived']);
  });

  test('too many of them leave the rule undecided', () => {
    const many = Array.from({ length: 7 }, (_, i) => `gender.memberOf('urn:vs-${i}')`).join(' or ');
    const report = over('Patient', [rule(many)])(patient);
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'warning invariant-undecided']);
  });
});

describe('a rule that cannot be evaluated', () => {
  const two = { resourceType: 'Patient', name: [{ family: 'A' }, { family: 'B' }] };

  test.each(['name.family.length() > 1', 'name.single().exists()', "name.family + 'x' = 'y'"])(
    'is an error when the rule is one: %s',
    (expression) => {
      const report = over('Patient', [rule(expression)])(two);
      expect([report.verdict, ...codes(report)]).toEqual(['invalid', 'error invariant-not-evaluated']);
      expect(over('Patient', [rule(expression, 'warning')])(two).verdict).toBe('valid');
    },
  );

  test('for lack of a profile is undecided', () => {
    const report = over('Patient', [rule("conformsTo('urn:none')")])(two);
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'warning invariant-undecided']);
  });
});

describe('a rule about the current time', () => {
  const at = (text: string, zone = 60) => openValidator({ clock: () => new Date(text), zone: () => zone });
  const born = (birthDate: string) => ({ resourceType: 'Patient', birthDate });
  const past = [rule('birthDate <= today()')];

  test.each([
    ['today()', 'birthDate <= today()'],
    ['now()', 'birthDate.toDateTime() < now()'],
  ])('%s has the clock of the validator', async (_, expression) => {
    const validate = over('Patient', [rule(expression)], await at('2026-06-01T12:00:00Z'));
    expect(validate(born('2026-05-30')).verdict).toBe('valid');
    expect(validate(born('2999-01-01')).verdict).toBe('invalid');
  });

  test('has the day of the time zone of the validator', async () => {
    const night = '2026-05-31T23:30:00Z';
    expect(over('Patient', past, await at(night))(born('2026-06-01')).verdict).toBe('valid');
    expect(over('Patient', past, await at(night, 0))(born('2026-06-01')).verdict).toBe('invalid');
  });

  test('stays undecided without a clock', () => {
    const report = over('Patient', past)(born('1974-12-25'));
    expect([report.verdict, ...codes(report)]).toEqual(['undecided', 'warning invariant-undecided']);
  });
});
