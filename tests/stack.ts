import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startClickHouse } from '../stack/clickhouse/clickhouse.ts';
import { ADMIN_USER, ANALYST_USER } from '../stack/clickhouse/users.ts';
import { startKafka } from '../stack/kafka/kafka.ts';

/**
 * The databases whose core_* and mart_* the user `analyst` may read in tests. The grants are fixed when the server
 * starts, so a test about the analyst creates one of these (each file another one) and drops it at its end; every other
 * test names its database as it likes.
 */
export const ANALYST_DATABASES = ['t_analyst_1', 't_analyst_2', 't_analyst_3', 't_analyst_4'] as const;

export interface TestStack {
  /** host:port, for KAFKA_BROKERS. */
  kafka_brokers: string;
  /** http://host:port, for CLICKHOUSE_URL. */
  clickhouse_url: string;
  clickhouse_tcp_port: number;
  admin: { user: string; password: string };
  analyst: { user: string; password: string };
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The real Kafka and ClickHouse of this run. */
    stack: TestStack;
  }
}

export interface RunningTestStack {
  readonly stack: TestStack;
  /** Ends both and removes their folder. */
  end(): Promise<void>;
}

interface SharedStack {
  users: number;
  started: Promise<RunningTestStack>;
}

/** Every vitest project loads this file anew, so what they share hangs on the process. */
const shelf = globalThis as { dealerstreamTestStack?: SharedStack | undefined };

/**
 * Vitest's global setup: one Kafka and one ClickHouse a run, on free ports and in a temporary folder, whichever of the
 * projects ask for them; the last one to finish ends both. Should vitest itself be killed, their guards end them.
 * DMS_TEST_STACK (a TestStack as JSON) names a running stack to use instead, which is left running.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DMS_TEST_STACK'];
  if (given !== undefined && given !== '') {
    project.provide('stack', parseStack(given));
    return () => Promise.resolve();
  }
  const shared = (shelf.dealerstreamTestStack ??= { users: 0, started: startStack() });
  shared.users += 1;
  const running = await shared.started;
  project.provide('stack', running.stack);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    shelf.dealerstreamTestStack = undefined;
    await running.end();
  };
}

/** Starts the stack of a run; also used by tests/stack-cli.ts, which keeps one running for quick local loops. */
export async function startStack(): Promise<RunningTestStack> {
  const dir = await mkdtemp(join(tmpdir(), 'dealerstream-test-'));
  const adminPassword = randomBytes(18).toString('base64url');
  const analystPassword = randomBytes(18).toString('base64url');
  const [kafka, clickhouse] = await Promise.allSettled([
    startKafka({ dataDir: join(dir, 'kafka') }),
    startClickHouse({
      dataDir: join(dir, 'clickhouse'),
      adminPassword,
      analystPassword,
      databases: ANALYST_DATABASES,
    }),
  ]);
  const end = async (): Promise<void> => {
    if (kafka.status === 'fulfilled') await kafka.value.stop();
    if (clickhouse.status === 'fulfilled') await clickhouse.value.stop();
    await rm(dir, { recursive: true, force: true });
  };
  if (kafka.status === 'rejected' || clickhouse.status === 'rejected') {
    const reasons = [kafka, clickhouse].flatMap((part) =>
      part.status === 'rejected' ? [part.reason as Error] : [],
    );
    await end();
    throw new AggregateError(reasons, `the test stack did not start: ${reasons.map(String).join('\n')}`);
  }
  const stack: TestStack = {
    kafka_brokers: kafka.value.brokers,
    clickhouse_url: clickhouse.value.url,
    clickhouse_tcp_port: clickhouse.value.ports.tcp,
    admin: { user: ADMIN_USER, password: adminPassword },
    analyst: { user: ANALYST_USER, password: analystPassword },
  };
  return { stack, end };
}

function parseStack(text: string): TestStack {
  const stack = JSON.parse(text) as Partial<TestStack>;
  for (const field of [
    'kafka_brokers',
    'clickhouse_url',
    'clickhouse_tcp_port',
    'admin',
    'analyst',
  ] as const) {
    if (stack[field] === undefined) throw new Error(`DMS_TEST_STACK lacks ${field}`);
  }
  return stack as TestStack;
}
