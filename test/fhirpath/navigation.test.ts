import { expect, test } from 'vitest';
import { setDecimalText } from '../../src/fhir/decimal.ts';
import {
  type CompileOptions,
  compile,
  compileTest,
  compileTyped,
  FhirPathSyntaxError,
  typed,
} from '../../src/fhirpath/index.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p',
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Praktijk' }],
  active: true,
  name: [
    { family: 'Proefpersoon', _family: { extension: [{ url: 'urn:prefix', valueString: 'van' }] }, given: ['A', 'B'] },
    { given: [null, 'C'], _given: [{ extension: [{ url: 'urn:absent', valueCode: 'unknown' }] }, null] },
  ],
  _birthDate: { extension: [{ url: 'urn:absent', valueCode: 'masked' }] },
  deceasedBoolean: false,
  contact: [{ name: { family: 'Voorbeeld' }, gender: 'female' }],
  managingOrganization: { reference: '#o' },
};
const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
  valueQuantity: { value: 185, unit: 'lbs', system: 'http://unitsofmeasure.org', code: '[lb_av]' },
  component: [{ valueString: 'a' }, { valueInteger: 3 }],
};
const bundle = {
  resourceType: 'Bundle',
  type: 'collection',
  entry: [{ resource: patient }, { resource: observation }],
};

/** The same answer whether the type is told when compiling, or shows when running. */
const both = (expression: string, focus: { resourceType: string }): unknown[] => {
  const open = compile(expression)(focus);
  expect(compile(expression, { type: focus.resourceType })(focus)).toEqual(open);
  return open;
};

test('a path may start at the type of the focus', () => {
  expect(both('Patient.name.family', patient)).toEqual(['Proefpersoon']);
  expect(both('FHIR.Patient.name.family', patient)).toEqual(['Proefpersoon']);
  expect(both('DomainResource.id', patient)).toEqual(['p']);
  expect(both('Observation.status', patient)).toEqual([]);
});

test('a choice is one element of any of its types', () => {
  expect(both('deceased', patient)).toEqual([false]);
  expect(both('value.unit', observation)).toEqual(['lbs']);
  expect(both('component.value', observation)).toEqual(['a', 3]);
  expect(both('component.value.ofType(integer)', observation)).toEqual([3]);
  expect(both("value is Quantity and (component.value as string) = 'a'", observation)).toEqual([true]);
  expect(both("value > 80 'kg'", observation)).toEqual([true]);
});

test('results carry their types', () => {
  const types = (expression: string, focus: unknown): unknown[] =>
    compileTyped(expression)(focus).map(({ type }) => type);
  expect(types('name | name.given | active | 1', patient)).toEqual([
    'HumanName',
    'HumanName',
    'string',
    'string',
    'string',
    'string',
    'boolean',
    'System.Integer',
  ]);
  expect(types('entry.resource | entry', bundle)).toEqual(['Patient', 'Observation', 'Bundle.entry', 'Bundle.entry']);
  expect(types('children()', observation)).toEqual([
    'code',
    'CodeableConcept',
    'Quantity',
    'Observation.component',
    'Observation.component',
  ]);
});

test('a primitive with extensions only exists', () => {
  expect(both('birthDate.exists()', patient)).toEqual([true]);
  expect(both('birthDate.hasValue()', patient)).toEqual([false]);
  expect(both("birthDate.extension('urn:absent').value", patient)).toEqual(['masked']);
  expect(both('birthDate', patient)).toEqual([{ extension: [{ url: 'urn:absent', valueCode: 'masked' }] }]);
  expect(both('name.given.count()', patient)).toEqual([4]);
  expect(both('name.given.where(hasValue())', patient)).toEqual(['A', 'B', 'C']);
  expect(both("name.family.extension('urn:prefix').value & ' ' & name.family", patient)).toEqual(['van Proefpersoon']);
  expect(both("name.first().family = 'Proefpersoon'", patient)).toEqual([true]);
});

