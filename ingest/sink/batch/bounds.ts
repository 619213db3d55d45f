/**
 * How large a batch, and everything that waits to become one, may be. A large block costs ClickHouse much less a row than
 * a small one: fewer parts to merge. Together they keep the process below 400 MB at any backlog: 40 MiB of lines in
 * waiting and on their way, at most as much again in room for the next ones, two fetches of 4 MiB and their messages, and
 * what of these the garbage collector has not yet found, over 140 MB of Node itself.
 */

/** Rows of one block at most: far below `max_insert_block_size`, so that one insert is one block is one part. */
export const BATCH_ROWS_MAX = 100_000;
/** Bytes of lines in one block at most; a single larger value still makes a block of its own. */
export const BATCH_BYTES_MAX = 16 * 1024 * 1024;

/** What one partition may hold while its batches are inserted. At it, the fetch loop waits; then the partition pauses. */
export const LANE_BYTES_MAX = 20 * 1024 * 1024;
export const LANE_ROWS_MAX = 125_000;

/** What all partitions together may hold. At it, likewise. */
export const WAITING_BYTES_MAX = 40 * 1024 * 1024;
export const WAITING_ROWS_MAX = 300_000;

/** Inserts in flight at most; further batches wait for their turn. */
export const INSERTS_MAX = 4;
/** From this size on a block counts for two: a pair of large ones keeps ClickHouse busy, more would only hold memory. */
export const LARGE_BLOCK_BYTES = 4 * 1024 * 1024;

/** What one fetch brings at most, and what of it may be of one partition (compressed, as the broker stores it). */
export const FETCH_BYTES_MAX = 4 * 1024 * 1024;
export const FETCH_PARTITION_BYTES_MAX = 1024 * 1024;
/** Below this size a block may share its insert with those of other partitions. */
export const SHARED_BLOCK_BYTES_MAX = 1024 * 1024;
