import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Rule } from '../../src/fhir/catalogue/rule.ts';

test('a code stands in one table only: it would mean two things', async () => {
  const folder = new URL('../../src/fhir/catalogue/', import.meta.url);
  const files = readdirSync(folder).filter((file) => !['index.ts', 'rule.ts', 'shared.ts'].includes(file));
  const homes = new Map<string, string[]>();
  for (const file of files) {
    const tables = (await import(new URL(file, folder).href)) as Record<string, Record<string, Rule>>;
    for (const table of Object.values(tables))
      for (const code of Object.keys(table)) homes.set(code, [...(homes.get(code) ?? []), file]);
  }
  expect(homes.size).toBeGreaterThan(30);
  expect([...homes].filter(([, at]) => at.length > 1)).toEqual([]);
});
