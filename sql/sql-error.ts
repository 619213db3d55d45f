/** What is known about a failed statement. */
interface SqlErrorFields {
  /** ClickHouse's name of the error ("UNKNOWN_TABLE"), Node's code ("ECONNREFUSED"), or one of ours. */
  readonly code: string;
  /** ClickHouse's number of the error; null when the server did not answer with one. */
  readonly server_code?: number | null;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/**
 * ClickHouse's own errors after which the same statement may succeed: pressure, limits of the moment, a lost
 * connection between servers. All others come again whenever the statement does. Kept by number, with the names of
 * `errorCodeToName`: the name in a message may be a word out of the data.
 */
const RETRIABLE_SERVER_ERRORS: ReadonlyMap<number, string> = new Map([
  [159, 'TIMEOUT_EXCEEDED'],
  [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
  [203, 'NO_FREE_CONNECTION'],
  [209, 'SOCKET_TIMEOUT'],
  [210, 'NETWORK_ERROR'],
  [225, 'NO_ZOOKEEPER'],
  [236, 'ABORTED'],
  [241, 'MEMORY_LIMIT_EXCEEDED'],
  [242, 'TABLE_IS_READ_ONLY'],
  [243, 'NOT_ENOUGH_SPACE'],
  [252, 'TOO_MANY_PARTS'],
  [279, 'ALL_CONNECTION_TRIES_FAILED'],
  [319, 'UNKNOWN_STATUS_OF_INSERT'],
  [394, 'QUERY_WAS_CANCELLED'],
  [439, 'CANNOT_SCHEDULE_TASK'],
  [473, 'DEADLOCK_AVOIDED'],
  [722, 'ASYNC_LOAD_WAIT_FAILED'],
  [735, 'QUERY_WAS_CANCELLED_BY_CLIENT'],
  [745, 'SERVER_OVERLOADED'],
  [999, 'KEEPER_EXCEPTION'],
]);

/** Any failure of a statement. `retriable` is the one thing a retry reads. */
export class SqlError extends Error {
  readonly code: string;
  readonly server_code: number | null;
  readonly retriable: boolean;

  constructor(message: string, fields: SqlErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'SqlError';
    this.code = fields.code;
    this.server_code = fields.server_code ?? null;
    this.retriable = fields.retriable ?? false;
  }

  /**
   * The same error told in our terms. An answer of ClickHouse carries its number and name; whatever else the HTTP
   * client throws (refused, reset, timed out, hung up, cancelled) is a lost connection: retriable, and whether the
   * statement ran is unknown.
   */
  static from(cause: unknown): SqlError {
    if (cause instanceof SqlError) return cause;
    if (!(cause instanceof Error)) return new SqlError(String(cause), { code: 'UNKNOWN', cause });
    const server = serverError(cause);
    if (server !== null) {
      return new SqlError(`${server.name}: ${cause.message}`, {
        code: server.name,
        server_code: server.number,
        retriable: RETRIABLE_SERVER_ERRORS.has(server.number),
        cause,
      });
    }
    const code = connectionCode(cause);
    return new SqlError(cause.message, { code, retriable: code !== 'UNKNOWN', cause });
  }
}

/** @clickhouse/client's ClickHouseError: a numeric `code` as a string and the name as `type`. */
function serverError(cause: Error): { number: number; name: string } | null {
  const { code, type } = cause as Error & { code?: unknown; type?: unknown };
  if (typeof code !== 'string' || !/^[0-9]+$/.test(code)) return null;
  const named = RETRIABLE_SERVER_ERRORS.get(Number(code)) ?? type;
  return { number: Number(code), name: typeof named === 'string' ? named : `CLICKHOUSE_${code}` };
}

function connectionCode(cause: Error): string {
  const { code } = cause as Error & { code?: unknown };
  if (typeof code === 'string') return code;
  // The client's own words for its timeout, its abort and Node's broken answer have no code.
  if (/timeout/i.test(cause.message)) return 'REQUEST_TIMEOUT';
  if (/abort/i.test(cause.message)) return 'REQUEST_ABORTED';
  if (/socket hang up|terminated|premature/i.test(cause.message)) return 'CONNECTION_LOST';
  return 'UNKNOWN';
}
