import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchPaths } from '../../src/cli/watch.ts';

test('a change of a case, below the folder or beside the file, is one run more', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mgn-watch-'));
  mkdirSync(join(folder, 'tests/typical'), { recursive: true });
  writeFileSync(join(folder, 'own.fml'), '');
  const run = vi.fn();
  const watchers = watchPaths([join(folder, 'own.fml')], run);
  try {
    writeFileSync(join(folder, 'tests/typical/input.json'), '{}');
    writeFileSync(join(folder, 'tests/typical/expected.json'), '{}');
    await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1), { timeout: 100_000 });
  } finally {
    for (const it of watchers) it.close();
    rmSync(folder, { recursive: true });
  }
});
