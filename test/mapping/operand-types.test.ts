/** FHIRPath over a form, a message of HL7 v2 and a logical model is checked as over R4: the same type has the same verdict. */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { compileNetworkMap } from '../../src/exchange/maps/models.ts';
import { problemsOf } from '../support/mapping/problems.ts';

/** An element of R4 of each type, in a resource that has all of them; the model has elements of these types with the same names. */
const types = {
  boolean: 'experimental',
  string: 'title',
  code: 'status',
  uri: 'url',
  dateTime: 'date',
  date: 'approvalDate',
  markdown: 'description',
} as const;

const url = 'http://example.org/StructureDefinition/Form';
const elementOf = (path: string, code: string, max = '1') => ({ id: path, path, min: 0, max, type: [{ code }] });

/** The same elements as Questionnaire has in R4, below a form. */
const model = {
  resourceType: 'StructureDefinition',
  url,
  name: 'Form',
  status: 'active',
  kind: 'logical',
  abstract: false,
  type: url,
  derivation: 'specialization',
  snapshot: {
    element: [
      { id: 'Form', path: 'Form', min: 0, max: '*' },
      ...Object.entries(types).map(([type, name]) => elementOf(`Form.${name}`, type)),
      elementOf('Form.subjectType', 'code', '*'),
      elementOf('Form.item', 'BackboneElement', '*'),
      elementOf('Form.item.maxLength', 'integer'),
      elementOf('Form.item.required', 'boolean'),
      elementOf('Form.item.text', 'string'),
      elementOf('Form.item.initial', 'BackboneElement', '*'),
      elementOf('Form.item.initial.value[x]', 'decimal'),
      elementOf('Form.effectivePeriod', 'Period'),
    ],
  },
} as unknown as StructureDefinition;

const heading = (source: string) => `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'
uses "${source}" alias Source as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
`;

/** Whether each rule compiles; the first is on the sixth line. */
function verdicts(source: string, rules: readonly string[]): readonly boolean[] {
  const text = `${heading(source)}group main(source src : Source, target tgt : Basic) {\n${rules.join('\n')}\n}`;
  const wrong = new Set(
    problemsOf(() => compileNetworkMap([{ path: 't.fml', text }], { definitions: [model] })).map(({ line }) => line),
  );
  return rules.map((_, at) => !wrong.has(at + 6));
}

const verdict = (source: string, rule: string): boolean => verdicts(source, [rule])[0] === true;

const r4 = 'http://hl7.org/fhir/StructureDefinition/Questionnaire';

const literals = ["'x'", '5', '1.5', 'true', '@2026', '@2026-01-01T10:00:00Z', '@T10:00', '1 day', "4 'kg'", '{}'];
const operators = [
  '+',
  '-',
  '*',
  '/',
  'div',
  'mod',
  '&',
  '|',
  '=',
  '!=',
  '~',
  '!~',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'contains',
  'and',
  'or',
  'xor',
  'implies',
];
const elements = [
  ...Object.values(types),
  'item.first().maxLength',
  'item.first().required',
  'subjectType',
  'effectivePeriod.start',
];
const calls = [
  "startsWith('x')",
  "endsWith('x')",
  "contains('x')",
  "indexOf('x')",
  'substring(1)',
  "substring('x')",
  'upper()',
  'lower()',
  'length()',
  'trim()',
  'toChars()',
  "split('x')",
  'join()',
  "replace('x', 'y')",
  "matches('x')",
  "matchesFull('x')",
  "replaceMatches('x', 'y')",
  "encode('base64')",
  'abs()',
  'ceiling()',
  'floor()',
  'truncate()',
  'round()',
  'exp()',
  'ln()',
  'sqrt()',
  'log(2)',
  'power(2)',
  'not()',
  'exists()',
  'empty()',
  'count()',
  'first()',
  'last()',
  'tail()',
  'skip(1)',
  'take(1)',
  'single()',
  'distinct()',
  'toString()',
  'toInteger()',
  'toBoolean()',
  'toDate()',
  'is(string)',
  'as(string)',
  'ofType(code)',
  'where($this)',
  'where($this + 1 = 2)',
  "where($this = 'x')",
  'select($this + true)',
  'all($this)',
  'iif($this, 1, 2)',
  'foo',
  'value',
  '[0]',
  "['x']",
  '[true]',
  'allTrue()',
  'anyFalse()',
  "subsetOf('x')",
  "union('x')",
  'combine(5)',
];

