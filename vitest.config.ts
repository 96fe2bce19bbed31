import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 100_000, interval: 10 } },
    maxWorkers: 2,
    // Modules are loaded, and the demo configuration compiled, once per worker. A test file restores what it changes.
    isolate: false,
  },
});
