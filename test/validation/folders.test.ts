import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

/** Lowest first; a file imports its own folder and lower ones. The files beside index.ts are the top. */
const order = ['values', 'plan', 'run', 'questionnaire', 'rules', 'compile', ''];

const room = join(import.meta.dirname, '../../src/validation');
const folderOf = (file: string): string => (file.includes('/') ? dirname(file) : '');

test('folders of src/validation import in one direction: nothing under run/ reaches the compiler', () => {
  const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.ts'));
  expect(files.map(folderOf).filter((it) => !order.includes(it))).toEqual([]);
  const upward = files.flatMap((file) =>
    [...readFileSync(join(room, file), 'utf8').matchAll(/from '(\.[^']+)'/g)]
      .map(([, path = '']) => relative(room, normalize(join(room, dirname(file), path))))
      .filter((path) => !path.startsWith('..') && order.indexOf(folderOf(path)) > order.indexOf(folderOf(file)))
      .map((path) => `${file} imports ${path}`),
  );
  expect(upward).toEqual([]);
});
