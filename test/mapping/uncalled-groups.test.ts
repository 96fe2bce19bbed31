/** A group that nothing calls is checked like any other, with or without types, also that of a map which is imported. */
import { expect, test } from 'vitest';
import { compileMap } from '../../src/mapping/index.ts';
import { problemsOf } from '../support/mapping/problems.ts';

const head = (name: string, more = '') => `/// url = 'http://example.org/StructureMap/${name}'
/// name = '${name}'
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/StructureDefinition/Basic" alias Basic as target
${more}`;
const main = 'group A(source src : Patient, target tgt : Basic) { src.id -> tgt.id; }\n';

const faulty = [
  'group U(source s, target t) { nobody.x -> t.id = s; }',
  'group U(source s, target t) { s.x as v -> t.id = other; }',
  'group U(source s, target t) { s -> t.id = nothing(s); }',
  'group U(source s, target t) { s.x as v where (v.startsWith()) -> t.id = v; }',
  'group U(source s : Patient, target t : Basic) { s.nothere as v -> t.id = v; }',
  'group U(source s, target t) { s then Unknown(s, t); }',
];

test.each(faulty)('%s', (group) => {
  expect(problemsOf(() => compileMap([{ path: 'a', text: `${head('a')}${main}${group}` }]))).toHaveLength(1);
  const library = { path: 'b', text: `${head('b')}${group}` };
  const importing = { path: 'a', text: `${head('a', 'imports "http://example.org/StructureMap/b"\n')}${main}` };
  expect(problemsOf(() => compileMap([importing, library]))).toHaveLength(1);
  // a map beside it that it does not import may have errors of its own
  expect(problemsOf(() => compileMap([{ path: 'a', text: `${head('a')}${main}` }, library]))).toEqual([]);
});

test('a sound group that nothing calls compiles, with elements of unknown types', () => {
  const group = 'group U(source s, target t) { s.x as v where (v.exists()) -> t.y = v; }';
  expect(problemsOf(() => compileMap([{ path: 'a', text: `${head('a')}${main}${group}` }]))).toEqual([]);
});
