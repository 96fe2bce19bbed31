import { describe, expect, test } from 'vitest';
import { compileMap, MapError, type MapProblem, MapSyntaxError, parseMap } from '../../src/mapping/index.ts';

const problems = (act: () => unknown): readonly MapProblem[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof MapError) return error.problems;
    throw error;
  }
  return [];
};
const head = `map "http://example.org/t" = "T"
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
`;
const compile = (rules: string, target = 'Patient', strict = false) =>
  compileMap(
    [{ path: 'maps/t.fml', text: `${head}group main(source src : Patient, target tgt : ${target}) {\n${rules}\n}` }],
    { strict },
  );

describe('a map with syntax errors', () => {
  const text = `map "x" = y
user "a" as source
group A(source a, target b) {
  a.x as v wher (x = 1) -> b.y = v;
  a.z -> b.z
}
group B(sorce a, target b) { a.b -> b.c; }
group C(source a, target b) { a.b -> b.c; a -> ; }
`;

  test('lists all its errors, with line, column, group and suggestion', () => {
    const found = problems(() => parseMap(text, 'bad.fml'));
    expect(found.map(({ line, column, group, rule }) => [line, column, group, rule])).toEqual([
      [2, 1, undefined, 'map-syntax'],
      [4, 12, 'A', 'map-syntax'],
      [6, 1, 'A', 'map-syntax'],
      [7, 9, 'B', 'map-syntax'],
      [8, 48, 'C', 'map-syntax'],
    ]);
    expect(found[0]?.message).toMatch(/Did you mean uses\?$/);
    expect(found[1]?.message).toMatch(/Did you mean where\?$/);
    expect(found[1]?.dutch).toMatch(/Bedoelde u where\?$/);
  });

  test('throws MapSyntaxError; compileMap lists the errors of every file', () => {
    expect(() => parseMap('', 'empty.fml')).toThrow(MapSyntaxError);
    const found = problems(() =>
      compileMap([
        { path: 'a', text: 'group' },
        { path: 'b', text: '{"resourceType":"Patient"}' },
      ]),
    );
    expect(found.map(({ path }) => path)).toEqual(['a', 'b']);
  });
});

