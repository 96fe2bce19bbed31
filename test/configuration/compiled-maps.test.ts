import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openMaps } from '../../src/main/published-maps.ts';

/** A set that is activated differs from the one before in a few files: only the maps that use these are compiled. */
const folder = mkdtempSync(join(tmpdir(), 'mgn-maps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mappings = join(import.meta.dirname, '../../mappings');
function copied(name: string): string {
  cpSync(mappings, join(folder, name), { recursive: true });
  return join(folder, name);
}
function opened(path: string) {
  const maps = openMaps(path);
  if (!maps.ok) throw new Error(JSON.stringify(maps.issues));
  return new Map(maps.value.map((it) => [it.id, it]));
}

const before = opened(copied('before'));
const compiledAnew = (path: string) => [...opened(path)].flatMap(([id, it]) => (before.get(id) === it ? [] : [id]));

test('the same maps in another folder are not compiled again', () => {
  expect(before.size).toBeGreaterThan(5);
  expect(compiledAnew(copied('same'))).toEqual([]);
});

test.each([
  ['a map', 'form/referral-form.fml'],
  ['a table', 'coordination-task/tables/task-codes.csv'],
  ['a model', 'conversation/json/models/conversation-form.json'],
])('with another text of %s the map that uses it is compiled, and no other', (_, file) => {
  const path = copied(file.replaceAll('/', '-'));
  appendFileSync(join(path, file), '\n');
  expect(compiledAnew(path)).toHaveLength(1);
  expect(compiledAnew(path)).toHaveLength(1);
});

test('a map that does not compile is reported, and again when it is opened again', () => {
  const path = copied('broken');
  appendFileSync(join(path, 'form/referral-form.fml'), '\ngroup (\n');
  for (let n = 0; n < 2; n++) expect(openMaps(path)).toMatchObject({ ok: false });
});
