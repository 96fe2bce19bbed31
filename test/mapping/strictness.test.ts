import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileFolder, mapFilesAt, readMapFolder } from '../../src/main/map-folder.ts';
import { compileMap } from '../../src/mapping/index.ts';
import { heading, problemsOf } from '../support/mapping/problems.ts';

const compile = (groups: string, strict = false) => compileMap([{ path: 't.fml', text: heading + groups }], { strict });
const bundle = {
  resourceType: 'Bundle',
  entry: [
    {
      resource: {
        resourceType: 'Patient',
        id: 'a',
        gender: 'male',
        birthDate: '2000-01-31',
        name: [{ text: 'Testa' }],
      },
    },
    { resource: { resourceType: 'Organization', id: 'b', name: 'Org' } },
    { resource: { resourceType: 'Observation', id: 'c', valueString: 'v', subject: { reference: 'Patient/a' } } },
    { resource: { resourceType: 'PlanDefinition', id: 'd', subjectCodeableConcept: { text: 'group' } } },
  ],
};

/** A constant that is written as one, an element that is, and names that no element has. */
test.each([
  [
    `let type = 'x'; group main(source src : Bundle, target tgt : Basic) { src where (%type = 'x' and $this.type.exists()) -> tgt.id = 'a'; }`,
  ],
  [
    `let kind = 'x'; group main(source src : Bundle, target tgt : Basic) { src where (kind = 'x' and type.exists()) -> tgt.id = (kind); }`,
  ],
  [
    `let url = 'x'; group main(source src : Bundle, target tgt : Basic) { src where (type = url) -> tgt.id = (url & 'y'); }`,
  ],
])('a constant that hides no element is as it should be: %s', (groups) => {
  expect(problemsOf(() => compile(groups, true))).toEqual([]);
});

/** What the language permits: it compiles with a warning and runs, and strictly it does not compile. */
const permitted: readonly [string, string, string, readonly [string, number, number][], unknown][] = [
  [
    'a variable without a use',
    `group main(source src : Bundle, target tgt : Basic) { src.entry as e -> tgt.id = 'x'; }`,
    'Bundle',
    [['map-variable-unused', 6, 55]],
    { id: 'x' },
  ],
  [
    'a constant with the name of an element, in a condition',
    `let type = 'x'; group main(source src : Bundle, target tgt : Basic) { src where (type = 'x') -> tgt.id = 'a'; }`,
    'Bundle',
    [['map-constant-hides-element', 6, 82]],
    { id: 'a' },
  ],
  [
    'a constant with the name of an element, within a function, of several values',
    `let fullUrl = 'x' | 'y'; group main(source src : Bundle, target tgt : Basic) { src where (entry.exists(fullUrl.empty())) -> tgt.id = 'a'; }`,
    'Bundle',
    [['map-constant-hides-element', 6, 104]],
    {},
  ],
  [
    'an unused name of a target',
    `group main(source src : Bundle, target tgt : Basic) { src.type as t -> tgt.code as c, c.text = t, c.coding as d; }`,
    'Bundle',
    [['map-variable-unused', 6, 55]],
    {},
  ],
  [
    'an element of an untyped resource after a filter on its type',
    `group main(source src : Bundle, target tgt : Basic) { src.entry as e then { e.resource as r where (r is Patient) then { r.birthDate as b -> tgt.created = b; }; }; }`,
    'Bundle',
    [['map-element-of-subtype', 6, 121]],
    { created: '2000-01-31' },
  ],
  [
    'an element of an untyped resource in one path, filtered before',
    `group main(source src : Bundle, target tgt : Basic) { src.entry as e where (e.resource is Patient) then { e.resource.gender as g -> tgt.id = g; }; }`,
    'Bundle',
    [['map-element-of-subtype', 6, 107]],
    { id: 'male' },
  ],
  [
    'an element that has another type in each resource',
    `group main(source src : Bundle, target tgt : Basic) { src.entry as e where (resource.ofType(Organization).exists()) then { e.resource as r then { r.name as n -> tgt.code as c, c.text = n; }; }; }`,
    'Bundle',
    [['map-element-of-subtype', 6, 147]],
    { code: { text: 'Org' } },
  ],
  [
    'an element that is a choice in one resource and a reference in another',
    `group main(source src : Bundle, target tgt : Basic) { src.entry as e where (resource is Observation) then { e.resource as r then { r.subject as s then { s.reference as n -> tgt.id = n; }; }; }; }`,
    'Bundle',
    [['map-element-of-subtype', 6, 132]],
    { id: 'Patient/a' },
  ],
  [
    'a group of another data type as parent',
    `group main(source src : Bundle, target tgt : Basic) { src.entry as e then { e.resource : Patient as p then { p.name as n -> tgt.code as c then Name(n, c); }; }; }
group Name(source src : HumanName, target tgt : CodeableConcept) extends Address { src.use as u -> tgt.id = u; }
group Address(source src : Address, target tgt : Address) { src.text -> tgt.text; }`,
    'Bundle',
    [
      ['map-group-type-inherited', 7, 1],
      ['map-group-type-inherited', 7, 1],
    ],
    { code: { text: 'Testa' } },
  ],
  [
    'Element as the parent of a group with an untyped source',
    `group main(source src : Bundle, target tgt : Basic) { src then Code(src, tgt); }
group Code(source src, target tgt : Basic) extends Element { src -> tgt.language = 'nl'; }
group Element(source src : Element, target tgt : Element) { src.id -> tgt.id; }`,
    'Bundle',
    [
      ['map-group-type-inherited', 7, 1],
      ['map-group-type-inherited', 7, 1],
    ],
    { language: 'nl' },
  ],
];

