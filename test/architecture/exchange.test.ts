import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../src/exchange/kinds.ts';

/**
 * The rooms of exchange/, the lowest floor first: a file imports its own room and rooms of lower floors. The kinds of
 * message are the upper rooms; what they share lies below them, and the pipeline knows none of them.
 */
const floors: readonly (readonly string[])[] = [
  ['reading', 'memory'],
  ['maps', 'patch'],
  ['pipeline'],
  ['acknowledge', 'disclose', 'explain', 'sender', 'measures', 'waiting-times'],
  ['feedback', 'project'],
  ['effect', 'conversation', 'referral'],
  ['appointment', 'consent', 'consultation', 'information', 'transfer'],
  ['move'],
  ['top'],
];

const root = join(import.meta.dirname, '../../src/exchange');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((it) => it.replaceAll('\\', '/'))
  .filter((it) => it.endsWith('.ts'));
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

const roomOf = (file: string): string => {
  if (file.startsWith('move/patch/')) return 'patch';
  return file.includes('/') ? (file.split('/')[0] ?? '') : 'top';
};
const floorOf = (room: string): number => floors.findIndex((it) => it.includes(room));

const importsOf = (file: string): string[] =>
  [...text(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map(([, path]) => relative(root, normalize(join(root, dirname(file), path ?? ''))).replaceAll('\\', '/'))
    .filter((it) => it.endsWith('.ts') && !it.startsWith('..'));

test('every file lies in a room with a floor', () => {
  expect([...new Set(files.map(roomOf))].filter((it) => floorOf(it) < 0)).toEqual([]);
});

test('imports go to the own room or down, never sideways', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((it) => roomOf(it) !== roomOf(file) && floorOf(roomOf(it)) >= floorOf(roomOf(file)))
      .map((it) => `${file} imports ${it}`),
  );
  expect(wrong).toEqual([]);
});

describe('the pipeline', () => {
  const pipeline = files.filter((it) => roomOf(it) === 'pipeline');

  test('is at most 900 lines', () => {
    const lines = pipeline.reduce((sum, it) => sum + text(it).trimEnd().split('\n').length, 0);
    expect(lines).toBeLessThanOrEqual(900);
  });

  test('knows no kind of message, no purpose and no profile by name', () => {
    const purposes = /Record<Purpose, [^>]+>> = \{([\s\S]*?)\n\}/.exec(text('disclose/disclosure-to.ts'))?.[1] ?? '';
    const names = [...purposes.matchAll(/^ {2}'?([a-z-]+)'?:/gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(5);
    const known = [...kinds.keys(), ...names].map((it) => `'${it}'`);
    const wrong = pipeline.flatMap((file) =>
      [...known, 'mgnProfile'].filter((it) => text(file).includes(it)).map((it) => `${file}: ${it}`),
    );
    expect(wrong).toEqual([]);
  });
});

test('a kind of message is known by its folder and one line of kinds.ts', () => {
  const folders = /^(conversation|referral|transfer|consultation)\//;
  const wrong = files
    .filter((it) => it !== 'kinds.ts')
    .flatMap((file) =>
      importsOf(file)
        .filter((it) => folders.test(it) && /export const \w+ = messageKind/.test(text(it)))
        .map((it) => `${file} imports ${it}`),
    );
  expect(wrong).toEqual([]);
});
