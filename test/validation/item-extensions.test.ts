import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { errors, validator } from '../support/validation/validate.ts';

const hl7 = 'http://hl7.org/fhir/StructureDefinition/';
const ucum = 'http://unitsofmeasure.org';
const form = (item: object, more: object = {}) =>
  ({
    resourceType: 'Questionnaire',
    url: 'urn:form',
    status: 'active',
    item: [{ linkId: '1', ...item }],
    ...more,
  }) as unknown as Resource;
const verdict = (questionnaire: Resource, answer: object, status = 'completed') => {
  const sent = {
    resourceType: 'QuestionnaireResponse',
    status,
    questionnaire: 'urn:form',
    item: [{ linkId: '1', answer: [answer] }],
  };
  return validator.with([questionnaire]).validate(sent).verdict;
};
const contained = {
  contained: [
    {
      resourceType: 'ValueSet',
      id: 'o',
      status: 'active',
      compose: {
        include: [
          { system: 'urn:a', concept: [{ code: 'y' }] },
          { system: ucum, concept: [{ code: 'kg' }] },
        ],
      },
    },
  ],
};

describe('a value set that the Questionnaire contains', () => {
  test('decides an answer', () => {
    const asked = form({ type: 'choice', answerValueSet: '#o' }, contained);
    expect(verdict(asked, { valueCoding: { system: 'urn:a', code: 'y' } })).toBe('valid');
    expect(verdict(asked, { valueCoding: { system: 'urn:a', code: 'n' } })).toBe('invalid');
  });

  test('that is missing leaves it undecided', () => {
    const asked = form({ type: 'choice', answerValueSet: '#none' }, contained);
    expect(verdict(asked, { valueCoding: { system: 'urn:a', code: 'y' } })).toBe('undecided');
  });

  test('decides a unit', () => {
    const extension = [{ url: `${hl7}questionnaire-unitValueSet`, valueCanonical: '#o' }];
    const asked = form({ type: 'quantity', extension }, contained);
    expect(verdict(asked, { valueQuantity: { value: 1, system: ucum, code: 'kg' } })).toBe('valid');
    expect(verdict(asked, { valueQuantity: { value: 1, system: ucum, code: 'km' } })).toBe('invalid');
  });
});

describe('questionnaire-unitValueSet', () => {
  const asked = (valueCanonical: string) =>
    form({ type: 'quantity', extension: [{ url: `${hl7}questionnaire-unitValueSet`, valueCanonical }] });
  const days = `${hl7.replace('StructureDefinition', 'ValueSet')}duration-units`;

  test.each([
    ['a unit of the set', days, 'd', 'valid'],
    ['a unit outside it', days, 'kg', 'invalid'],
    ['any unit, for a set that is not loaded', 'urn:none', 'kg', 'undecided'],
  ])('%s', (_, set, code, expected) => {
    expect(verdict(asked(set), { valueQuantity: { value: 1, system: ucum, code } })).toBe(expected);
  });
});

describe('regex on an item', () => {
  const asked = (valueString: string, type = 'string') =>
    form({ type, extension: [{ url: `${hl7}regex`, valueString }] });

  test.each([
    ['a text', '[0-9]{4}[A-Z]{2}', 'string', { valueString: '1234AB' }, 'valid'],
    ['a text with more', '[0-9]{4}', 'string', { valueString: '1234AB' }, 'invalid'],
    ['a number', '[1-5]', 'integer', { valueInteger: 7 }, 'invalid'],
    ['nothing, when it is none', '([', 'string', { valueString: 'x' }, 'undecided'],
  ])('matches the whole of %s', (_, pattern, type, answer, expected) => {
    expect(verdict(asked(pattern, type), answer)).toBe(expected);
  });
});