describe('a map is held to the language, and strictly to more', () => {
  test.each(permitted)('%s', (_, groups, _source, warnings, output) => {
    const map = compile(groups);
    expect(map.warnings.map(({ rule, line, column }) => [rule, line, column])).toEqual(warnings);
    expect(map.warnings.every(({ severity }) => severity === 'warning')).toBe(true);
    const result = map.run(bundle);
    expect(result.issues).toBeUndefined();
    expect(result.output).toEqual({ resourceType: 'Basic', ...(output as object) });
    const found = problemsOf(() => compile(groups, true));
    expect(found.map(({ rule, line, column, severity }) => [rule, line, column, severity])).toEqual(
      warnings.map((it) => [...it, 'error']),
    );
  });

  test('a comment within a comment may have swallowed rules', () => {
    const groups = `group main(source src : Bundle, target tgt : Basic) {
  /* the first
  src.id as i -> tgt.language = i;
  /* the second */
  src.id as i -> tgt.id = i;
}`;
    expect(compile(groups).warnings.map(({ rule, line, column }) => [rule, line, column])).toEqual([
      ['map-comment-nested', 7, 3],
    ]);
    expect(problemsOf(() => compile(groups, true)).map(({ rule }) => rule)).toEqual(['map-comment-nested']);
    expect(compile(groups.replace('first', 'first */').replace('  /* the second', '  /* a // /* b')).warnings).toEqual(
      [],
    );
  });

  test('an element that no resource has is an error, with a suggestion', () => {
    const found = problemsOf(() =>
      compile(
        `group main(source src : Bundle, target tgt : Basic) { src.entry as e then { e.resource as r where (r is Patient) then { r.birthdate as b -> tgt.created = b; }; }; }`,
      ),
    );
    expect(found.map(({ rule, message }) => [rule, message])).toEqual([
      ['map-element-unknown', expect.stringContaining('Did you mean birthDate?')],
    ]);
  });

  const mappings = join(import.meta.dirname, '../../mappings');
  test.each(mapFilesAt(mappings).map((path) => [relative(mappings, path), path]))('our own %s is strict', (_, path) => {
    expect(compileFolder(readMapFolder(path), { strict: true }).warnings).toEqual([]);
  });
});
