import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { freezeRemembered } from './test/support/frozen/plugin.ts';
import { isLong } from './test/support/long.ts';
import { recordProvokedCodes } from './test/support/provoked-codes/plugin.ts';

// Each process and thread that a test starts would strip and compile the sources anew, which costs more than what it does.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'mgn-compile-cache');

export default defineConfig({
  plugins: [recordProvokedCodes, ...(isLong ? [freezeRemembered] : [])],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/provoked-codes/setup.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 100_000, interval: 10 } },
    maxWorkers: 2,
    // Modules are loaded, and the demo configuration compiled, once per worker. A test file restores what it changes.
    isolate: false,
  },
});
