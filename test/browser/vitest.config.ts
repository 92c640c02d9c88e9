import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Apart from the other tests: these need a built dist/ and a Chromium. The files run beside each other, as many as there are
 * processors; the one that measures how long a page takes runs by itself, behind the others.
 */
const alone = 'test/browser/large.browser.ts';

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: Math.min(4, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['test/browser/**/*.browser.ts'],
          exclude: [alone],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'timed', include: [alone], sequence: { groupOrder: 1 } } },
    ],
  },
});
