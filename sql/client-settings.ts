/** A batch is one block and so one part: the limits lie far beyond the sink's own maxima. */
const ONE_BLOCK_ROWS_MAX = 1_048_576;

/**
 * How results come: Decimals as strings (exact), DateTime64 as RFC 3339 with Z, NaN and infinity as null.
 * 64-bit integers come as JSON numbers, exact up to 2^53 (counts and offsets are); a query that returns hashes
 * must turn them into strings itself.
 */
export const RESULT_SETTINGS = {
  output_format_json_quote_decimals: 1,
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
  date_time_output_format: 'iso',
} as const;

/**
 * Rewrites of conditions by which no statement here reads less; to look for them takes a quarter of the time in which ClickHouse takes a
 * large statement apart.
 */
export const ANALYSIS_SETTINGS = {
  optimize_and_compare_chain: 0,
  optimize_extract_common_expressions: 0,
} as const;

/** Nice value of the threads of a background query. Without CAP_SYS_NICE the server does nothing about it. */
export const BACKGROUND_SETTINGS = { os_thread_priority: '10' } as const;

/** How event JSON is read: RFC 3339 instants cut to the millisecond, null = left out, an unknown field is an error. */
export const EVENT_INPUT_SETTINGS = {
  date_time_input_format: 'best_effort',
  input_format_null_as_default: 1,
  input_format_skip_unknown_fields: 0,
} as const;

/** One block, written and acknowledged before the answer; exceptions arrive as HTTP errors, not after a 200. */
export const LINES_INSERT_SETTINGS = {
  ...EVENT_INPUT_SETTINGS,
  async_insert: 0,
  insert_deduplicate: 1,
  wait_end_of_query: 1,
  input_format_parallel_parsing: 0,
  max_insert_threads: '1',
  max_insert_block_size: String(ONE_BLOCK_ROWS_MAX),
  min_insert_block_size_rows: String(ONE_BLOCK_ROWS_MAX),
  min_insert_block_size_bytes: '0',
  // Late events reach back over many months; the sorted copy is partitioned by them.
  max_partitions_per_insert_block: '0',
} as const;
