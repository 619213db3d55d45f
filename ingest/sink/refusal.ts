import type { DeadLetterReason } from '../../models/contract/dead-letters.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { RefusedError } from './protocol/ports.ts';

/**
 * ClickHouse's errors that are about the data and come again whenever the same bytes do, with the reason
 * that the dead letter gets. Any other error is about the server or the schema: the insert is tried again.
 */
const REASONS: ReadonlyMap<string, DeadLetterReason> = new Map([
  ['CANNOT_PARSE_TEXT', 'unparsable'],
  ['CANNOT_PARSE_ESCAPE_SEQUENCE', 'unparsable'],
  ['CANNOT_PARSE_QUOTED_STRING', 'unparsable'],
  ['CANNOT_PARSE_INPUT_ASSERTION_FAILED', 'unparsable'],
  // An unclosed string or object.
  ['ATTEMPT_TO_READ_AFTER_EOF', 'unparsable'],
  ['CANNOT_READ_ALL_DATA', 'unparsable'],
  // An unknown or a repeated field.
  ['INCORRECT_DATA', 'wrong_fields'],
  ['CANNOT_PARSE_DATE', 'wrong_type'],
  ['CANNOT_PARSE_DATETIME', 'wrong_type'],
  ['CANNOT_PARSE_NUMBER', 'wrong_type'],
  ['CANNOT_PARSE_BOOL', 'wrong_type'],
  ['CANNOT_CONVERT_TYPE', 'wrong_type'],
  ['CANNOT_READ_ARRAY_FROM_TEXT', 'wrong_type'],
  ['CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN', 'wrong_type'],
  ['TYPE_MISMATCH', 'wrong_type'],
  ['ARGUMENT_OUT_OF_BOUND', 'out_of_range'],
  ['VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE', 'out_of_range'],
  ['DECIMAL_OVERFLOW', 'out_of_range'],
  ['TOO_LARGE_STRING_SIZE', 'out_of_range'],
  ['TOO_LARGE_ARRAY_SIZE', 'out_of_range'],
  ['VIOLATED_CONSTRAINT', 'constraint'],
]);

/** Some hundred characters say what is wrong; ClickHouse would quote whole rows. */
const DETAIL_CHARS_MAX = 500;

/** What a failed insert means to the protocol: a RefusedError when ClickHouse blames the data, else the error itself. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof SqlError) || error.server_code === null) return error;
  const code = REASONS.get(error.code);
  if (code === undefined) return error;
  const row = /\bat row (\d+)/.exec(error.message)?.[1];
  const detail = error.message.slice(0, DETAIL_CHARS_MAX);
  return new RefusedError({ code, detail }, row === undefined ? null : Number(row));
}
