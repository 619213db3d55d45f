/**
 * When a partition's next batch may leave. An insert costs ClickHouse about the same for one row as for a thousand, and for all
 * partitions of a topic as for one, so the inserts per second are bounded over all topics, not the rows: an event that finds
 * its partition idle leaves at once, a full batch always does, and in between batches grow with the load.
 */

/** Some thirteen small inserts a second over all topics: a quarter of one core here. */
const INSERT_SPACING_MS = 75;
/** However many topics are busy, no partition waits longer than this for its next batch. */
const PACE_MS_MAX = 1_000;
/** What goes along with another partition's batch need not wait for its own time, but for so much of it. */
export const ALONG_SHARE = 0.5;

/** Milliseconds from the beginning of a partition's last insert to its next one, with so many busy topics. */
export function pace_ms(busy_topics: number): number {
  return Math.min(busy_topics * INSERT_SPACING_MS, PACE_MS_MAX);
}
