import { defineConfig } from 'vitest/config';
import { recordProvokedCodes } from './test/support/provoked-codes/plugin.ts';

export default defineConfig({
  plugins: [recordProvokedCodes],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/provoked-codes/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 100_000, interval: 10 } },
    maxWorkers: 2,
    // Modules are loaded, and the demo configuration compiled, once per worker. A test file restores what it changes.
    isolate: false,
  },
});
