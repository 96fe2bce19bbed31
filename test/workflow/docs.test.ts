import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { place, withTables } from '../support/workflow/documented-tables.ts';

test('docs/workflow.md shows the tables as they are in the code; node test/support/workflow/documented-tables.ts writes them', () => {
  const text = readFileSync(place, 'utf8');
  expect(text).toBe(withTables(text));
});
