import { defineConfig } from 'vitest/config';

// Apart from the other tests: these need a built dist/ and a Chromium.
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
