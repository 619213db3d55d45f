/**
 * How large a batch, and everything that waits to become one, may be. Together they keep the process below 400 MB at any
 * backlog: 28 MiB of values waiting (as much again in their objects), 4 blocks of 8 MiB of lines on their way, two fetches
 * of 4 MiB, and what of these the garbage collector has not yet found, over 120 MB of Node itself.
 */

/** Rows of one block at most: far below `max_insert_block_size`, so that one insert is one block is one part. */
export const BATCH_ROWS_MAX = 40_000;
/** Bytes of values in one block at most; a single larger value still makes a block of its own. */
export const BATCH_BYTES_MAX = 6 * 1024 * 1024;

/** What one partition may hold while its batches are inserted. At it, the fetch loop waits; then the partition pauses. */
export const LANE_BYTES_MAX = 9 * 1024 * 1024;
export const LANE_ROWS_MAX = 60_000;

/** What all partitions together may hold. At it, likewise. */
export const WAITING_BYTES_MAX = 28 * 1024 * 1024;
export const WAITING_ROWS_MAX = 120_000;

/** Inserts in flight at most; further batches wait for their turn. */
export const INSERTS_MAX = 4;

/** What one fetch brings at most, and what of it may be of one partition (compressed, as the broker stores it). */
export const FETCH_BYTES_MAX = 4 * 1024 * 1024;
export const FETCH_PARTITION_BYTES_MAX = 1024 * 1024;
