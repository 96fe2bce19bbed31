import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { place, withTables } from './tables.ts';

test('docs/guide/workflow.md shows the tables as they are in the code; node test/workflow/tables.ts writes them', () => {
  const text = readFileSync(place, 'utf8');
  expect(text).toBe(withTables(text));
});
