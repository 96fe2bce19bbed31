import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileMap as compileNetworkMap } from '../../src/library/mapping.ts';
import { compileMap } from '../../src/mapping/index.ts';
import { heading, problemsOf } from '../support/mapping/problems.ts';

const gender = 'http://hl7.org/fhir/ValueSet/administrative-gender';
const main = (rule: string) => `${heading}group main(source src : Patient, target tgt : Basic) {\n${rule}\n}`;
const coloursUrl = 'http://example.org/colours';
const colours = {
  resourceType: 'ValueSet',
  url: coloursUrl,
  status: 'active',
  compose: { include: [{ system: 'http://example.org/c', concept: [{ code: 'red' }] }] },
} as Resource;
const big = {
  resourceType: 'ValueSet',
  url: 'http://example.org/big',
  status: 'active',
  compose: { include: [{ system: 'http://example.org/not-loaded' }] },
} as Resource;
const compile = (rule: string) =>
  compileNetworkMap([{ path: 't.fml', text: main(rule) }], { definitions: [colours, big] });
const fires = (rule: string, more: object = {}) =>
  (compile(rule).run({ resourceType: 'Patient', gender: 'male', ...more }).output as { id?: string }).id;

describe('memberOf() in a map', () => {
  test('is decided by the loaded value sets', () => {
    expect(fires(`src where (gender.memberOf('${gender}')) -> tgt.id = 'x';`)).toBe('x');
    expect(fires(`src where (gender.memberOf('${gender}').not()) -> tgt.id = 'x';`)).toBeUndefined();
    expect(fires(`src.gender as g where ($this.memberOf('${gender}|4.0.1')) -> tgt.id = g;`)).toBe('male');
    const concept = (code: string, system = 'http://example.org/c') => ({
      maritalStatus: { coding: [{ system, code }] },
    });
    const rule = `src where (maritalStatus.memberOf('${coloursUrl}')) -> tgt.id = 'x';`;
    expect(fires(rule, concept('red'))).toBe('x');
    expect(fires(rule, concept('blue'))).toBeUndefined();
    expect(fires(rule, concept('red', 'http://example.org/other'))).toBeUndefined();
    expect(
      fires(
        `src -> tgt.id = (iif(src.maritalStatus.coding.first().memberOf('${coloursUrl}'), 'in', 'out'));`,
        concept('red'),
      ),
    ).toBe('in');
  });

  test('is decided by the value sets of the network too', () => {
    const own = 'https://mgn.example/fhir/ValueSet/mgn-use-case';
    expect(
      fires(`src where (maritalStatus.memberOf('${own}').not()) -> tgt.id = 'x';`, {
        maritalStatus: { coding: [{ code: 'x' }] },
      }),
    ).toBe('x');
  });

  test('with a value set that is not loaded does not compile', () => {
    const found = problemsOf(() => compile(`src where (gender.memberOf('${gender}s')) -> tgt.id = 'x';`));
    expect(found.map(({ rule, line, column }) => [rule, line, column])).toEqual([['map-expression-invalid', 7, 28]]);
    expect(found[0]!.message).toContain(`Did you mean ${gender}?`);
  });

  test('does not compile where nothing decides value sets', () => {
    for (const rule of [
      `src where (gender.memberOf('${gender}')) -> tgt.id = 'x';`,
      `src check (gender.memberOf(src.id)) -> tgt.id = 'x';`,
    ])
      expect(problemsOf(() => compileMap([{ path: 't.fml', text: main(rule) }])).map(({ rule }) => rule)).toEqual([
        'map-expression-invalid',
      ]);
  });

  test('that the loaded content cannot decide is an error of the run, never an empty result', () => {
    for (const rule of [
      `src where (gender.memberOf('http://example.org/big')) -> tgt.id = 'x';`,
      `src where (gender.memberOf('http://example.org/big').not()) -> tgt.id = 'x';`,
      `src where (gender.memberOf('http://example.org/' & src.gender)) -> tgt.id = 'x';`,
    ])
      expect(
        compile(rule)
          .run({ resourceType: 'Patient', gender: 'male' })
          .issues?.map(({ rule }) => rule),
      ).toEqual(['map-evaluation-failed']);
  });
});