describe('a map with semantic errors', () => {
  test.each([
    ['src.nmae as n -> tgt.name = n;', 'map-element-unknown', 'Patient has no element nmae. Did you mean name?'],
    ['src.name as n -> tgt.nmae = n;', 'map-element-unknown', 'Patient has no element nmae. Did you mean name?'],
    ['src.name as n -> tgt.birthDate = n;', 'map-type-mismatch', 'birthDate can contain date, not HumanName.'],
    ['src.active as a -> tgt.birthDate = a;', 'map-type-mismatch', 'birthDate can contain date, not boolean.'],
    ['src.name -> tgt.contact;', 'map-type-mismatch', 'contact can contain Patient.contact, not HumanName.'],
    [
      `src -> tgt.contact = create('HumanName');`,
      'map-type-mismatch',
      'contact can contain Patient.contact, not HumanName.',
    ],
    [`src -> tgt.name = create('HumanNaem') as n, n.text = 'x';`, 'map-type-unknown', /Did you mean HumanName\?/],
    ['src : Patiënt as s -> tgt.active = true;', 'map-syntax', /unknown/],
    ['src -> tgt.deceased as d, d.id = "x";', 'map-type-ambiguous', /deceased can be of several types/],
    ['src -> tgt.active;', 'map-value-missing', 'active is a primitive: assign a value.'],
    ['src.name as n -> tgt.name = m;', 'map-variable-unknown', 'There is no variable m here.'],
    ['srcc.name as n -> tgt.name = n;', 'map-variable-unknown', 'There is no variable srcc here. Did you mean src?'],
    ['src.name as n then Nmae(n, tgt);', 'map-group-unknown', /no group Nmae/],
    ['src -> tgt.id = apend("a");', 'map-transform-unknown', 'There is no transform apend. Did you mean append?'],
    ['src -> tgt.id = truncate("a");', 'map-arguments-invalid', 'truncate takes 2 arguments, not 1.'],
    ['src then main(src);', 'map-arguments-invalid', 'main takes 2 arguments, not 1.'],
    ['src then main(tgt, src);', 'map-source-not-writable', /only a target can be written to/],
    ['src.name as n -> n.text = "x";', 'map-source-not-writable', 'n is a source: only a target can be written to.'],
    ['src.name as n where (use = ) -> tgt.name = n;', 'map-expression-invalid', /does not compile/],
    [`src.gender as g -> tgt.gender = translate(g, 'no-such', 'code');`, 'map-table-unknown', /no-such/],
    ['src.gender as g -> tgt.birthDate = toDate(g, "EEE");', 'map-arguments-invalid', /date format/],
  ])('%s', (rules, rule, message) => {
    const [found, ...others] = problems(() => compile(rules));
    expect(others).toEqual([]);
    expect([found?.rule, found?.path, found?.line, found?.group]).toEqual([rule, 'maps/t.fml', 5, 'main']);
    expect(found?.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  test.each([
    [`src.name as n where (famly = 'x') -> tgt.name = n;`, 22, /no element famly in HumanName.* Did you mean family\?/],
    [`src.name as n where (src.gender = 'x' and n.famly = 'x') -> tgt.name = n;`, 45, /no element famly in HumanName/],
    [`src.name as n where ("a" & n.famly = 'x') -> tgt.name = n;`, 30, /no element famly in HumanName/],
    ['src -> tgt.id = (src.name.given.frist());', 33, /frist/],
    [`src.name as n -> tgt.id = evaluate(n, famly.first());`, 39, /no element famly in HumanName/],
  ])('checks elements in FHIRPath too, with the place of the unknown one: %s', (rules, column, message) => {
    const [found] = problems(() => compile(rules));
    expect([found?.rule, found?.line, found?.column]).toEqual(['map-expression-invalid', 5, column]);
    expect(found?.message).toMatch(message);
  });

  test('lists all problems in the order of the file', () => {
    const found = problems(() => compile('src.a as a -> tgt.b = a;\nsrc.name as n -> tgt.c = n;\nsrc -> tgt.d = x;'));
    expect(found.map(({ line, rule }) => [line, rule])).toEqual([
      [5, 'map-element-unknown'],
      [6, 'map-element-unknown'],
      [7, 'map-element-unknown'],
    ]);
  });

  test('reports problems of a group for the types of its arguments', () => {
    const text = `${head}group main(source src : Patient, target tgt : Patient) { src.name as n -> tgt.name as t then Sub(n, t); }
group Sub(source a, target b) { a.birthDate -> b.birthDate; }`;
    expect(problems(() => compileMap([{ path: 't', text }])).map(({ message, group }) => [group, message])).toEqual([
      ['Sub', 'HumanName has no element birthDate.'],
    ]);
  });

  test('an unused variable is reported, unless its use has an error itself', () => {
    const told = (rules: string) =>
      problems(() => compile(rules, 'Patient', true)).map(({ rule, message }) => [rule, message]);
    expect(told('src.name as n -> tgt.active = true;')).toEqual([
      ['map-variable-unused', 'Variable n is not used: remove it.'],
    ]);
    expect(told('src.name as n then { src.birthDate as b -> tgt.wrong = n; };').map(([rule]) => rule)).toEqual([
      'map-element-unknown',
    ]);
    expect(told('src -> tgt.name as n then { src.a as b -> n.text = b; };').map(([rule]) => rule)).toEqual([
      'map-element-unknown',
    ]);
  });

  test.each([
    ['src.birthDate 2..3 as it -> tgt.birthDate = it;', 'map-cardinality-impossible'],
    ['src.name 2..1 as it -> tgt.name = it;', 'map-cardinality-impossible'],
    [`src -> tgt.gender = 'male', tgt.gender = 'female';`, 'map-value-repeated'],
    [`src -> tgt.maritalStatus.text = 'a', tgt.maritalStatus.text = 'b';`, 'map-value-repeated'],
  ])('a cardinality that can never hold is an error: %s', (rules, rule) => {
    expect(problems(() => compile(rules)).map((it) => it.rule)).toEqual([rule]);
  });

  test('a possible cardinality is not an error', () => {
    expect(problems(() => compile('src.name 2..* as it -> tgt.name = it;'))).toEqual([]);
    expect(
      problems(() => compile(`src -> tgt.name as a, a.given = 'A', a.given = 'B', tgt.name as b, b.text = 'C';`)),
    ).toEqual([]);
    expect(problems(() => compile(`src -> tgt.name.text = 'a', tgt.name.text = 'b';`))).toEqual([]);
  });

  test('an import of a map that is not there is an error, with its line', () => {
    const text = `${head}imports "http://example.org/gone"\ngroup main(source src : Patient, target tgt : Basic) { src -> tgt.id = 'a' "id"; }`;
    const found = problems(() => compileMap([{ path: 't.fml', text }]));
    expect(found.map(({ rule, path, line }) => [rule, path, line])).toEqual([['map-import-unknown', 't.fml', 4]]);
  });

  test('a duplicate group name and a map without groups are errors', () => {
    expect(
      problems(() =>
        compileMap([{ path: 't', text: `${head}group a(source b, target c) {}\ngroup a(source b, target c) {}` }]),
      ).map(({ rule }) => rule),
    ).toEqual(['map-name-duplicate']);
    expect(problems(() => compileMap([{ path: 't', text: head }])).map(({ rule }) => rule)).toEqual(['map-empty']);
  });
});

describe('a map that meets a message it is not made for', () => {
  const issuesOf = (rules: string, message: object) => {
    const text = `${head}group main(source src : Patient, target tgt : Basic) {\n${rules}\n}`;
    return (compileMap([{ path: 't.fml', text }]).run(message, { seed: 'x' }).issues ?? []).map(({ rule }) => rule);
  };
  const two = { resourceType: 'Patient', name: [{ family: 'A' }, { family: 'B' }] };

  test('reports an expression that cannot be evaluated on it, and goes on without', () => {
    expect(issuesOf(`src -> tgt.id = (src.name.single().family) "id";`, two)).toEqual(['map-evaluation-failed']);
    expect(issuesOf(`src where src.name.single().exists() -> tgt.id = 'a' "id";`, two)).toEqual([
      'map-evaluation-failed',
    ]);
  });

  test('reports a value whose type the element does not take', () => {
    const extension = [{ url: 'http://example.org/a', valuePeriod: { start: '2026' } }];
    const rules = `src.extension as e then { e.value as v -> tgt.created = v "created"; } "extension";`;
    expect(issuesOf(rules, { resourceType: 'Patient', extension })).toEqual(['map-value-type-mismatch']);
  });
});