const withCall = (element: string, call: string): string =>
  call.startsWith('[') ? `${element}${call}` : `${element}.${call}`;

const expressionsOf = (element: string): readonly string[] => [
  ...operators.flatMap((operator) => [
    ...[...literals, ...elements].map((other) => `${element} ${operator} ${other}`),
    ...literals.map((literal) => `${literal} ${operator} ${element}`),
  ]),
  ...calls.map((call) => withCall(element, call)),
  `-${element}`,
  `${element} is string`,
  `${element} as boolean`,
  `iif(${element}, 1, 2)`,
  `subjectType.where(${element})`,
  `subjectType[${element}]`,
];

describe('each operator and function', () => {
  test.each(elements)('%s: the verdict over a form is that over R4', (element) => {
    const own = expressionsOf(element);
    const rules = own.map((it, at) => `src where ((${it}).exists()) -> tgt.id = 'x' "r${at}";`);
    const [expected, found] = [verdicts(r4, rules), verdicts(url, rules)];
    expect(own.filter((_, at) => expected[at] !== found[at])).toEqual([]);
    expect(new Set(expected).size).toBe(2);
  });
});

/** Expressions that can never be evaluated, over the models of this network. */
const form = 'https://mgn.example/fhir/StructureDefinition/referral-form';
const hl7 = 'https://mgn.example/fhir/StructureDefinition/hl7v2-ref-i12';

test.each([
  [form, 'src.request + 5'],
  [form, `src.consent.given + 'x'`],
  [form, 'src.consent.given * 2'],
  [form, `src.consent.given > true`],
  [form, `src.consent.given.startsWith('x')`],
  [form, 'src.request.abs()'],
  [form, `src.complaint['x']`],
  [form, 'src.date + 5'],
  [form, 'src.person.bsn > 5'],
  [hl7, 'src.PID.administrativeSex + 5'],
  [hl7, 'src.PID.administrativeSex * 5'],
  [hl7, 'src.OBX.observationValue.first() > 5'],
  [hl7, 'src.DG1.diagnosisCode.identifier.first() - 1'],
  [hl7, `src.DG1['x']`],
  [r4, `src.experimental + 'x'`],
  [r4, `src.experimental.startsWith('x')`],
  [r4, 'src.title * 2'],
  [r4, 'src.title > 2'],
])('%s: %s is refused', (source, expression) => {
  expect(verdict(source, `src -> tgt.id = (${expression});`)).toBe(false);
  expect(verdict(source, `src where ((${expression}) = 'x') -> tgt.id = 'x';`)).toBe(false);
});

test.each([
  [form, `src.request + 'x'`],
  [form, 'src.date + 5 days'],
  [form, 'iif(src.consent.given, 1, 2)'],
  [form, `src.date.substring(0, 4)`],
  [hl7, `src.PID.administrativeSex + 'x'`],
  [hl7, `src.PID.administrativeSex < 'x'`],
])('%s: %s compiles', (source, expression) => {
  expect(verdict(source, `src -> tgt.id = (${expression});`)).toBe(true);
});

