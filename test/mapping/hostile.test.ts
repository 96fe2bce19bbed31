import type { ElementDefinition } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileMap, MapError, parseMap } from '../../src/library/mapping.ts';
import { withinCpuTime } from '../support/cpu-time.ts';

/** Maps may come from partners ($transform with an inline map), and compiled maps are code: no text of a map may be executed. */
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: texts that would be code in the wrong place
const hostile = [
  `'; globalThis.broken = true; //`,
  `"; globalThis.broken = true; //`,
  '`${globalThis.broken = true}`',
  '${globalThis.broken = true}',
  '\\"; globalThis.broken = true; //',
  '\\u0022); globalThis.broken = true; (',
  '*/ globalThis.broken = true; /*',
  'a\nglobalThis.broken = true;\nb',
  'a\u2028globalThis.broken = true;\u2029b',
  '</script><script>',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '}); process.exit(1); ({',
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

const inText = (text: string): string =>
  text
    .replace(/[\\']/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');

/** A map with a text in every place where the language has one. */
const withTexts = (text: string): string => `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
let told = '${inText(text)}';
group main(source src : Patient, target tgt : Patient) {
  src where (id = '${inText(text)}' or id in ('x' | '${inText(text)}') or id.contains('${inText(text)}')) log ('${inText(text)}') -> tgt.id = '${inText(text)}' "id";
  src.name where (family != '${inText(text)}' and given.where($this = told).empty())
    -> tgt.name as made, made.family = append('${inText(text)}', told), made.text = told "name";
  src -> tgt.maritalStatus = cc('${inText(text)}', '${inText(text)}', '${inText(text)}') "status";
  src -> tgt.identifier = id('${inText(text)}', '${inText(text)}') then Inner(src, '${inText(text)}', tgt) "\`${text.replace(/[`"\n]/g, '')}\`";
}
group Inner(source src : Patient, source name : string, target tgt : Patient) {
  src where (id = name) -> tgt.language = name;
}`;

/** A map with a name in every place where the language has one. */
const withNames = (name: string): string => {
  const quoted = `\`${name.replace(/[`\\\n\u2028\u2029]/g, '')}\``;
  return `map "http://example.org/t" = "T"
let ${quoted} = 'x';
group ${quoted}(source src, target tgt) {
  src.${quoted} as ${quoted} -> tgt.${quoted} as made, made.${quoted} = 'yes' ${`"${name.replace(/["\n\\]/g, '')}"`};
  src.a as ${quoted} where (${quoted} = 'a' and %${quoted}.exists()) -> tgt.b = ${quoted};
  src.${quoted} -> tgt.${quoted};
}`;
};

const prototypes = (): string =>
  JSON.stringify(
    [Object.prototype, Array.prototype, Function.prototype, String.prototype].map(Reflect.ownKeys),
    (_, it) => (typeof it === 'symbol' ? String(it) : it),
  );

const patient = (text: string): object => ({
  resourceType: 'Patient',
  id: text,
  name: [{ family: text, given: [text, 'x'] }],
  a: 'a',
  ...JSON.parse(`{ "__proto__": { "polluted": "yes" }, "constructor": { "prototype": { "polluted": "yes" } } }`),
});

/** Compiles and runs both variants; the compiler may only throw its own error. */
function attempt(map: string, input: unknown): unknown {
  const before = [prototypes(), JSON.stringify(input)];
  let output: unknown;
  try {
    const compiled = compileMap([{ path: 'm.fml', text: map }]);
    output = compiled.run(input, { seed: 'x' }).output;
    const traced = compiled.run(input, { seed: 'x', trace: true });
    expect(JSON.stringify(traced.output)).toBe(JSON.stringify(output));
    expect(traced.trace?.elements).toBeDefined();
  } catch (error) {
    expect(error).toBeInstanceOf(MapError);
  }
  expect([prototypes(), JSON.stringify(input)]).toEqual(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect((globalThis as { broken?: unknown }).broken).toBeUndefined();
  return output;
}

test.each(hostile.map((text) => [text]))('the text %j of a map stays a text', (text) => {
  const output = attempt(withTexts(text), patient(text));
  expect(output).toMatchObject({ id: text, language: text, maritalStatus: { coding: [{ system: text, code: text }] } });
});

test.each(hostile.map((text) => [text]))('the name %j in a map does nothing but name', (name) => {
  attempt(withNames(name), patient(name));
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'what every object inherits (%s) is no element, also of what has no type',
  (name) => {
    const map = `map "http://example.org/t" = "T"
