import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');
const filesOf = (room: string): string[] =>
  readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(room, file));
const textOf = (file: string): string => readFileSync(join(src, file), 'utf8');
const importsOf = (file: string): string[] =>
  [...textOf(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    relative(src, join(src, dirname(file), path)),
  );

/** The folders of src/mapping, lowest first: a folder imports only those before it, and index.ts all of them. */
const order = [
  'syntax',
  'notation',
  'types',
  'tables',
  'hl7',
  'run',
  'xml',
  'program',
  'generate',
  'expression',
  'transforms',
  'compile',
];

test('the folders of src/mapping have one order', () => {
  const folderOf = (file: string): string => (file.split('/').length > 2 ? file.split('/')[1]! : 'index.ts');
  const floor = (folder: string): number => (folder === 'index.ts' ? order.length : order.indexOf(folder));
  const wrong = filesOf('mapping').flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith('mapping/') && floor(folderOf(path)) > floor(folderOf(file)))
      .map((path) => `${file} imports ${path}`),
  );
  expect(wrong).toEqual([]);
  expect([...new Set(filesOf('mapping').map(folderOf))].sort()).toEqual([...order, 'index.ts'].sort());
});

// The engines of maps and of FHIRPath serve any network: shapes, profiles and code systems of this one come in as arguments.
test('src/mapping and src/fhirpath contain nothing of this network', () => {
  const files = ['mapping', 'fhirpath'].flatMap(filesOf);
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter((path) => path.startsWith('..') || path.startsWith('vocabulary/') || path === 'fhir/canonical.ts')
      .map((path) => `${file} imports ${path}`),
  );
  expect(outside).toEqual([]);
  const network = /mgn\.example|\bmgn-(?!gateway)|\bmgn[A-Z]|\bELZ\b|\b(?:REF|RRI)\^I12\b|fhir\.nl\b|nictiz|nl-core/i;
  const named = files.flatMap((file) => {
    const found = network.exec(textOf(file))?.[0];
    return found === undefined ? [] : [`${file}: ${found}`];
  });
  expect(named).toEqual([]);
});
