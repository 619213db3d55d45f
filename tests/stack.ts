import type { TestProject } from 'vitest/node';
import { startLab, type LabStack, type RunningLab } from '../stack/lab/lab.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The real Kafka and ClickHouse of this run. */
    stack: LabStack;
  }
}

interface SharedStack {
  users: number;
  started: Promise<RunningLab>;
}

/** Every vitest project loads this file anew, so what they share hangs on the process. */
const shelf = globalThis as { dealerstreamLabStack?: SharedStack | undefined };

/**
 * Vitest's global setup: one Kafka and one ClickHouse a run, on free ports and in a temporary folder, whichever of the
 * projects ask for them; the last one to finish ends both. Should vitest itself be killed, their guards end them.
 * DMS_TEST_STACK (a LabStack as JSON) names a running stack to use instead, which is left running.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DMS_TEST_STACK'];
  if (given !== undefined && given !== '') {
    project.provide('stack', parseStack(given));
    return () => Promise.resolve();
  }
  const shared = (shelf.dealerstreamLabStack ??= { users: 0, started: startLab() });
  shared.users += 1;
  const running = await shared.started;
  project.provide('stack', running.stack);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    shelf.dealerstreamLabStack = undefined;
    await running.end();
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
