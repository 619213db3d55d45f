import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, TupleParam, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client';
import {
  ANALYSIS_SETTINGS,
  BACKGROUND_SETTINGS,
  EVENT_INPUT_SETTINGS,
  LINES_INSERT_SETTINGS,
  RESULT_SETTINGS,
} from './client-settings.ts';
import { SqlError } from './sql-error.ts';

/** Where ClickHouse is and who we are there. */
export interface SqlClientConfig {
  /** http://host:port */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Database of every unqualified name. Default: the server's default (only the migrator works without one). */
  readonly database?: string;
  /** Name shown in system.query_log. */
  readonly application?: string;
  /** How long one request may last, ms. Default 30,000. */
  readonly request_timeout_ms?: number;
  /** Sockets held open at most; a request beyond them waits. Default 10. */
  readonly max_open_connections?: number;
  /** Whether its queries give way to those of other clients where the processor is short. Default no. */
  readonly is_background?: boolean;
}

/** Values of the `{name: Type}` parameters of a statement. A Date is an instant; arrays and null are passed as such. */
export type SqlParams = Readonly<Record<string, unknown>>;

/** A value of a parameter of type Tuple(…), also within an array. */
export function tuple(...values: readonly unknown[]): TupleParam {
  return new TupleParam(values);
}

/** What may be said about one request. */
export interface SqlRequest {
  readonly params?: SqlParams;
  /** Names the query on the server, so that it can be killed. Default: a random UUID. */
  readonly query_id?: string;
  readonly signal?: AbortSignal;
  readonly settings?: ClickHouseSettings;
}

/** An insert of rows that are already JSON lines. */
export interface LinesInsert {
  readonly table: string;
  /** JSONEachRow: one object per line. They are sent as they are, in this order, as one block. */
  readonly lines: Buffer | readonly Buffer[];
  readonly query_id?: string;
  /** A block with a token already seen by the table is acknowledged and dropped. */
  readonly deduplication_token?: string;
  readonly signal?: AbortSignal;
  readonly settings?: ClickHouseSettings;
}

/** Rows that a query brings along: for its duration they are the table `name`. */
export interface SentTable {
  readonly name: string;
  /** Names and types of its columns, as in CREATE TABLE. */
  readonly structure: string;
  /** JSONEachRow: one object per line. */
  readonly lines: readonly Buffer[];
}

/** How long `killQuery` waits for the query to be gone, ms. */
const KILL_WAIT_MS_MAX = 30_000;
const KILL_POLL_MS = 50;

const SQL_DIR = import.meta.dirname;
const fileTexts = new Map<string, string>();

/** Text of a `.sql` file, given relative to `sql/` ("queries/sink/…​.sql"). Read once per process. */
export function sqlText(file: string): string {
  const known = fileTexts.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(SQL_DIR, file), 'utf8');
  fileTexts.set(file, text);
  return text;
}

/**
 * A thin layer over ClickHouse's HTTP interface with keep-alive sockets: typed rows out of `.sql` files, inserts of
 * rows or of ready JSON lines. Nothing is retried here: every failure is a `SqlError`, whose `retriable` says whether
 * a repeat may help; whether a failed insert took place is for the caller to find out.
 */
export class SqlClient {
  readonly database: string | undefined;
  readonly #client: ClickHouseClient;

