import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root: string = join(import.meta.dirname, '../..');

/** The test files, relative to the root, that stand in a folder of test/ or whose text matches. */
export const testFiles = (folder: string | undefined, text: RegExp): readonly string[] =>
  globSync('test/**/*.test.ts', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter(
      (file) => (folder && file.startsWith(`test/${folder}/`)) || text.test(readFileSync(join(root, file), 'utf8')),
    )
    .sort();

/** Runs vitest on these files; the exit code is that of vitest. */
export function runFiles(files: readonly string[], ...options: readonly string[]): void {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...options, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
