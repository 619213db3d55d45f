import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SqlClient, type SqlClientConfig } from './client.ts';
import { SqlError } from './sql-error.ts';

/** How long to wait for another migrator, ms. A first migration takes seconds; a long backfill is run on its own. */
const LOCK_WAIT_MS_MAX = 120_000;
const LOCK_POLL_MS = 100;
/** The lock query ends by itself after this many seconds. */
const LOCK_S_MAX = 3_600;
/** QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING, and QUERY_WAS_CANCELLED when an administrator killed the id while we waited. */
const LOST_TO_ANOTHER: ReadonlySet<number | null> = new Set([216, 394]);

/**
 * Runs `work` while no other migrator works on the same database of this server.
 *
 * ClickHouse has no lock, but it refuses a second query of a running id. So the holder keeps one sleeping query of an
 * agreed id open. When the holder dies, its socket closes and the server ends the query: no lock outlives its holder,
 * and none needs a lease. Throws SqlError SCHEMA_LOCKED when another holds it for longer than two minutes.
 */
export async function withSchemaLock<T>(
  config: SqlClientConfig,
  database: string,
  work: () => Promise<T>,
): Promise<T> {
  const lock_id = `schema-lock:${database}`;
  const client = new SqlClient({
    ...config,
    request_timeout_ms: (LOCK_S_MAX + 60) * 1000,
    max_open_connections: 2,
  });
  try {
    const release = await acquire(client, lock_id);
    try {
      return await work();
    } finally {
      await release();
    }
  } finally {
    await client.close();
  }
}

async function acquire(client: SqlClient, lock_id: string): Promise<() => Promise<void>> {
  const until = Date.now() + LOCK_WAIT_MS_MAX;
  for (;;) {
    const attempt = holdLock(client, lock_id);
    if (await isHolder(client, lock_id, attempt)) {
      return async () => {
        // No KILL: it goes by the id, which the next migrator may hold already. The closed socket ends the query.
        attempt.abort.abort();
        await attempt.ended;
      };
    }
    const failure = await attempt.ended;
    if (failure !== null && !LOST_TO_ANOTHER.has(failure.server_code)) throw failure;
    if (Date.now() > until) {
      throw new SqlError(`another migrator has held ${lock_id} for ${LOCK_WAIT_MS_MAX} ms`, {
        code: 'SCHEMA_LOCKED',
        retriable: true,
      });
    }
    await delay(LOCK_POLL_MS);
  }
}

interface Attempt {
  readonly holder: string;
  readonly abort: AbortController;
  /** Resolves when the lock query has ended, with its error if it had one. */
  readonly ended: Promise<SqlError | null>;
}

function holdLock(client: SqlClient, lock_id: string): Attempt {
  const holder = randomUUID();
  const abort = new AbortController();
  const ended = client
    .query(`SELECT sleepEachRow(0.1) FROM numbers(${LOCK_S_MAX * 10}) WHERE '${holder}' != ''`, {
      query_id: lock_id,
      signal: abort.signal,
      settings: {
        readonly: '2',
        cancel_http_readonly_queries_on_client_close: 1,
        // No answer begins before the end, so that an abort always closes the socket.
        wait_end_of_query: 1,
        max_block_size: '1',
        function_sleep_max_microseconds_per_block: '0',
        max_execution_time: 0,
      },
    })
    .then(
      () => null,
      (error: unknown) => SqlError.from(error),
    );
  return { holder, abort, ended };
}

/** Waits until the lock query either runs under our name (true) or has ended (false). */
async function isHolder(client: SqlClient, lock_id: string, attempt: Attempt): Promise<boolean> {
  for (;;) {
    const rows = await client.query<{ query: string }>(
      'SELECT query FROM system.processes WHERE query_id = {lock_id: String}',
      { params: { lock_id } },
    );
    if (rows.some((row) => row.query.includes(attempt.holder))) return true;
    const ended = attempt.ended.then(() => true);
    if (await Promise.race([ended, delay(LOCK_POLL_MS / 4).then(() => false)])) return false;
  }
}
