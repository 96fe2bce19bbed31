import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const command = join(import.meta.dirname, '../../bin/mgn.js');

/** Options of Node with which the command started, each time that it did: `--import` runs a module at every start. */
function starts(args: readonly string[], { options = '', before = '' } = {}) {
  const report = `${before};process.stderr.write('start '+process.pid+' '+process.execArgv.join(' ')+'\\n')`;
  const env = {
    ...process.env,
    NODE_OPTIONS: `${options} --import=data:text/javascript,${encodeURIComponent(report)}`,
  };
  const { stdout, stderr, status } = spawnSync(process.execPath, [command, ...args], { env, encoding: 'utf8' });
  const found = [...stderr.matchAll(/^start (\d+) ?(.*)$/gm)];
  return { stdout, status, options: found.map((it) => it[2]), processes: new Set(found.map((it) => it[1])).size };
}

const isUnix = process.platform !== 'win32';

test('serve starts anew in its own process with larger heaps, and retains NODE_OPTIONS', () => {
  const { options, processes, stdout, status } = starts(['serve', '--help']);
  expect(options).toEqual(isUnix ? ['', '--max-semi-space-size=64 --initial-old-space-size=128'] : ['']);
  expect([processes, status]).toEqual([1, 0]);
  expect(stdout).toContain('serve');
});

test.each(['--max-semi-space-size=16', '--max_semi_space_size=16'])('serve leaves %s of NODE_OPTIONS', (options) => {
  expect(starts(['serve', '--help'], { options }).options).toEqual(['']);
});

test('serve runs as it is where a process cannot start anew, as on Windows', () => {
  const { options, status } = starts(['serve', '--help'], { before: 'process.execve=undefined' });
  expect([options, status]).toEqual([[''], 0]);
});

test('another command starts once', () => {
  expect(starts(['validate', '--help']).options).toEqual(['']);
});