describe('questionnaire-constraint', () => {
  const rule = (expression: string, severity = 'error') => ({
    url: `${hl7}questionnaire-constraint`,
    extension: [
      { url: 'key', valueId: 'own-1' },
      { url: 'severity', valueCode: severity },
      { url: 'expression', valueString: expression },
      { url: 'human', valueString: 'x' },
    ],
  });
  const even = 'answer.value.all($this mod 2 = 0)';

  test('on an item has the item of the response as focus', () => {
    const asked = form({ type: 'integer', extension: [rule(even)] });
    expect(verdict(asked, { valueInteger: 2 })).toBe('valid');
    expect(verdict(asked, { valueInteger: 3 })).toBe('invalid');
    expect(verdict(asked, { valueInteger: 3 }, 'in-progress')).toBe('valid');
    expect(verdict(form({ type: 'integer', extension: [rule(even, 'warning')] }), { valueInteger: 3 })).toBe('valid');
  });

  test('on the Questionnaire has the response as focus', () => {
    const asked = form({ type: 'integer' }, { extension: [rule('item.answer.value.sum() < 5')] });
    expect(verdict(asked, { valueInteger: 2 })).toBe('valid');
    expect(verdict(asked, { valueInteger: 7 })).toBe('invalid');
  });

  test('that does not compile leaves the response undecided', () => {
    expect(verdict(form({ type: 'integer', extension: [rule('answer.frobnicate()')] }), { valueInteger: 2 })).toBe(
      'undecided',
    );
  });
});

describe('lengths of an answer are counted in characters', () => {
  test('maxLength', () => {
    const asked = form({ type: 'string', maxLength: 2 });
    expect(verdict(asked, { valueString: '😀😀' })).toBe('valid');
    expect(verdict(asked, { valueString: '😀😀😀' })).toBe('invalid');
  });
  test('minLength', () => {
    const asked = form({ type: 'string', extension: [{ url: `${hl7}minLength`, valueInteger: 2 }] });
    expect(verdict(asked, { valueString: '😀😀' })).toBe('valid');
    expect(verdict(asked, { valueString: '😀' })).toBe('invalid');
  });
});

test('the profile that a reference must conform to is checked for a contained target', () => {
  const extension = [{ url: `${hl7}questionnaire-referenceProfile`, valueCanonical: `${hl7}Patient` }];
  const asked = form({ type: 'reference', extension });
  const answer = (resourceType: string) => ({
    resourceType: 'QuestionnaireResponse',
    status: 'completed',
    questionnaire: 'urn:form',
    contained: [{ resourceType, id: 'p' }],
    item: [{ linkId: '1', answer: [{ valueReference: { reference: '#p' } }] }],
  });
  const over = validator.with([asked]);
  expect(errors(over.validate(answer('Patient')))).toEqual([]);
  expect(errors(over.validate(answer('Device')))).toEqual([
    'QuestionnaireResponse.item[0].answer[0].value.ofType(Reference) answer-value',
  ]);
});

describe('que-12: more than one enableWhen requires enableBehavior', () => {
  const items = (enableWhen: object[], more: object = {}) => ({
    resourceType: 'Questionnaire',
    name: 'Form',
    status: 'active',
    item: [
      { linkId: '1', type: 'boolean' },
      { linkId: '2', type: 'boolean' },
      { linkId: '3', type: 'string', enableWhen, ...more },
    ],
  });
  const when = (question: string) => ({ question, operator: '=', answerBoolean: true });

  test.each([
    [1, {}, []],
    [2, {}, ['Questionnaire.item[2] invariant']],
    [3, {}, ['Questionnaire.item[2] invariant']],
    [2, { enableBehavior: 'any' }, []],
  ])('%i of them', (count, more, expected) => {
    const all = ['1', '2', '1'].slice(0, count).map(when);
    expect(errors(validator.validate(items(all, more)))).toEqual(expected);
  });
});

describe('que-7: `exists` is asked with a boolean', () => {
  test.each([
    [{ answerBoolean: true }, 0],
    [{ answerBoolean: false }, 0],
    [{ answerString: 'true' }, 1],
    [{ answerInteger: 1 }, 1],
  ])('%o', (answer, expected) => {
    const enableWhen = [{ question: '1', operator: 'exists', ...answer }];
    const item = [
      { linkId: '1', type: 'boolean' },
      { linkId: '2', type: 'string', enableWhen },
    ];
    const found = errors(validator.validate({ resourceType: 'Questionnaire', name: 'Form', status: 'active', item }));
    expect(found).toHaveLength(expected);
    for (const it of found) expect(it).toMatch(/^Questionnaire\.item\[1\]\.enableWhen\[0\].* invariant$/);
  });
});