  constructor(config: SqlClientConfig) {
    this.database = config.database;
    this.#client = createClient({
      url: config.url,
      username: config.user,
      password: config.password,
      ...(config.database === undefined ? {} : { database: config.database }),
      ...(config.application === undefined ? {} : { application: config.application }),
      request_timeout: config.request_timeout_ms ?? 30_000,
      max_open_connections: config.max_open_connections ?? 10,
      // The server closes idle sockets after 3 s (older ones) or 30 s: ours go first.
      keep_alive: { enabled: true, idle_socket_ttl: 2_500, eagerly_destroy_stale_sockets: true },
      compression: { request: false, response: false },
      clickhouse_settings: {
        ...RESULT_SETTINGS,
        ...ANALYSIS_SETTINGS,
        ...(config.is_background === true && BACKGROUND_SETTINGS),
      },
      // Failures are thrown as SqlError; the library's own log would say them twice.
      log: { level: 127 },
    });
  }

  /** Rows of a statement given as text (without FORMAT). Prefer `queryFile`. */
  async query<Row>(statement: string, request: SqlRequest = {}): Promise<Row[]> {
    return guarded(async () => {
      const result = await this.#client.query({
        query: statement,
        format: 'JSONEachRow',
        ...requestFields(request),
      });
      return result.json<Row>();
    });
  }

  /** Rows of a `.sql` file under `sql/`. */
  queryFile<Row>(file: string, request: SqlRequest = {}): Promise<Row[]> {
    return this.query<Row>(sqlText(file), named(file, request));
  }

  /** Rows of a `.sql` file that reads a table sent along with it (ClickHouse's external data); the lines are read like events. */
  async queryFileOver<Row>(file: string, sent: SentTable, request: SqlRequest = {}): Promise<Row[]> {
    const boundary = randomUUID();
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${identifier(sent.name)}"; filename="lines"\r\n\r\n`;
    const body = [Buffer.from(head), ...sent.lines, Buffer.from(`\r\n--${boundary}--\r\n`)];
    const { clickhouse_settings, ...fields } = requestFields(
      named(file, {
        ...request,
        settings: { ...EVENT_INPUT_SETTINGS, wait_end_of_query: 1, ...request.settings },
      }),
    );
    return guarded(async () => {
      const { stream } = await this.#client.exec({
        query: `${sqlText(file)}\nFORMAT JSONEachRow`,
        values: Readable.from(body, { objectMode: false }),
        http_headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
        ...fields,
        // How the table is read goes the way of settings: into the address.
        clickhouse_settings: {
          ...clickhouse_settings,
          [`${sent.name}_format`]: 'JSONEachRow',
          [`${sent.name}_structure`]: sent.structure,
        },
      });
      const answer = await text(stream);
      return answer
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Row);
    });
  }

  /** Rows of a `.sql` file in portions, for results that need not fit into memory: arrays of values, the first one the columns' names. */
  async *streamFile<Value>(file: string, request: SqlRequest = {}): AsyncGenerator<Value[][]> {
    try {
      const result = await this.#client.query({
        query: sqlText(file),
        format: 'JSONCompactEachRowWithNames',
        ...requestFields(named(file, request)),
      });
      for await (const rows of result.stream<Value[]>()) yield rows.map((row) => row.json());
    } catch (cause) {
      throw SqlError.from(cause);
    }
  }

  /** The result's bytes in an output format, e.g. Parquet or CSVWithNames. */
  async exportFile(file: string, format: string, request: SqlRequest = {}): Promise<Readable> {
    return guarded(async () => {
      const query = `${sqlText(file).trim().replace(/;$/, '')}\nFORMAT ${format}`;
      const result = await this.#client.exec({ query, ...requestFields(named(file, request)) });
      return result.stream;
    });
  }

  /** Runs a statement that returns no rows. */
  async command(statement: string, request: SqlRequest = {}): Promise<void> {
    await guarded(() =>
      this.#client.command({
        query: statement,
        ...requestFields({ ...request, settings: { wait_end_of_query: 1, ...request.settings } }),
      }),
    );
  }

  /** Runs a `.sql` file that returns no rows. */
  commandFile(file: string, request: SqlRequest = {}): Promise<void> {
    return this.command(sqlText(file), named(file, request));
  }

  /** Inserts row objects, synchronously. Instants may be RFC 3339 strings, Decimals decimal strings. */
  async insertRows(table: string, rows: readonly object[], request: SqlRequest = {}): Promise<void> {
    if (rows.length === 0) return;
    await guarded(() =>
      this.#client.insert({
        table,
        values: rows,
        format: 'JSONEachRow',
        ...requestFields({ ...request, settings: { ...LINES_INSERT_SETTINGS, ...request.settings } }),
      }),
    );
  }

  /**
   * Inserts JSON lines as one block, without parsing them here. Resolves when ClickHouse has written the part and run
   * the materialized views. A repeat with the same token is acknowledged without a second row.
   */
  async insertLines(insert: LinesInsert): Promise<void> {
    const bytes = Buffer.isBuffer(insert.lines) ? insert.lines : Buffer.concat(insert.lines);
    await guarded(async () => {
      const result = await this.#client.exec({
        query: `INSERT INTO ${identifier(insert.table)} FORMAT JSONEachRow`,
        values: Readable.from([bytes], { objectMode: false }),
        query_id: insert.query_id ?? randomUUID(),
        ...(insert.signal === undefined ? {} : { abort_signal: insert.signal }),
        clickhouse_settings: {
          ...LINES_INSERT_SETTINGS,
          ...(insert.deduplication_token === undefined
            ? {}
            : { insert_deduplication_token: insert.deduplication_token }),
          ...insert.settings,
        },
      });
      // Empty for an insert; read to its end, the socket goes back to the pool.
      await finished(result.stream.resume());
    });
  }

  /** Whether a query of that id is running. */
  async isRunning(query_id: string): Promise<boolean> {
    const rows = await this.query<{ n: number }>(
      'SELECT count() AS n FROM system.processes WHERE query_id = {query_id: String}',
      { params: { query_id } },
    );
    return (rows[0]?.n ?? 0) > 0;
  }

  /** Kills a query and returns when it is gone, also when there was none. Throws SqlError KILL_TIMEOUT after 30 s. */
  async killQuery(query_id: string): Promise<void> {
    const until = Date.now() + KILL_WAIT_MS_MAX;
    // Mostly there is none: then one question is enough.
    if (!(await this.isRunning(query_id))) return;
    await this.command('KILL QUERY WHERE query_id = {query_id: String} ASYNC', { params: { query_id } });
    while (await this.isRunning(query_id)) {
      if (Date.now() > until) {
        throw new SqlError(`query ${query_id} still runs ${KILL_WAIT_MS_MAX} ms after its kill`, {
          code: 'KILL_TIMEOUT',
          retriable: true,
        });
      }
      await delay(KILL_POLL_MS);
    }
  }

  /**
   * Whether the server answers. Never throws.
   * @param within_ms a server that stands still takes connections and says nothing. Default: the client's timeout
   */
  async ping(within_ms?: number): Promise<boolean> {
    const abort_signal = within_ms === undefined ? undefined : AbortSignal.timeout(within_ms);
    return (await this.#client.ping(abort_signal && { select: false, abort_signal })).success;
  }

  /** Closes the sockets. The client cannot be used afterwards. */
  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** An identifier that needs no quoting, checked: table names come from our own registry, never from outside. */
export function identifier(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new SqlError(`not a plain identifier: ${JSON.stringify(name)}`, { code: 'BAD_IDENTIFIER' });
  }
  return name;
}

/** system.query_log then says which file it was: the text itself it tells without its comments. */
function named(file: string, request: SqlRequest): SqlRequest {
  return { ...request, settings: { log_comment: file, ...request.settings } };
}

function requestFields(request: SqlRequest) {
  return {
    query_id: request.query_id ?? randomUUID(),
    ...(request.params === undefined ? {} : { query_params: { ...request.params } }),
    ...(request.signal === undefined ? {} : { abort_signal: request.signal }),
    ...(request.settings === undefined ? {} : { clickhouse_settings: request.settings }),
  };
}

async function guarded<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    throw SqlError.from(cause);
  }
}
