import { join } from 'node:path';
import { SqlClient, identifier, sqlText, type SqlClientConfig } from './client.ts';
import { MigrationError, readMigrations, sha256, type Migration } from './migration-files.ts';
import { renderStatement, type RenderContext } from './render.ts';
import { PREFECTURES_OBJECT, loadPrefectures } from './load-prefectures.ts';
import { withSchemaLock } from './schema-lock.ts';
import { SCHEMA_OBJECTS } from './schema-objects.ts';
import { splitStatements } from './statements.ts';

/** Which ClickHouse, which database, and what the placeholders mean there. */
export interface MigrateOptions {
  /** Server and admin. Its `database` is the one that is created and migrated. */
  readonly config: SqlClientConfig & { readonly database: string };
  readonly cluster: string | null;
  readonly time_zone: string;
  readonly reporting_currency: string;
  /** Folder of the numbered files. Default: `sql/migrations`. */
  readonly migrations_folder?: string;
  /** Folder of the map data (GEO_DATA_DIR). Default: the shipped one. */
  readonly geo_folder?: string;
  /** Told after each statement, for progress on a terminal. */
  readonly on_step?: (step: string) => void;
}

/** What a run changed; both lists are empty when all was in place. */
export interface MigrateReport {
  readonly migrations: readonly string[];
  readonly objects: readonly string[];
}

interface Run {
  readonly client: SqlClient;
  readonly context: RenderContext;
  readonly geo_folder: string | undefined;
  readonly on_step: (step: string) => void;
}

interface LedgerRow {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly statements_done: number;
  readonly started_at: string;
  readonly finished_at: string | null;
}

/** A first migration creates a dozen tables on a cold server; a backfill may take longer than a request usually may. */
const STATEMENT_TIMEOUT_MS = 600_000;

/** A view reads with the rights of its owner, the admin: so an analyst may read views of tables that he may not read. */
const VIEW_SETTINGS = { default_normal_view_sql_security: 'DEFINER', default_view_definer: 'CURRENT_USER' };

/**
 * Brings a database to the schema of this program: creates it, applies the numbered migrations that are missing, in
 * order, and then every view, dictionary and function whose text has changed.
 *
 * Guarantees: forward only; running it twice changes nothing; of two at once the second waits; after a kill at any
 * point the next run goes on at the statement that was not recorded as done (each statement is idempotent). Throws
 * MigrationError when an applied migration was edited or the database is newer than the program, before any change.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateReport> {
  const { config, cluster } = options;
  const database = identifier(config.database);
  const migrations = readMigrations(options.migrations_folder ?? join(import.meta.dirname, 'migrations'));
  const server: SqlClientConfig = { url: config.url, user: config.user, password: config.password };
  const context: RenderContext = {
    database,
    cluster,
    user: config.user,
    password: config.password,
    time_zone: options.time_zone,
    reporting_currency: options.reporting_currency,
  };
  return withSchemaLock(server, database, async () => {
    await createDatabase(server, context);
    const client = new SqlClient({
      ...config,
      application: 'dms-migrate',
      request_timeout_ms: STATEMENT_TIMEOUT_MS,
    });
    try {
      const run: Run = {
        client,
        context,
        geo_folder: options.geo_folder,
        on_step: options.on_step ?? (() => undefined),
      };
      return await applyAll(run, migrations);
    } finally {
      await client.close();
    }
  });
}

async function applyAll(run: Run, migrations: readonly Migration[]): Promise<MigrateReport> {
  const [bootstrap, ...numbered] = migrations;
  if (bootstrap === undefined) throw new MigrationError('there are no migrations');
  for (const statement of bootstrap.statements) await execute(run, statement);
  const ledger = await readLedger(run.client);
  refuseUnknownHistory(ledger, numbered);
  const applied: string[] = [];
  const notes = new Notes(run.client);
  for (const migration of numbered) {
    const row = ledger.get(migration.number);
    if (await applyMigration(run, migration, row, notes)) applied.push(label(migration));
  }
  await notes.store();
  return { migrations: applied, objects: await applyObjects(run) };
}

async function createDatabase(server: SqlClientConfig, context: RenderContext): Promise<void> {
  const client = new SqlClient(server);
  try {
    const statement = `CREATE DATABASE IF NOT EXISTS ${context.database} {{on_cluster}}`;
    await client.command(renderStatement(statement, context) ?? statement);
  } finally {
    await client.close();
  }
}

async function readLedger(client: SqlClient): Promise<Map<number, LedgerRow>> {
  const rows = await client.queryFile<LedgerRow>('queries/schema/migrations.sql');
  return new Map(rows.map((row) => [row.number, row]));
}

/** The files must continue the history of the database: same texts, none missing. */
function refuseUnknownHistory(
  ledger: ReadonlyMap<number, LedgerRow>,
  migrations: readonly Migration[],
): void {
  for (const row of ledger.values()) {
    const migration = migrations.find((candidate) => candidate.number === row.number);
    if (migration === undefined) {
      throw new MigrationError(
        `the database has migration ${row.number} (${row.name}), which this program does not know: it is newer than the program`,
      );
    }
    if (migration.sha256 !== row.sha256) {
      throw new MigrationError(
        `migration ${label(migration)} was edited after it was applied (it was ${row.sha256.slice(0, 12)}, the file is ${migration.sha256.slice(0, 12)}): restore it and write a new one`,
      );
    }
  }
}

