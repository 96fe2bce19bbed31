import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mgn } from '../support/cli/mgn.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('the findings that the README shows are what the command prints', async () => {
  const files = readdirSync(join(root, 'examples/wrong')).map((name) => `examples/wrong/${name}`);
  const { code, out } = await mgn(['validate', ...files]);
  const shown = /```text\n(invalid examples[\s\S]*?)\n```/.exec(readme)?.[1];
  expect(out.trimEnd()).toBe(shown);
  expect(code).toBe(1);
});

test('every file that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\(((?!http)[^)#]+)\)/g)].map(([, path]) => path ?? '');
  const missing = links.filter((path) => {
    try {
      readdirSync(join(root, path));
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
    }
  });
  expect(links.length).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});
