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