/** Applies what is left of a migration. Its notes wait for the next one that a kill would need, or for the last of all. */
async function applyMigration(
  run: Run,
  migration: Migration,
  row: LedgerRow | undefined,
  notes: Notes,
): Promise<boolean> {
  if (row !== undefined && row.finished_at !== null) return false;
  const started_at = row?.started_at ?? new Date().toISOString();
  const total = migration.statements.length;
  const note = (done: number): void => {
    notes.add({
      number: migration.number,
      name: migration.name,
      sha256: migration.sha256,
      statements: total,
      statements_done: done,
      started_at,
      finished_at: done === total ? new Date().toISOString() : null,
    });
  };
  for (let done = row?.statements_done ?? 0; done < total; done += 1) {
    const statement = migration.statements[done] ?? '';
    const is_repeatable = REPEATABLE.test(statement);
    // After a kill what is repeatable is done again; what is not must be known to have been done, or not.
    if (!is_repeatable) {
      note(done);
      await notes.store();
    }
    await execute(run, statement);
    note(done + 1);
    if (!is_repeatable) await notes.store();
    run.on_step(`${label(migration)} ${done + 1}/${total}`);
  }
  return true;
}

interface Note extends LedgerRow {
  readonly statements: number;
}

/** What the ledger of migrations is still to be told, the last word on each. */
class Notes {
  readonly #client: SqlClient;
  readonly #by_number = new Map<number, Note>();

  constructor(client: SqlClient) {
    this.#client = client;
  }

  add(note: Note): void {
    this.#by_number.set(note.number, note);
  }

  async store(): Promise<void> {
    if (this.#by_number.size === 0) return;
    await this.#client.insertRows('raw_schema_migrations', [...this.#by_number.values()]);
    this.#by_number.clear();
  }
}

/** Statements that do nothing the second time, behind comments of their own. A Distributed table is created IF NOT EXISTS, if at all. */
const REPEATABLE =
  /^(?:\s|--[^\n]*\n)*(?:\{\{distributed:|CREATE (?:TABLE|MATERIALIZED VIEW) IF NOT EXISTS\b|ALTER TABLE [\w{}]+(?:\s+\{\{on_cluster\}\})?\s+MODIFY SETTING\b)/;

/** Applies again what has changed since it was last applied here, and what is missing from the ledger. */
async function applyObjects(run: Run): Promise<string[]> {
  const rows = await run.client.queryFile<{ file: string; sha256: string }>('queries/schema/objects.sql');
  const known = new Map(rows.map((row) => [row.file, row.sha256]));
  const applied = new Map<string, string>();
  try {
    for (const file of SCHEMA_OBJECTS) {
      const statements = splitStatements(sqlText(file))
        .map((statement) => renderStatement(statement, run.context))
        .filter((statement) => statement !== null);
      const hash = sha256(statements.join(';\n'));
      if (known.get(file) === hash) continue;
      for (const statement of statements) await run.client.command(statement, { settings: VIEW_SETTINGS });
      run.on_step(file);
      applied.set(file, hash);
    }
  } finally {
    // One note for all: those that a kill leaves unnoted are applied again, which changes nothing.
    await recordObjects(run.client, applied);
  }
  const known_hash = known.get(PREFECTURES_OBJECT);
  const hash = await loadPrefectures(run.client, known_hash, run.context.cluster, run.geo_folder);
  if (hash !== known_hash) {
    await recordObjects(run.client, new Map([[PREFECTURES_OBJECT, hash]]));
    run.on_step(PREFECTURES_OBJECT);
    applied.set(PREFECTURES_OBJECT, hash);
  }
  return [...applied.keys()];
}

async function recordObjects(client: SqlClient, hashes: ReadonlyMap<string, string>): Promise<void> {
  const applied_at = new Date().toISOString();
  await client.insertRows(
    'raw_schema_objects',
    [...hashes].map(([file, sha256]) => ({ file, sha256, applied_at })),
  );
}

async function execute(run: Run, statement: string): Promise<void> {
  const rendered = renderStatement(statement, run.context);
  if (rendered !== null) await run.client.command(rendered);
}

function label(migration: Migration): string {
  return `${String(migration.number).padStart(4, '0')}_${migration.name}`;
}
