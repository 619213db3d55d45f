import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startClickHouse } from '../clickhouse/clickhouse.ts';
import { ADMIN_USER, ANALYST_USER } from '../clickhouse/users.ts';
import { startKafka } from '../kafka/kafka.ts';
import { makeLabFolder } from './folder.ts';

/**
 * The databases whose core_* and mart_* the user `analyst` may read in a lab. The grants are fixed when the server
 * starts, so a test about the analyst creates one of these (each file another one) and drops it at its end; every other
 * test names its database as it likes.
 */
export const ANALYST_DATABASES = ['t_analyst_1', 't_analyst_2', 't_analyst_3', 't_analyst_4'] as const;

export interface LabStack {
  /** host:port, for KAFKA_BROKERS. */
  kafka_brokers: string;
  /** http://host:port, for CLICKHOUSE_URL. */
  clickhouse_url: string;
  clickhouse_tcp_port: number;
  admin: { user: string; password: string };
  analyst: { user: string; password: string };
}

export interface RunningLab {
  readonly stack: LabStack;
  /** Process ids, for those who measure or end them. */
  readonly pids: { readonly kafka: number; readonly clickhouse: number };
  /** Ends both and removes their folder. */
  end(): Promise<void>;
}

export interface LabOptions {
  /**
   * For tests, which measure nothing: the files lie in memory where there is room, ClickHouse compiles to machine code only what runs
   * over and over, and Kafka once. Most statements of tests run a few times, over a few rows.
   */
  readonly for_tests?: boolean;
}

/**
 * A real Kafka and a real ClickHouse for tests and benchmarks, on free ports and in a temporary folder. Should the process
 * be killed, their guards end them, and the next lab removes the folder.
 */
export async function startLab({ for_tests = false }: LabOptions = {}): Promise<RunningLab> {
  const dir = await makeLabFolder({ in_memory: for_tests });
  const adminPassword = randomBytes(18).toString('base64url');
  const analystPassword = randomBytes(18).toString('base64url');
  const [kafka, clickhouse] = await Promise.allSettled([
    startKafka({ dataDir: join(dir, 'kafka'), short_lived: for_tests }),
    startClickHouse({
      dataDir: join(dir, 'clickhouse'),
      adminPassword,
      analystPassword,
      databases: ANALYST_DATABASES,
      throwaway: true,
      seldom_compiled: for_tests,
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
    throw new AggregateError(reasons, `the lab did not start: ${reasons.map(String).join('\n')}`);
  }
  const stack: LabStack = {
    kafka_brokers: kafka.value.brokers,
    clickhouse_url: clickhouse.value.url,
    clickhouse_tcp_port: clickhouse.value.ports.tcp,
    admin: { user: ADMIN_USER, password: adminPassword },
    analyst: { user: ANALYST_USER, password: analystPassword },
  };
  const pids = { kafka: kafka.value.child.pid, clickhouse: clickhouse.value.child.pid };
  return { stack, pids, end };
}
