import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { casesOf, runCase, unfired } from '../../src/cli/map-cases.ts';
import { readInput } from '../../src/cli/map-input.ts';
import { compileFolder, mapFilesAt, readMapFolder } from '../../src/main/map-folder.ts';

const root = join(import.meta.dirname, '../..');
const maps = mapFilesAt(join(root, 'mappings')).map((path) => relative(root, path));

describe.each(maps)('%s', (path) => {
  const map = compileFolder(readMapFolder(path));
  const cases = casesOf(path);

  test.each(cases.map((it) => [it.name, it] as const))('maps %s to the expected output', (_, it) => {
    expect(runCase(map, it).differences).toEqual([]);
  });

  test.each(cases.map((it) => [it.name, it] as const))(
    'gives the same bytes lean and traced, and leaves %s as it was',
    (_, it) => {
      const input = readInput(it.input, map);
      const before = JSON.stringify(input);
      const [lean, traced] = [map.run(input, { seed: 'x' }), map.run(input, { seed: 'x', trace: true })];
      expect(JSON.stringify(lean.output)).toBe(JSON.stringify(traced.output));
      expect(JSON.stringify(input)).toBe(before);
    },
  );

  test('has a typical, a minimal, a rich and a wrong case, which together fire every rule', () => {
    expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining(['typical', 'minimal', 'rich', 'wrong']));
    expect(
      unfired(
        map,
        cases.map((it) => runCase(map, it)),
      ),
    ).toEqual([]);
  });

  test('has a README in its folder', () => {
    expect(existsSync(join(root, dirname(path), 'README.md'))).toBe(true);
  });
});
