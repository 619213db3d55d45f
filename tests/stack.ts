import type { TestProject } from 'vitest/node';
import { compilePrograms } from '../stack/compiled.ts';
import { startLab, type LabStack } from '../stack/lab/lab.ts';
import { COMPILED_ENV } from '../stack/lab/pipeline.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The real Kafka and ClickHouse of this run. */
    stack: LabStack;
  }
}

interface Started {
  readonly stack: LabStack;
  readonly end: () => Promise<void>;
}

/** Every vitest project loads this file anew, so what they share hangs on the process. */
const shelf = globalThis as { dealerstreamRun?: { users: number; started: Promise<Started> } | undefined };

/**
 * Vitest's global setup: one Kafka and one ClickHouse a run, on free ports and in a temporary folder, and the programs compiled,
 * whichever of the projects ask for them; the last one to finish ends it all. Should vitest itself be killed, their guards end them.
 * DMS_TEST_STACK (a LabStack as JSON) names a running stack to use instead, which is left running.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (shelf.dealerstreamRun ??= { users: 0, started: start() });
  shared.users += 1;
  const { stack, end } = await shared.started;
  project.provide('stack', stack);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    shelf.dealerstreamRun = undefined;
    await end();
  };
}

async function start(): Promise<Started> {
  const compiled = await compilePrograms();
  // Vitest's workers are started later, and inherit it.
  process.env[COMPILED_ENV] = compiled.dir;
  const given = process.env['DMS_TEST_STACK'];
  const stack = given ? parseStack(given) : undefined;
  if (stack !== undefined) return { stack, end: compiled.remove };
  const running = await startLab({ for_tests: true });
  return {
    stack: running.stack,
    end: async () => {
      await running.end();
      await compiled.remove();
    },
  };
}

function parseStack(text: string): LabStack {
  const stack = JSON.parse(text) as Partial<LabStack>;
  for (const field of [
    'kafka_brokers',
    'clickhouse_url',
    'clickhouse_tcp_port',
    'admin',
    'analyst',
  ] as const) {
    if (stack[field] === undefined) throw new Error(`DMS_TEST_STACK lacks ${field}`);
  }
  return stack as LabStack;
}
