/**
 * When a partition's next batch may leave. An insert costs ClickHouse about the same for one row as for a thousand, so
 * the inserts per second are bounded over all partitions, not the rows: an event that finds its partition idle leaves
 * at once, a full batch always does, and in between batches grow with the load.
 */

/** 40 small inserts a second over all partitions: about a third of one core here, 25 ms of latency a busy partition. */
export const INSERT_SPACING_MS = 25;
/** However many partitions are busy, none waits longer than this for its next batch. */
export const PACE_MS_MAX = 1_000;

/** Milliseconds from the beginning of a partition's last insert to its next one, with so many busy partitions. */
export function pace_ms(busy_partitions: number): number {
  return Math.min(busy_partitions * INSERT_SPACING_MS, PACE_MS_MAX);
}
