import { Registry } from 'prom-client';
import type { Logger } from '../../ingest/program/program.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { RunnableProcessor } from '../processor.ts';
import type { Settings } from '../settings/settings.ts';
import { ProcessorLoop } from './loop.ts';
import { createLoopMetrics } from './metrics.ts';
import { Progress } from './progress.ts';
import { Publisher, type Send } from './publisher.ts';
import { settledInLedgers, type Settled } from './settled.ts';

export interface OfflineOptions {
  readonly processors: readonly RunnableProcessor[];
  readonly sql: SqlClient;
  readonly settings: Settings;
  readonly log: Logger;
  /** Default: what is stored. */
  readonly progress?: Progress;
  /** Default: what the ledgers hold, asked in every pass. */
  readonly settled?: Settled;
  /** As of the loop. */
  readonly fill_deliveries_max?: number;
  /** Who is told the results. Default: nobody. */
  readonly send?: Send;
  /** Default: the system's. */
  readonly clock?: () => Date;
}

/**
 * The loop without Kafka, over ledgers that no sink writes: all that they hold is settled. For a rebuild, for benchmarks, and
 * for tests that write the ledgers themselves.
 */
export async function offlineLoop(options: OfflineOptions): Promise<ProcessorLoop> {
  const { sql, send = () => Promise.resolve() } = options;
  return new ProcessorLoop({
    processors: options.processors,
    sql,
    settings: options.settings,
    log: options.log,
    settled: options.settled ?? settledInLedgers(sql),
    progress: options.progress ?? (await Progress.load(sql)),
    publisher: await Publisher.load(sql, send),
    metrics: createLoopMetrics(new Registry()),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.fill_deliveries_max === undefined
      ? {}
      : { fill_deliveries_max: options.fill_deliveries_max }),
  });
}

/**
 * Takes in all that the ledgers hold.
 * @throws Error naming the first of the processors whose last run failed, or saying that the ledgers could not be read
 */
export async function takeInAll(
  loop: ProcessorLoop,
  processors: readonly RunnableProcessor[],
): Promise<void> {
  await loop.catchUp();
  for (const { id } of processors) {
    const failure = loop.failureOf(id);
    if (failure !== null) throw new Error(`${id}: ${failure}`);
  }
  const state = loop.readiness();
  if (!state.ready) throw new Error(state.reason);
}
