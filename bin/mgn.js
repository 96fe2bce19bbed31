#!/usr/bin/env node
// The command. A clone has src/ and runs it without a build; the tarball has dist/ only.
import { existsSync } from 'node:fs';

try {
  await import('./require-node.js');
  if (process.argv[2] === 'serve') (await import('./young-heap.js')).restartWithYoungHeap();
  const inClone = existsSync(new URL('../src/cli.ts', import.meta.url));
  await import(inClone ? '../src/cli.ts' : '../dist/cli.js');
} catch (error) {
  if (error.code !== 'node-unsupported') throw error;
  process.stderr.write(`mgn: ${error.message}\n`);
  process.exitCode = 1;
}
