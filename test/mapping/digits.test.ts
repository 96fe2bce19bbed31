/** A number that a map copies, converts or writes as text keeps the digits that were written. */
import { describe, expect, test } from 'vitest';
import { parseJsonObject, writeJson } from '../../src/fhir/json.ts';
import { compileMap, parseMap } from '../../src/mapping/index.ts';

const heading = `/// url = 'http://example.org/StructureMap/t'
/// name = 'T'
uses "http://hl7.org/fhir/StructureDefinition/Observation" alias Observation as source
uses "http://hl7.org/fhir/StructureDefinition/Observation" alias Observation as target
`;

const observation = (number: string) =>
  parseJsonObject(
    `{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":${number},"unit":"kg"},
      "extension":[{"url":"http://example.org/x","valueDecimal":${number}}]}`,
  );
const compiled = (rules: string) =>
  compileMap([
    { path: 't', text: `${heading}group main(source src : Observation, target tgt : Observation) { ${rules} }` },
  ]);

const ways: readonly (readonly [string, string, (number: string) => string])[] = [
  ['copied whole', 'src.value : Quantity as q -> tgt.value = q;', (it) => `"value":${it}`],
  [
    'copied by itself',
    `src.value : Quantity as q, q.value as v -> tgt.value = create('Quantity') as w, w.value = v;`,
    (it) => `"value":${it}`,
  ],
  [
    'by an expression',
    `src -> tgt.value = create('Quantity') as w, w.value = (src.value.value);`,
    (it) => `"value":${it}`,
  ],
  ['of an extension', 'src.extension as e -> tgt.extension = e;', (it) => `"valueDecimal":${it}`],
  ['as text', `src.value : Quantity as q, q.value as v -> tgt.code as c, c.text = v;`, (it) => `"text":"${it}"`],
  [
    'cast to text',
    `src.value : Quantity as q, q.value as v -> tgt.code as c, c.text = cast(v, 'string');`,
    (it) => `"text":"${it}"`,
  ],
  [
    'appended to text',
    `src.value : Quantity as q, q.value as v -> tgt.code as c, c.text = append('a ', v);`,
    (it) => `"text":"a ${it}"`,
  ],
  [
    'from text',
    `src -> tgt.value = create('Quantity') as w, w.value = cast('NUMBER', 'decimal');`,
    (it) => `"value":${it}`,
  ],
];

describe.each(ways)('%s', (_, rules, expected) => {
  test.each(['1.10', '0.1000', '12345678901234567.890', '7', '-3.50'])('%s', (number) => {
    const { output, issues } = compiled(rules.replace('NUMBER', number)).run(observation(number));
    expect(issues).toBeUndefined();
    expect(writeJson(output)).toContain(expected(number));
  });
});

test.each([
  ['src.value : Quantity as q, q.value as v where ($this <= 0.1) -> tgt.status = v;', '0.1', '0.1000000000000000001'],
  ['src.value : Quantity as q, q.value as v where (v = 0.1) -> tgt.status = v;', '0.10', '0.1000000000000000001'],
  ["src.value : Quantity as q, q.value as v where (v.toString() = '1.50') -> tgt.status = v;", '1.50', '1.5'],
  [
    'src.value : Quantity as q, q.value as v -> tgt.status = (iif(v <= 0.1, v.toString(), {}));',
    '0.1',
    '0.1000000000000000001',
  ],
])('a condition on a decimal itself compares its digits: %s', (rule, right, wrong) => {
  const status = (number: string) => (compiled(rule).run(observation(number)).output as { status?: string }).status;
  expect(status(right)).toBe(right);
  expect(status(wrong)).toBeUndefined();
});

describe('a number in a map arrives as written', () => {
  const quantity = (rules: string) =>
    writeJson(compiled(`src -> tgt.value = create('Quantity') as w then { ${rules} };`).run(observation('1')).output);
  const numbers = ['1.50', '0.1000000000000000000001', '2.0', '12345678901234567.890', '7', '-3.50'];

  test.each(numbers)('%s', (number) => {
    const text = (it: string) => `${heading}${it}`;
    const withLet = compileMap([
      {
        path: 't',
        text: text(`let n = ${number};
          group main(source src : Observation, target tgt : Observation) { src -> tgt.value = create('Quantity') as w, w.value = n; }`),
      },
    ]).run(observation('1')).output;
    const withGroup = compileMap([
      {
        path: 't',
        text: text(`group main(source src : Observation, target tgt : Observation) { src -> tgt.value = create('Quantity') as w then Inner(${number}, w); }
          group Inner(source n, target w : Quantity) { n -> w.value = n; }`),
      },
    ]).run(observation('1')).output;
    for (const found of [
      quantity(`src -> w.value = ${number};`),
      quantity(`src -> w.value = (${number});`),
      quantity(`src -> w.value = copy(${number});`),
      writeJson(withLet),
      writeJson(withGroup),
    ])
      expect(found).toContain(`"value":${number}`);
    expect(quantity(`src -> w.unit = append('a', ${number});`)).toContain(`"unit":"a${number}"`);
  });

  test.each(numbers)('%s by way of a StructureMap in JSON', (number) => {
    const map = parseMap(
      `${heading}group main(source src : Observation, target tgt : Observation) { src -> tgt.value = create('Quantity') as w, w.value = ${number}; }`,
      't',
    );
    const again = compileMap([{ path: 't.json', text: writeJson(map) }]);
    expect(writeJson(again.run(observation('1')).output)).toContain(`"value":${number}`);
  });
});
