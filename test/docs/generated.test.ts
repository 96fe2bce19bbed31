import { expect, test } from 'vitest';
import { generated, pageAt } from './generated.ts';

test.each(Object.entries(generated))('docs/%s is what the code gives; when stale: npm run docs', async (path, make) => {
  const text = pageAt(path);
  expect(text).toBe(await make(text));
});