test('an element that is not a resource receives its type by option or by `typed`', () => {
  expect(compile('name.family', { type: 'Patient.contact' })(patient.contact[0])).toEqual(['Voorbeeld']);
  expect(compile('name.family')(typed('Patient.contact', patient.contact[0]))).toEqual(['Voorbeeld']);
  expect(compile('value.ofType(string)')(typed('Extension', { url: 'urn:x', valueString: 'y' }))).toEqual(['y']);
  expect(compile("$this = '*' or toInteger() > 0", { type: 'string' })('5')).toEqual([true]);
  const extras = { extension: [{ url: 'urn:x' }] };
  expect(
    compileTest('hasValue() or (children().count() > id.count())', { type: 'date' })(typed('date', undefined, extras)),
  ).toBe(true);
});

test('JSON of unknown type is read by its properties', () => {
  expect(compile('name.family')({ name: { family: 'x' } })).toEqual(['x']);
  expect(compile('value.unit')({ valueQuantity: { unit: 'kg' } })).toEqual(['kg']);
});

test('an array is a focus of many items', () => {
  expect(compile('family', { type: 'HumanName' })(patient.name)).toEqual(['Proefpersoon']);
  expect(compile('$this.count()')([1, 2, 3])).toEqual([3]);
  expect(compile('exists()')([])).toEqual([false]);
});

test('resources within resources have their types', () => {
  expect(both('entry.resource.ofType(Patient).name.given.first()', bundle)).toEqual(['A']);
  expect(both('entry.resource.where($this is Observation).status', bundle)).toEqual(['final']);
  expect(both('contained.name', patient)).toEqual(['Praktijk']);
  expect(both('managingOrganization.resolve().name', patient)).toEqual(['Praktijk']);
  expect(both('descendants().ofType(Organization).id', bundle)).toEqual(['o']);
});

test('delegates to the environment what the engine cannot decide', () => {
  const environment = {
    resource: observation,
    variables: { limit: 3, contact: typed('Patient.contact', patient.contact[0]), names: patient.name },
    resolve: (reference: unknown) => ({
      resourceType: 'Patient',
      id: String((reference as { reference?: string }).reference ?? reference),
    }),
    memberOf: (value: unknown) => value === 'final',
    conformsTo: () => undefined,
  };
  const run = (expression: string, options?: CompileOptions): unknown[] =>
    compile(expression, options)(observation.code, environment);
  expect(run("%resource.status.memberOf('urn:vs')")).toEqual([true]);
  expect(run("'Patient/1'.resolve().id")).toEqual(['Patient/1']);
  expect(run('%limit + 1')).toEqual([4]);
  expect(run('%contact.name.family')).toEqual(['Voorbeeld']);
  expect(run('%names.count()')).toEqual([2]);
  expect(run('%names.family', { variables: { names: 'HumanName' } })).toEqual(['Proefpersoon']);
  expect(() => run("conformsTo('urn:x')")).toThrow('unknown');
});

test('decimals keep their digits', () => {
  const quantity = { value: 1.5, unit: 'mg' };
  setDecimalText(quantity, 'value', '1.50');
  const focus = { resourceType: 'Observation', valueQuantity: quantity };
  expect(compile('value.value.toString()')(focus)).toEqual(['1.50']);
  expect(compile('value.value.precision()', { type: 'Observation' })(focus)).toEqual([2]);
  expect(compile('value.value')(focus)).toEqual([1.5]);
  expect(compileTyped('value.value')(focus)).toEqual([{ type: 'decimal', value: 1.5, text: '1.50' }]);
});

test('a FHIR duration is a calendar duration, and comparable with UCUM', () => {
  const years = { value: 2, unit: 'jaar', system: 'http://unitsofmeasure.org', code: 'a' };
  const run = (expression: string): unknown => compile(expression, { type: 'Age' })(years)[0];
  expect(run('$this = 2 years')).toBe(true);
  expect(run("$this > 1 'a'")).toBe(true);
  expect(String(run('@2024-02-29 + $this'))).toBe('2026-02-28');
  expect(compile('$this > 1 year', { type: 'Age' })({ ...years, comparator: '<' })).toEqual([]);
});

