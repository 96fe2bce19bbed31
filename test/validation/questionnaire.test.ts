import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { errors, validator } from '../support/validation/validate.ts';

const url = 'https://mgn.example/fhir/Questionnaire/conversation';
const core = 'http://hl7.org/fhir/StructureDefinition/';

/** The rules that these answers violate, for a Questionnaire with these items. */
function answered(items: QuestionnaireItem[], given: object[], status = 'completed'): string[] {
  const form = { resourceType: 'Questionnaire', url, status: 'active', item: items };
  const response = {
    resourceType: 'QuestionnaireResponse',
    questionnaire: url,
    status,
    ...(given.length ? { item: given } : {}),
  };
  return errors(validator.with([form]).validate(response)).map((it) => it.split(' ').at(-1)!);
}
const item = (linkId: string, ...answer: object[]) => ({ linkId, ...(answer.length ? { answer } : {}) });

describe('items', () => {
  const form: QuestionnaireItem[] = [
    { linkId: 'goal', type: 'string', required: true },
    { linkId: 'domains', type: 'group', item: [{ linkId: 'home', type: 'boolean' }] },
    { linkId: 'note', type: 'text' },
  ];
  const goal = item('goal', { valueString: 'rust' });

  test.each([
    ['all items present', [goal, { linkId: 'domains', item: [item('home', { valueBoolean: true })] }], []],
    ['an unknown item', [goal, item('other', { valueString: 'x' })], ['answer-item-unknown']],
    ['an item at another level', [goal, item('home', { valueBoolean: true })], ['answer-item-unknown']],
    ['another order', [item('note', { valueString: 'x' }), goal], ['answer-order']],
    ['a required one missing', [item('note', { valueString: 'x' })], ['answer-missing']],
    ['twice, though it does not repeat', [item('goal', { valueString: 'a' }, { valueString: 'b' })], ['answer-count']],
    ['an answer to a group', [goal, item('domains', { valueString: 'x' })], ['answer-structure']],
  ])('%s', (_, given, expected) => {
    expect(answered(form, given)).toEqual(expected);
  });

  test('required answers may be missing until the response is completed', () => {
    expect(answered(form, [], 'in-progress')).toEqual([]);
    expect(answered(form, [])).toEqual(['answer-missing']);
  });

  test('without the Questionnaire nothing is checked, and that is reported', () => {
    const { verdict, issues } = validator.validate({
      resourceType: 'QuestionnaireResponse',
      questionnaire: 'urn:none',
      status: 'completed',
    });
    expect([verdict, issues.map(({ rule }) => rule)]).toEqual([
      'valid',
      expect.arrayContaining(['questionnaire-not-loaded']),
    ]);
  });
});

describe('enableWhen', () => {
  const form: QuestionnaireItem[] = [
    { linkId: 'debts', type: 'boolean' },
    { linkId: 'amount', type: 'integer' },
    {
      linkId: 'help',
      type: 'string',
      required: true,
      enableBehavior: 'all',
      enableWhen: [
        { question: 'debts', operator: '=', answerBoolean: true },
        { question: 'amount', operator: '>', answerInteger: 1000 },
      ],
    },
  ];
  const yes = item('debts', { valueBoolean: true });

  test('requires answers of enabled items and refuses those of disabled ones', () => {
    expect(answered(form, [yes, item('amount', { valueInteger: 5000 })])).toEqual(['answer-missing']);
    expect(answered(form, [yes, item('amount', { valueInteger: 10 })])).toEqual([]);
    expect(answered(form, [yes, item('amount', { valueInteger: 10 }), item('help', { valueString: 'x' })])).toEqual([
      'answer-not-enabled',
    ]);
  });
});

describe('answers', () => {
  const option = (code: string) => ({ valueCoding: { system: 'urn:d', code } });
  const limited = (type: 'integer' | 'decimal', ...extension: object[]): QuestionnaireItem => ({
    linkId: 'q',
    type,
    extension: extension as never,
  });
  const gender: QuestionnaireItem = {
    linkId: 'q',
    type: 'choice',
    answerValueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender',
  };
  const female = { system: 'http://hl7.org/fhir/administrative-gender', code: 'female' };

  test.each<[string, QuestionnaireItem, object, string[]]>([
    ['the type of the item', { linkId: 'q', type: 'integer' }, { valueInteger: 1 }, []],
    ['another type', { linkId: 'q', type: 'integer' }, { valueString: '1' }, ['answer-structure']],
    ['an option', { linkId: 'q', type: 'choice', answerOption: [option('a')] }, option('a'), []],
    ['no option', { linkId: 'q', type: 'choice', answerOption: [option('a')] }, option('b'), ['answer-value']],
    [
      'free text of an open choice',
      { linkId: 'q', type: 'open-choice', answerOption: [option('a')] },
      { valueString: 'x' },
      [],
    ],
    ['a code of the value set', gender, { valueCoding: female }, []],
    ['another code', gender, { valueCoding: { ...female, code: 'F' } }, ['answer-value']],
    [
      'a code under another display than was shown',
      gender,
      { valueCoding: { ...female, display: 'Male' } },
      ['display-mismatch'],
    ],
    ['too long', { linkId: 'q', type: 'string', maxLength: 2 }, { valueString: 'abc' }, ['answer-value']],
    [
      'below the minimum',
      limited('integer', { url: `${core}minValue`, valueInteger: 1 }),
      { valueInteger: 0 },
      ['answer-value'],
    ],
    [
      'too precise',
      limited('decimal', { url: `${core}maxDecimalPlaces`, valueInteger: 1 }),
      { valueDecimal: 1.25 },
      ['answer-value'],
    ],
  ])('%s', (_, asked, answer, expected) => {
    expect(answered([asked], [item('q', answer)])).toEqual(expected);
  });

  test('an exclusive option excludes other answers', () => {
    const none = {
      ...option('none'),
      extension: [{ url: `${core}questionnaire-optionExclusive`, valueBoolean: true }],
    };
    const form: QuestionnaireItem[] = [
      { linkId: 'q', type: 'choice', repeats: true, answerOption: [option('a'), none] },
    ];
    expect(answered(form, [item('q', option('none'))])).toEqual([]);
    expect(answered(form, [item('q', option('a'), option('none'))])).toEqual(['answer-value']);
  });

  test('items below an answer are checked with it', () => {
    const form: QuestionnaireItem[] = [
      { linkId: 'q', type: 'boolean', item: [{ linkId: 'why', type: 'string', required: true }] },
    ];
    expect(answered(form, [item('q', { valueBoolean: true })])).toEqual(['answer-missing']);
    expect(answered(form, [item('q', { valueBoolean: true, item: [item('why', { valueString: 'x' })] })])).toEqual([]);
  });
});
