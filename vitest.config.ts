import { defineConfig } from 'vitest/config';

/**
 * Four projects, fastest first. A worker keeps the modules that it has loaded for the files that come after (`isolate: false`):
 * loading them anew for each costs more than most files. Those on the real stack share one Kafka and one ClickHouse per
 * run (tests/stack.ts).
 */
const onTheStack = (name: string, groupOrder: number, testTimeout: number) => ({
  test: {
    name,
    // One project after another, for the same reason as below.
    sequence: { groupOrder },
    include: [`tests/${name}/**/*.test.ts`],
    globalSetup: ['tests/stack.ts'],
    testTimeout,
    hookTimeout: 120_000,
    // Programs start, servers are killed, pages load: two files that wait take three quarters of the time of one after another.
    maxWorkers: 2,
    isolate: false,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Against a test that hangs, not one that is slow: properties and simulations take long on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          isolate: false,
          maxWorkers: 2,
          include: [
            '{models,sql,ingest,processors,dashboard,stack,simulator,bench}/**/*.test.ts',
            'tests/*.test.ts',
          ],
        },
      },
      onTheStack('integration', 1, 60_000),
      onTheStack('faults', 2, 300_000),
      onTheStack('e2e', 3, 120_000),
    ],
  },
});
