import { expect, test } from 'vitest';
import { compile, FhirPathBudgetError } from '../../src/fhirpath/index.ts';
import { withinCpuTime } from '../support/cpu-time.ts';

const patient = {
  resourceType: 'Patient',
  language: 'nl',
  name: Array.from({ length: 2_000 }, (_, at) => ({ family: `Proef${at}`, given: ['Testa'] })),
};

test.each([
  ['a text that doubles', 'language.repeat($this & $this).count()'],
  ['a text that grows with every item', "name.aggregate($total & $total & 'xxxxxxxx').length()"],
  ['replacements of replacements', `'aaaaaaaaaaaaaaaa'${".replace('a', 'aaaaaaaaaa')".repeat(9)}.length()`],
  ['a projection without end', 'language.repeatAll($this).count()'],
  [
    'the product of three lists',
    'name.select($this.family | %resource.name.select($this.given | %resource.name.given)).count()',
  ],
  ['lists in lists', 'name.select(%resource.name).select(%resource.name).count()'],
  [
    'descendants of descendants',
    'descendants().select(%resource.descendants()).select(%resource.descendants()).count()',
  ],
  [
    'conditions in conditions',
    "name.select(defineVariable('it').select(%resource.name.where(family = %it.family).count())).count()",
  ],
])('%s ends within the budget of steps', (_, expression) => {
  const evaluate = compile(expression, { type: 'Patient' });
  withinCpuTime(5_000, () => {
    try {
      evaluate(patient);
    } catch (error) {
      expect(error).toBeInstanceOf(FhirPathBudgetError);
    }
  });
});

test('evaluations that share a budget take steps from one', () => {
  const evaluate = compile('name.family.count()', { type: 'Patient' });
  const budget = { left: 10_000 };
  expect(evaluate(patient, { budget })).toEqual([2_000]);
  expect(() => Array.from({ length: 5 }, () => evaluate(patient, { budget }))).toThrow(FhirPathBudgetError);
});

test('what depends on variables alone is evaluated once for a list: the time per item does not grow with the list', () => {
  const evaluate = compile("name.all(family.startsWith(%resource.name.first().family.substring(0, 5) & ''))", {
    type: 'Patient',
  });
  const budget = { left: 1_000_000 };
  expect(evaluate(patient, { budget })).toEqual([true]);
  expect(1_000_000 - budget.left).toBeLessThan(10 * patient.name.length);
});

test.each([
  ['$this of an inner projection', "name.all(%resource.name.where($this.family = 'Proef1').count() = 1)", [true]],
  [
    '$this of the outer one',
    'name.take(3).select(%resource.name.skip($index).first().family)',
    ['Proef0', 'Proef1', 'Proef2'],
  ],
  ['a path of the item', 'name.take(3).all(%resource.name.family contains family)', [true]],
  [
    'a variable of the expression',
    "name.take(2).select(defineVariable('it', family).select(%it & '!'))",
    ['Proef0!', 'Proef1!'],
  ],
])('evaluating once respects %s', (_, expression, expected) => {
  expect(compile(expression, { type: 'Patient' })(patient)).toEqual(expected);
});
