import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['mgn-source'] },
  ssr: { resolve: { conditions: ['mgn-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
