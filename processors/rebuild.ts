import type { Logger } from '../ingest/program/program.ts';
import type { SqlClient } from '../sql/client.ts';
import { offlineLoop, takeInAll } from './loop/offline.ts';
import type { Offsets } from './loop/offsets.ts';
import { Progress } from './loop/progress.ts';
import { settledInLedgers } from './loop/settled.ts';
import type { RunnableProcessor } from './processor.ts';
import type { Settings } from './settings/settings.ts';

/** What a mart said before and after it was made anew. */
export interface Rebuilt {
  readonly processor: string;
  readonly rows: number;
  readonly hash_before: string;
  readonly hash_after: string;
  readonly took_ms: number;
}

export interface RebuildOptions {
  readonly sql: SqlClient;
  readonly settings: Settings;
  readonly log: Logger;
}

/**
 * Makes every mart anew from nothing: empties it and takes in all that the ledgers hold. The marts are functions of the
 * core views, so a mart that had taken everything in hashes the same before and after.
 * Only while neither the sink nor the processors run: the ledgers must stand still, and one process keeps the progress.
 * @throws Error naming the processor that failed
 */
export async function rebuildMarts(
  processors: readonly RunnableProcessor[],
  options: RebuildOptions,
): Promise<Rebuilt[]> {
  const { sql } = options;
  const progress = await Progress.load(sql);
  // The ledgers stand still: what they hold is asked once.
  const heads = await settledInLedgers(sql)();
  const settled = (): Promise<Offsets> => Promise.resolve(heads);
  // Nobody waits meanwhile.
  const fill_deliveries_max = Number.MAX_SAFE_INTEGER;
  const rebuilt: Rebuilt[] = [];
  for (const processor of processors) {
    const { mart } = processor;
    if (mart === undefined) continue;
    const before = await martHash(sql, mart.hash_file);
    const started = performance.now();
    // Another definition than the stored one makes the loop empty the mart and begin at the first offset.
    await progress.reset(processor.id, 'rebuild');
    const loop = await offlineLoop({
      ...options,
      processors: [processor],
      progress,
      settled,
      fill_deliveries_max,
    });
    await takeInAll(loop, [processor]);
    const after = await martHash(sql, mart.hash_file);
    rebuilt.push({
      processor: processor.id,
      rows: after.rows,
      hash_before: before.hash,
      hash_after: after.hash,
      took_ms: Math.round(performance.now() - started),
    });
  }
  return rebuilt;
}

/** All that a mart says, as one number in decimal, and its rows. */
export async function martHash(sql: SqlClient, hash_file: string): Promise<{ hash: string; rows: number }> {
  const [row] = await sql.queryFile<{ hash: string; rows: number }>(hash_file);
  if (row === undefined) throw new Error(`${hash_file} returned no row`);
  return row;
}
