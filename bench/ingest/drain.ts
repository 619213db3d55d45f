import { setTimeout as delay } from 'node:timers/promises';
import { cpu_s } from '../process-usage.ts';

/** Nothing is counted before this share is drained: who starts sooner shall not be the faster. */
const START_SHARE = 0.05;
const POLL_MS = 100;
/** So long may a drain stand still before the benchmark gives up. */
const STALL_MS = 60_000;

export interface Drained {
  readonly rows_per_s: number;
  /** CPU of each process over the drain, in microseconds an event. */
  readonly cpu_us: Readonly<Record<string, number>>;
}

/**
 * Watches a drain of `total` rows from its 5 % to its last row.
 * @throws Error when nothing comes for a minute.
 */
export async function watchDrain(
  total: number,
  count: () => Promise<number>,
  pids: Readonly<Record<string, number>>,
): Promise<Drained> {
  const usage = (): Record<string, number> =>
    Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpu_s(pid)]));
  let begin: { at_ms: number; rows: number; cpu: Record<string, number> } | undefined;
  let last = { rows: 0, at_ms: performance.now() };
  for (;;) {
    const rows = await count();
    const at_ms = performance.now();
    if (rows > last.rows) last = { rows, at_ms };
    if (at_ms - last.at_ms > STALL_MS) throw new Error(`the drain stands still at ${rows} of ${total} rows`);
    if (begin === undefined && rows >= total * START_SHARE) begin = { at_ms, rows, cpu: usage() };
    if (rows >= total && begin !== undefined) {
      const { cpu, ...from } = begin;
      const counted = rows - from.rows;
      const now = usage();
      return {
        rows_per_s: (counted / (at_ms - from.at_ms)) * 1000,
        cpu_us: Object.fromEntries(
          Object.keys(pids).map((name) => [name, (((now[name] ?? 0) - (cpu[name] ?? 0)) * 1e6) / counted]),
        ),
      };
    }
    await delay(POLL_MS);
  }
}
