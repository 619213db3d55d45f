import { defineConfig } from 'vitest/config';

/** Four projects, fastest first. Those on the real stack share one Kafka and one ClickHouse per run (tests/stack.ts). */
const onTheStack = (name: string, groupOrder: number, testTimeout: number) => ({
  test: {
    name,
    // One project after another, for the same reason as below.
    sequence: { groupOrder },
    include: [`tests/${name}/**/*.test.ts`],
    globalSetup: ['tests/stack.ts'],
    testTimeout,
    hookTimeout: 120_000,
    // Two cores: the stack itself takes one, so files run one after another.
    fileParallelism: false,
  },
});

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Against a test that hangs, not one that is slow: properties and simulations take long on a busy machine.
          testTimeout: 60_000,
          include: [
            '{models,sql,ingest,processors,dashboard,stack,simulator,bench}/**/*.test.ts',
            'tests/*.test.ts',
          ],
        },
      },
      onTheStack('integration', 1, 60_000),
      onTheStack('faults', 2, 180_000),
      onTheStack('e2e', 3, 120_000),
    ],
  },
});
