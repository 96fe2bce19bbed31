import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readInput } from '../../src/cli/map-input.ts';
import { kindNames } from '../../src/exchange/kinds.ts';
import { compileIntake } from '../../src/exchange/maps/intake.ts';
import { mgnProfile } from '../../src/fhir/canonical.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { compileFolder, readMapFolder } from '../../src/main/map-folder.ts';
import { openOwnValidator } from '../../src/main/own-validator.ts';
import { openMaps } from '../../src/main/published-maps.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/guide/mapping.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'mgn-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The files of the whole example: each is the first block after the name that it goes by. */
const files = [...page.matchAll(/`mappings\/(wijkkaart\/[^`]+)`(?:(?!```)[\s\S])*?```\w+\n([\s\S]*?)```/g)].map(
  ([, name = '', text = '']) => ({ name, text }),
);
const form = /```yaml\n(\s+- id: wijkkaart[\s\S]*?)```/.exec(page)?.[1] ?? '';

beforeAll(() => {
  for (const { name, text } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});

test('the whole example is a model, a table, a map and a card', () => {
  expect(files.map(({ name }) => name.replace(/^.*\./, ''))).toEqual(['json', 'csv', 'fml', 'json']);
});

test('its map makes a referral of the card, and asks about the code that the table does not know', async () => {
  const map = compileFolder(readMapFolder(join(folder, 'wijkkaart/wijkkaart.fml')));
  const { output, issues } = map.run(readInput(join(folder, 'wijkkaart/tests/typical/input.json')));
  expect(issues?.map(({ rule, expression }) => [rule, expression])).toEqual([['code-queued', 'wijkkaart.reden[1]']]);
  const report = (await openOwnValidator()).validate(output as Resource, { profiles: [mgnProfile('referral-bundle')] });
  expect(report.issues.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
});

test('its form is one that the gateway takes', () => {
  const maps = openMaps(folder);
  if (!maps.ok) throw new Error(JSON.stringify(maps.issues));
  const forms = compileIntake(`forms:\n${form}`, 'intake.yaml', maps.value, kindNames);
  expect(forms).toMatchObject({ ok: true, value: [{ id: 'wijkkaart', kind: 'referral', intake: 'wijkkaart' }] });
});

test('the first map of the page compiles as it stands', () => {
  const text = /```\n(\/\/\/ url = 'https:\/\/example[\s\S]*?)```/.exec(page)?.[1] ?? '';
  mkdirSync(join(folder, 'my-shape'));
  writeFileSync(join(folder, 'my-shape/my-shape.fml'), text);
  expect(compileFolder(readMapFolder(join(folder, 'my-shape/my-shape.fml'))).name).toBe('MyShape');
});
