import { defineConfig } from 'vitest/config';

/** Four projects, fastest first. Those on the real stack share one Kafka and one ClickHouse per run (tests/stack.ts). */
const onTheStack = (name: string, testTimeout: number) => ({
  test: {
    name,
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
          include: ['{models,sql,ingest,processors,dashboard,stack,simulator,bench}/**/*.test.ts', 'tests/*.test.ts'],
        },
      },
      onTheStack('integration', 60_000),
      onTheStack('faults', 180_000),
      onTheStack('e2e', 120_000),
    ],
  },
});
