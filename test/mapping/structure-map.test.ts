import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readInput } from '../../src/cli/map-input.ts';
import { compileMap, formatMap, parseMap } from '../../src/mapping/index.ts';

const folder = join(import.meta.dirname, '../../mappings/referral');
const path = join(folder, 'elz-bundle.fml');
const text = readFileSync(path, 'utf8');

describe('a map as StructureMap', () => {
  const resource = parseMap(text, path);

  test('has the elements of R4, with its metadata', () => {
    expect(resource).toMatchObject({
      resourceType: 'StructureMap',
      url: 'https://mgn.example/fhir/StructureMap/elz-referral',
      name: 'ElzReferral',
      title: 'ELZ referral to the referral graph of the network',
      status: 'active',
    });
    expect(resource.group[0]).toMatchObject({
      name: 'ElzReferral',
      typeMode: 'none',
      input: [
        { name: 'src', mode: 'source', type: 'Bundle' },
        { name: 'tgt', mode: 'target', type: 'Bundle' },
      ],
    });
  });

  test('gives the same output when it is compiled from its JSON', () => {
    const [fml, json] = [text, JSON.stringify(resource)].map((it) => compileMap([{ path: 'x', text: it }]));
    for (const name of ['typical/input.json', 'minimal/input.json', 'rich/input.xml']) {
      const input = readInput(join(folder, 'tests', name));
      expect(json!.run(input, { seed: 'x' }).output).toEqual(fml!.run(input, { seed: 'x' }).output);
    }
  });

  test('converts to FML and back unchanged', () => {
    const printed = formatMap({ path: 'x', text: JSON.stringify(resource) });
    expect(parseMap(printed, 'x')).toEqual(resource);
  });

  test('keeps nested metadata', () => {
    const map = parseMap(
      `/// url = 'http://example.org/t'
/// name = 'T'
/// experimental = true
/// jurisdiction =
/// jurisdiction.coding =
/// jurisdiction.coding.system = 'urn:iso:std:iso:3166'
/// jurisdiction.coding.code = 'NL'
/// jurisdiction.coding =
/// jurisdiction.coding.code = 'BE'
/// description = """
Several
lines
"""
conceptmap "#c" { prefix a = "http://a" prefix b = "http://b" a:x == b:y }
let k = 'v';
group g(source a, target b) { a.x 1..* default ('d') first as v where (v = 1) check (true) log ('l') -> b.y = v first, b.z as z share s; }`,
      't',
    );
    expect(map).toMatchObject({
      experimental: true,
      jurisdiction: [{ coding: [{ system: 'urn:iso:std:iso:3166', code: 'NL' }, { code: 'BE' }] }],
      description: 'Several\nlines',
      contained: [
        {
          resourceType: 'ConceptMap',
          id: 'c',
          group: [
            {
              source: 'http://a',
              target: 'http://b',
              element: [{ code: 'x', target: [{ code: 'y', equivalence: 'equal' }] }],
            },
          ],
        },
      ],
    });
  });
});

describe('the canonical layout', () => {
  test('is that of our own maps, and formatting is idempotent', () => {
    expect(formatMap({ path, text })).toBe(text);
  });

  test('keeps every comment, or reports the place where it cannot', () => {
    const map = `map "x" = "y"
// one
group g(source a, target b) { // two
  // three
  a.x -> b.y; // four
}
// five`;
    const formatted = formatMap({ path: 'x', text: map });
    for (const word of ['one', 'two', 'three', 'four', 'five']) expect(formatted).toContain(`// ${word}`);
    expect(() =>
      formatMap({ path: 'x', text: `map "x" = "y"\ngroup g(source a, target b) {\n  a.x /* lost */ -> b.y;\n}` }),
    ).toThrow(/x:3:/);
  });
});
