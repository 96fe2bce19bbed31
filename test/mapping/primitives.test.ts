import { describe, expect, test } from 'vitest';
import { compileMap } from '../../src/mapping/index.ts';
import { heading } from '../support/mapping/problems.ts';

const sent = {
  resourceType: 'Patient',
  active: true,
  _active: { id: 'ac' },
  _gender: { extension: [{ url: 'http://example.org/g', valueString: 'asked, not told' }] },
  birthDate: '2000-01-31',
  _birthDate: { id: 'b', extension: [{ url: 'http://example.org/x', valueDateTime: '2000-01-31T10:00:00Z' }] },
  deceasedBoolean: false,
  _deceasedBoolean: { id: 'd' },
  name: [
    {
      id: 'n',
      text: 'T',
      _text: { id: 't' },
      _family: { extension: [{ url: 'http://example.org/f', valueString: 'own' }] },
      given: ['A', 'B', null, 'D'],
      _given: [
        null,
        { id: 'gb', extension: [{ url: 'http://example.org/q', valueCode: 'BR' }] },
        { extension: [{ url: 'http://example.org/only', valueBoolean: true }] },
        null,
      ],
    },
  ],
};

/** Default groups of primitives, as HL7's maps between versions declare them. */
const types = ['string', 'date', 'code', 'boolean', 'markdown'];
const styles: Readonly<Record<string, string>> = {
  'id and extension in a parent group': `group Element(source src, target tgt) { src.id -> tgt.id; src.extension -> tgt.extension; }
${types.map((it) => `group ${it}(source src : ${it}, target tgt : ${it}) extends Element <<type+>> { src.value as v -> tgt.value = v; }`).join('\n')}`,
  'id and extension in the group itself, before the value': types
    .map(
      (it) =>
        `group ${it}(source src : ${it}, target tgt : ${it}) <<types>> { src.id -> tgt.id; src.extension -> tgt.extension; src.value -> tgt.value; }`,
    )
    .join('\n'),
  'after the value, as a list': types
    .map((it) => `group ${it}(source src : ${it}, target tgt : ${it}) <<type+>> { src -> tgt: value, extension, id; }`)
    .join('\n'),
};
const name = `group HumanName(source src : HumanName, target tgt : HumanName) <<type+>> { src -> tgt: id, text, family, given; }`;
const traced = (rules: string, more: string) => compiled(rules, more).run(sent, { trace: true }).output;
const run = (rules: string, more: string) => compiled(rules, more).run(sent);
const compiled = (rules: string, more: string) =>
  compileMap([
    {
      path: 't',
      text: `${heading}group main(source src : Patient, target tgt : Patient) { ${rules} }\n${name}\n${more}`,
    },
  ]);

describe.each(Object.keys(styles))('the id and the extensions of a primitive survive a default group: %s', (style) => {
  test.each([
    ['one list of elements', 'src -> tgt: active, gender, birthDate, deceased, name;'],
    [
      'one rule per element',
      'src.active -> tgt.active; src.gender -> tgt.gender; src.birthDate -> tgt.birthDate; src.deceased -> tgt.deceased; src.name -> tgt.name;',
    ],
    [
      'rules with names',
      'src.active as a -> tgt.active as b; src.gender as a -> tgt.gender as b; src.birthDate as a -> tgt.birthDate as b; src.deceased as a -> tgt.deceased as b; src.name as a -> tgt.name as b then HumanName(a, b);',
    ],
  ])('%s', (_, rules) => {
    const { output, issues } = run(rules, styles[style]!);
    expect(issues).toBeUndefined();
    expect(output).toEqual(sent);
    expect(traced(rules, styles[style]!)).toEqual(sent);
  });
});

test('rules may fill the id, the extensions and the value of a new primitive in any order', () => {
  const rule = (parts: string) =>
    `src.name as n -> tgt.name as m then { n.given as g -> m.given as h then { ${parts} }; };`;
  const parts = ['g.extension as e -> h.extension = e;', 'g.value as v -> h.value = v;', 'g.id as i -> h.id = i;'];
  const { given, _given } = sent.name[0]!;
  for (const order of [
    [0, 1, 2],
    [1, 0, 2],
    [2, 1, 0],
    [2, 0, 1],
  ])
    expect(run(rule(order.map((at) => parts[at]).join(' ')), '').output).toEqual({
      resourceType: 'Patient',
      name: [{ given, _given }],
    });
});

test('a primitive that a group leaves empty leaves nothing behind', () => {
  const empty = `group string(source src : string, target tgt : string) <<type+>> { src.extension as e where (url = 'none') -> tgt.extension as x, x.url = 'x'; src where (false) -> tgt.id = 'y'; }`;
  expect(
    run('src.name as n -> tgt.name as m then { n.text -> m.text; n.id as i -> m.id = i; };', empty).output,
  ).toEqual({
    resourceType: 'Patient',
    name: [{ id: 'n' }],
  });
});
