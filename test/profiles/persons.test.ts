import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const data = ['examples', 'mappings', 'profiles/input', 'test', 'docs'].flatMap((dir) =>
  readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(json|jsonl|xml|yaml|csv|fml|fsh|md|ts)$/.test(path))
    .map((path) => join(dir, path)),
);

const passesElfproef = (digits: string): boolean =>
  [...digits].reduce((sum, digit, i) => sum + (i < 8 ? 9 - i : -1) * Number(digit), 0) % 11 === 0;

test('no nine digits in this repository could be the BSN of somebody who exists', () => {
  const found = data.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/(?<![\d.-])\d{9}(?![\d.-])/g)]
      .map(([digits]) => digits)
      .filter((digits) => passesElfproef(digits) && !digits.startsWith('9999') && digits !== '000000000')
      .map((digits) => `${path}: ${digits}`),
  );
  expect(found).toEqual([]);
  expect(data.length).toBeGreaterThan(100);
});
