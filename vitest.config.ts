import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `core` needs nothing but Node; `outsiders` asks tshark, real captures and the built command line. */
export default defineConfig({
  test: {
    // Against what never ends: tests of ten seconds took more than sixty on a machine with other work.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    // By default one processor stays idle, which is half of a small machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        extends: true,
        test: {
          name: 'core',
          include: ['test/{asn1,engine,filter,mta,net,osi,rules,report,capture,app}/**/*.test.ts', 'test/*.test.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'outsiders', include: ['test/{captures,cli,kit,oracle,source,x400}/**/*.test.ts'] },
      },
    ],
  },
});
