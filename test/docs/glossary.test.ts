import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/contribute/glossary.md'), 'utf8');

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, term = '', , , , type = '']) => {
    const [, file, name] = /^`(src\/[^`]+\.ts)` `(\w+)`$/.exec(type) ?? [];
    return file && name ? [{ term: term.replaceAll('*', ''), file, name }] : [];
  });

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: `src/${file}`, text: readFileSync(join(root, 'src', file), 'utf8') }));

const exported = (text: string, name: string): boolean =>
  new RegExp(`^export (?:declare )?(?:type|const|function|async function|interface) ${name}\\b`, 'm').test(text);

test('the glossary has its terms', () => {
  expect(rows.length).toBeGreaterThan(60);
  const terms = rows.map(({ term }) => term);
  expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
});

test('each term has the type that the glossary names', () => {
  const missing = rows
    .filter(({ file, name }) => !sources.some((it) => it.file === file && exported(it.text, name)))
    .map(({ term, file, name }) => {
      const now = sources.filter(({ text }) => exported(text, name)).map((it) => it.file);
      return `${term}: ${file} does not export ${name}${now.length ? `; now in ${now.join(', ')}` : ''}`;
    });
  expect(missing).toEqual([]);
});
