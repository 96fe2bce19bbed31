import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { slug } from './markdown.ts';

const root = join(import.meta.dirname, '../..');

const under = (folder: string, keep: (file: string) => boolean): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(keep)
    .map((file) => join(folder, file));

const pages = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...under('docs', (file) => file.endsWith('.md')),
  ...under('examples', (file) => file.endsWith('README.md')),
  ...under('mappings', (file) => file.endsWith('README.md')),
];

/** The text without code, in which nothing is a link. */
const prose = (text: string): string => text.replace(/^( *)```[\s\S]*?^\1```/gm, '').replace(/`[^`\n]*`/g, '');

/** Anchors of a page: its headings, as GitHub names them, and anchors of its own. */
function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const headings = [...text.replace(/^( *)```[\s\S]*?^\1```/gm, '').matchAll(/^#{1,6} +(.+)$/gm)].map(
    ([, heading = '']) => {
      const name = slug(heading.trim());
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      return count ? `${name}-${count}` : name;
    },
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]);
}

const read = (page: string): string => readFileSync(join(root, page), 'utf8');

test.each(pages)('every link of %s leads to a file and a heading', (page) => {
  const wrong = [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(?:https?|mailto):/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path ? resolve(root, dirname(page), path) : join(root, page);
      if (!existsSync(file)) return true;
      if (anchor === undefined) return false;
      return statSync(file).isDirectory() || !anchorsOf(read(relative(root, file))).has(anchor);
    });
  expect(wrong).toEqual([]);
});

/** The decisions are history: they name what there was. */
const present = pages.filter((page) => !page.startsWith('docs/decisions'));

test.each(present)('every source file that %s names exists', (page) => {
  const named = [...read(page).matchAll(/`((?:src|test|mappings|profiles|examples)\/[\w./-]+\.\w+)`/g)].map(
    ([, path = '']) => path,
  );
  const example = /^mappings\/(?:wijkkaart|my-shape)\//;
  expect(named.filter((path) => !example.test(path) && !existsSync(join(root, path)))).toEqual([]);
});

test('every page of docs/ is in its index', () => {
  const index = [...read('docs/README.md').matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => join('docs', path));
  const listed = (page: string) => index.some((path) => page === path || page.startsWith(`${path}/`));
  expect(pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !listed(page))).toEqual([]);
});