group main(source src, target tgt) { src -> tgt.${name} as inner, inner.polluted = 'yes'; }`;
    expect(() => compileMap([{ path: 'm.fml', text: map }])).toThrow(MapError);
    const reading = map.replace('src -> tgt', `src.${name} as it -> tgt.a = it, tgt`);
    expect(() => compileMap([{ path: 'm.fml', text: reading }])).toThrow(MapError);
  },
);

test.each([
  ['of a map', '__proto__.polluted'],
  ['of an element that repeats', 'useContext.__proto__.polluted'],
  ['of one that is unknown', 'a.__proto__.polluted'],
  ['by the constructor', 'constructor.prototype.polluted'],
  ['of an element, by the constructor', 'useContext.constructor.prototype.polluted'],
  ['of Array', 'useContext.__proto__.__proto__.polluted'],
])('a metadata line writes no property %s', (_, path) => {
  const text = `/// url = 'http://example.org/t'
/// name = 'T'
/// ${path} = 'yes'

group main(source src, target tgt) { src.a as it -> tgt.b = it; }`;
  attempt(text, patient('x'));
  const before = prototypes();
  try {
    JSON.stringify(parseMap(text, 'm.fml'));
  } catch (error) {
    expect(error).toBeInstanceOf(MapError);
  }
  expect(prototypes()).toBe(before);
});

test('an element that a logical model calls __proto__ cannot be written or read', () => {
  const [url, base] = ['http://example.org/T', { min: 0, max: '1', definition: 'x' }];
  const element = [
    { ...base, path: 'T' },
    { ...base, path: 'T.__proto__', type: [{ code: 'BackboneElement' }] },
    { ...base, path: 'T.__proto__.polluted', type: [{ code: 'string' }] },
    { ...base, path: 'T.x', type: [{ code: 'string' }] },
  ].map((it) => ({ ...it, id: it.path }));
  const model = {
    resourceType: 'StructureDefinition' as const,
    ...{ url, name: 'T', status: 'draft' as const, kind: 'logical' as const, abstract: false, type: 'T' },
    ...{ derivation: 'specialization' as const, differential: { element: element as ElementDefinition[] } },
  };
  const before = prototypes();
  for (const rule of ['a.x as x -> b.__proto__ as p, p.polluted = x', 'a.__proto__ as x -> b.x = x']) {
    const text = `map "http://example.org/t" = "T"
uses "${url}" alias T as source
uses "${url}" alias T as target
group main(source a : T, target b : T) { ${rule} "r"; }`;
    expect(() => compileMap([{ path: 'm.fml', text }], { definitions: [model] })).toThrow(/map-element-unknown/);
  }
  expect(prototypes()).toBe(before);
});

test('any text and any name run as data', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom(...hostile), (random, known) => {
      attempt(withTexts(random + known), patient(random));
      attempt(withNames(known + random), patient(known));
    }),
    { numRuns: 30 },
  );
});

const patientMap = (groups: string): string => `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
${groups}`;

test.each([
  [
    'a condition of parts within parts',
    `group main(source src : Patient, target tgt : Patient) {
  src where (${'('.repeat(50)}id = 'a'${` and gender.lower() = 'x').not()`.repeat(50)}) -> tgt.id = 'x' "id";
}`,
  ],
  [
    'a long chain of groups',
    Array.from({ length: 300 }, (_, at) =>
      at < 299
        ? `group g${at}(source src : Patient, target tgt : Patient) { src then g${at + 1}(src, tgt) "next"; }`
        : `group g${at}(source src : Patient, target tgt : Patient) { src log ('here') -> tgt.id = 'x' "id"; }`,
    ).join('\n'),
  ],
])('%s is never executed as code', (_what, groups) => {
  withinCpuTime(5_000, () =>
    compileMap([{ path: 'm.fml', text: patientMap(groups) }]).run(
      { resourceType: 'Patient' },
      { seed: 'x', trace: true },
    ),
  );
});

test.each([
  ['a text that doubles', 'src.language.repeat($this & $this).count().toString()'],
  [
    'descendants of descendants',
    'src.descendants().select(%src.descendants()).select(%src.descendants()).count().toString()',
  ],
])('an expression that explodes ends the run with a finding: %s', (_what, expression) => {
  const map = compileMap([
    {
      path: 'm.fml',
      text: patientMap(`group main(source src : Patient, target tgt : Patient) {
  src -> tgt.id = (${expression}) "id";
  src.name -> tgt.language = (${expression}) "language";
}`),
    },
  ]);
  const patient = {
    resourceType: 'Patient',
    language: 'nl',
    name: Array.from({ length: 500 }, () => ({ family: 'x' })),
  };
  const { issues } = withinCpuTime(5_000, () => map.run(patient));
  expect(issues?.map(({ rule }) => rule)).toEqual(['map-too-costly']);
  // The budget is that of a run: the next one has its own.
  expect(map.run({ resourceType: 'Patient' }).issues ?? []).toEqual([]);
});