describe('the operand is a variable or the focus itself', () => {
  test.each([
    [form, 'src.request as r -> tgt.id = (r + 5);'],
    [form, 'src.request as r check ($this + 5 > 3) -> tgt.id = r;'],
    [form, 'src.request as r where ($this + 5 > 3) -> tgt.id = r;'],
    [form, 'src.request as r log ($this + 5) -> tgt.id = r;'],
    [form, 'src.request as r -> tgt.id = evaluate(r, $this + 5);'],
    [form, 'src.request as r -> tgt.id = evaluate(r, -$this);'],
    [form, 'src.request as r -> tgt.id = (-r);'],
    [form, 'src -> tgt.id = (-src.request);'],
    [form, 'src.date as d -> tgt.id = (d + 5);'],
    [form, 'src.consent as c, c.given as g -> tgt.id = (g * 2);'],
    [form, `src.consent as c, c.given as g where ($this > 3) -> tgt.id = 'x';`],
    [form, 'src.request as r -> tgt.id = (r.abs());'],
    [r4, 'src.title as r -> tgt.id = (r + 5);'],
    [r4, 'src.title as r check ($this + 5 > 3) -> tgt.id = r;'],
    [r4, 'src.title as r log ($this + 5) -> tgt.id = r;'],
    [r4, 'src.experimental as b -> tgt.id = (-b);'],
    [r4, 'src -> tgt.id = (-src.title);'],
    [r4, 'src.date as d -> tgt.id = evaluate(d, $this * 2);'],
    [hl7, 'src.PID as p, p.administrativeSex as s -> tgt.id = (s - 5);'],
  ])('%s: %s is refused', (source, rule) => {
    expect(verdict(source, rule)).toBe(false);
  });

  test.each([
    [form, `src.request as r -> tgt.id = (r + 'x');`],
    [form, 'src.date as d where ($this + 5 days > @2020) -> tgt.id = d;'],
    [r4, `src.title as r check ($this + 'x' != 'x') -> tgt.id = r;`],
    [r4, 'src.item as i, i.maxLength as m -> tgt.id = (-m);'],
    [r4, 'src.item as i, i.initial as n, n.value as v -> tgt.id = (v + 5);'],
  ])('%s: %s compiles', (source, rule) => {
    expect(verdict(source, rule)).toBe(true);
  });
});

describe('values of a form have the types of its model', () => {
  /** What the expression is for a form. */
  const resultOf = (expression: string, input: object): unknown => {
    const text = `${heading(url)}group main(source src : Source, target tgt : Basic) { src -> tgt.id = (${expression}); }`;
    const { output, issues } = compileNetworkMap([{ path: 't.fml', text }], { definitions: [model] }).run(input);
    expect(issues ?? []).toEqual([]);
    return (output as { id?: unknown }).id;
  };
  const filled = {
    experimental: true,
    title: 'a',
    status: 'b',
    url: 'urn:c',
    date: '2026-01-01T10:00:00Z',
    approvalDate: '2026-01-30',
    description: 'd',
    subjectType: ['x', 'y'],
    item: [{ maxLength: 5, initial: [{ valueDecimal: 1.5 }] }],
  };

  test.each(Object.entries(types))('%s', (type, name) => {
    const rest = Object.keys(types).filter((it) => it !== type && !(it === 'string' && /code|uri|markdown/.test(type)));
    const asked = (by: (it: string) => string, of: string) => resultOf(`iif(${by(of)}, 'yes', 'no')`, filled);
    for (const by of [
      (it: string) => `src.${name} is ${it}`,
      (it: string) => `src.${name}.is(${it})`,
      (it: string) => `src.${name}.ofType(${it}).exists()`,
      (it: string) => `(src.${name} as ${it}).exists()`,
    ]) {
      expect(asked(by, type)).toBe('yes');
      for (const other of rest) expect(asked(by, other)).toBe('no');
    }
  });

  test('a list, an integer, and a choice below a list', () => {
    expect(resultOf(`src.subjectType.ofType(code).join('')`, filled)).toBe('xy');
    expect(resultOf(`iif(src.item.first().maxLength is integer, 'yes', 'no')`, filled)).toBe('yes');
    expect(resultOf(`iif(src.item.first().initial.first().value is decimal, 'yes', 'no')`, filled)).toBe('yes');
  });

  test('a date is one in sums and comparisons', () => {
    expect(resultOf('(src.approvalDate + 5 days).toString()', filled)).toBe('2026-02-04');
    expect(resultOf(`iif(src.approvalDate < @2026-02-01, 'yes', 'no')`, filled)).toBe('yes');
    expect(resultOf(`src.approvalDate.substring(0, 4)`, filled)).toBe('2026');
  });
});