test('a FHIR primitive converts to its System value', () => {
  expect(both('name.given.ofType(System.String)', patient)).toEqual(['A', 'B', 'C']);
  expect(both('name.given.is(System.String)', { ...patient, name: [{ given: ['A'] }] } as typeof patient)).toEqual([
    false,
  ]);
  expect(both('name.given.first().getValue() is System.String', patient)).toEqual([true]);
});

test('trace() reports values and changes nothing', () => {
  const seen: unknown[] = [];
  const environment = { trace: (name: string, values: readonly unknown[]) => seen.push([name, ...values]) };
  expect(compile("name.trace('names', given.first()).count()")(patient, environment)).toEqual([2]);
  expect(seen).toEqual([['names', 'A', { extension: [{ url: 'urn:absent', valueCode: 'unknown' }] }]]);
});

test('trace() reports as many values as there are', () => {
  const many = { resourceType: 'Patient', name: [{ given: Array.from({ length: 200_000 }, (_, at) => `g${at}`) }] };
  for (const expression of ["name.given.trace('all').count()", "name.trace('given', given).given.count()"]) {
    let seen = 0;
    const environment = { trace: (_: string, values: readonly unknown[]) => (seen = values.length) };
    expect(compile(expression)(many, environment)).toEqual([200_000]);
    expect(seen).toBe(200_000);
  }
});

const mistakes: readonly [
  expression: string,
  options: CompileOptions,
  line: number,
  column: number,
  problem: RegExp,
][] = [
  ['name.', {}, 1, 6, /expected the name of an element or a function, found the end of the expression/],
  ['name =\n  ', {}, 2, 3, /expected a value or a path, found the end of the expression/],
  ["name\n  .where(use = 'x'", {}, 2, 19, /expected '\)', found the end of the expression/],
  ["'open", {}, 1, 1, /not closed/],
  ['1 + /* open', {}, 1, 5, /not closed/],
  ['a ? b', {}, 1, 3, /unexpected character \?/],
  ['@2015-13', {}, 1, 1, /not an existing date or time/],
  ['name.unheard()', {}, 1, 6, /there is no function unheard/],
  ['name.first(1)', {}, 1, 6, /first\(\) takes 0 arguments/],
  ['name is Unheard', {}, 1, 6, /there is no type Unheard/],
  ["name.given.slice('urn:x', 'y')", {}, 1, 12, /not supported/],
  ["a.matches('(')", {}, 1, 3, /the pattern has an unclosed group/],
  ['$total', {}, 1, 1, /only in aggregate/],
  ['%unheard', { variables: {} }, 1, 1, /there is no variable/],
  ['Observation.valueQuantity.unit', {}, 1, 13, /the element is value, here value.ofType\(Quantity\)/],
  ['name.given1', { type: 'Patient', strict: true }, 1, 6, /there is no element given1 in HumanName/],
  ['Encounter.status', { type: 'Patient', strict: true }, 1, 1, /the focus is a Patient/],
  ['children().first()', { type: 'Patient', strict: true }, 1, 12, /order/],
  ['name', { type: 'Unheard' }, 1, 1, /there is no type Unheard/],
];

test.each(mistakes)('%s is reported with its place', (expression, options, line, column, problem) => {
  const failure = (() => {
    try {
      return compile(expression, options);
    } catch (error) {
      return error;
    }
  })();
  expect(failure).toBeInstanceOf(FhirPathSyntaxError);
  expect(failure).toMatchObject({ line, column, message: expect.stringMatching(problem) });
});

test('error messages contain no values of the focus', () => {
  const focus = {
    resourceType: 'Patient',
    birthDate: '1974-12-25',
    name: [{ family: 'Geheim', given: ['Zeer', 'Geheim'] }],
  };
  for (const expression of ['birthDate > name.family', 'name.given.single()', 'name.family + 1', 'birthDate + 1']) {
    const run = compile(expression);
    expect(() => run(focus)).toThrow(/^(?!.*(Geheim|1974|Zeer))/);
  }
});
