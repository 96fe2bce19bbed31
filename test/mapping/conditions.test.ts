/** Conditions that could never decide anything, and names that other systems write in quotes. */
import { describe, expect, test } from 'vitest';
import { compileMap, formatMap } from '../../src/mapping/index.ts';
import { heading, problemsOf } from '../support/mapping/problems.ts';

const compile = (groups: string, before = '') => compileMap([{ path: 't.fml', text: heading + before + groups }]);
const group = (rule: string): string => `group main(source src : Patient, target tgt : Basic) {\n${rule}\n}`;
const patient = {
  resourceType: 'Patient',
  id: 'a',
  gender: 'male',
  name: [{ text: 'Testa' }],
  contained: [{ resourceType: 'Organization', id: 'o', name: 'Org' }],
};

describe('a condition that is a text alone does not compile', () => {
  test.each([
    ['in quotes', `src where "gender = 'female'" -> tgt.id = 'x';`, 11],
    ['in single quotes', `src where 'gender' -> tgt.id = 'x';`, 11],
    ['in quotes and parentheses', `src where ("gender = 'female'") -> tgt.id = 'x';`, 12],
    ['a quoted element compared with a text', `src where "gender" = 'female' -> tgt.id = 'x';`, 11],
    ['of a check', `src check "gender = 'female'" -> tgt.id = 'x';`, 11],
    ['a number', `src where (5) -> tgt.id = 'x';`, 12],
    ['a constant text', `src where (fixed) -> tgt.id = 'x';`, 12],
  ])('%s', (_, rule, column) => {
    const found = problemsOf(() => compile(group(rule), `let fixed = 'text';\n`));
    expect(found.map(({ rule, column }) => [rule, column])).toEqual([['map-expression-invalid', column]]);
    expect(found[0]?.message).toContain('not in quotation marks');
  });

  test.each([
    ['true', `src where true -> tgt.id = 'x';`, 'x'],
    ['a constant', `src where (on) -> tgt.id = 'x';`, 'x'],
    ['an element with a value', `src where (gender) -> tgt.id = 'x';`, 'x'],
    ['a text in quotes in a comparison', `src where (gender = "female") -> tgt.id = 'x';`, undefined],
    ['the value itself', `src.gender as g where ($this != '') -> tgt.id = 'x';`, 'x'],
    ['without parentheses', `src where gender = "male" -> tgt.id = 'x';`, 'x'],
  ])('%s does', (_, rule, id) => {
    const output = compile(group(rule), 'let on = true;\n').run(patient).output as { id?: string } | undefined;
    expect(output?.id).toBe(id);
  });
});

describe('%resource', () => {
  test('without a focus is an error, not silently empty', () => {
    for (const rule of [
      `src -> tgt.id = (%resource.id);`,
      `src -> tgt.id = (%context.id);`,
      `src -> (%rootResource.id) as it, tgt.id = it;`,
    ])
      expect(problemsOf(() => compile(group(rule))).map(({ rule, line }) => [rule, line])).toEqual([
        ['map-expression-invalid', 7],
      ]);
  });

  test.each([false, true])('in a condition is the resource that contains the focus, traced: %s', (trace) => {
    const outputOf = (rule: string) =>
      (compile(group(rule)).run(patient, { trace }).output as { id?: string } | undefined)?.id;
    expect(outputOf(`src.name as n where (%resource.gender = 'male') -> tgt.id = 'x';`)).toBe('x');
    expect(outputOf(`src.name as n where (%resource.gender = 'female') -> tgt.id = 'x';`)).toBeUndefined();
    expect(outputOf(`src where (%resource.gender = 'male') -> tgt.id = 'x';`)).toBe('x');
    expect(outputOf(`src.contained as c where (%resource.id = 'o' and %rootResource.id = 'a') -> tgt.id = 'x';`)).toBe(
      'x',
    );
  });

  test('a variable of that name is the variable', () => {
    const map = compile(
      `group main(source resource : Patient, target tgt : Basic) { resource -> tgt.id = (%resource.gender); }`,
    );
    expect(map.run(patient).output).toMatchObject({ id: 'male' });
  });
});

test.each([
  ['of a condition', `  src where (gender = 'male' -> tgt.id = 'x';\n  src -> tgt.language = 'nl';`, 13],
  ['of a call', `  src -> tgt.id = (src.name.select(text.first());`, 19],
  ['of a transform', `  src -> tgt.id = append('a', src.id;`, 25],
  ['of a check without outer ones', `  src check name.where(text = 'a' -> tgt.id = 'x';`, 23],
])('a parenthesis that is not closed is reported where it opens: %s', (_, rule, column) => {
  const found = problemsOf(() => compile(group(rule)));
  expect(found.map(({ rule, line, column }) => [rule, line, column])).toEqual([['map-bracket-unclosed', 7, column]]);
});

test('an alias and a type may be in quotes', () => {
  const text = `/// url = 'http://example.org/StructureMap/q'
/// name = 'Q'
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias "Theirs" as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias 'Ours made' as target

group main(source src : "Theirs", target tgt : 'Ours made') {
  src.gender as g -> tgt.id = g;
}
`;
  expect(compileMap([{ path: 'q.fml', text }]).run(patient).output).toMatchObject({ id: 'male' });
  const formatted = formatMap({ path: 'q.fml', text });
  expect(formatMap({ path: 'q.fml', text: formatted })).toBe(formatted);
  expect(formatted).toContain('alias Theirs as source');
});
