import { identifier } from './client.ts';

/** What the placeholders of migrations, dictionaries and views stand for on one installation. */
export interface RenderContext {
  readonly database: string;
  /** Name of a ClickHouse cluster (CLICKHOUSE_CLUSTER), or null on one server. */
  readonly cluster: string | null;
  /** Who reads the sources of dictionaries: the admin's name and password. */
  readonly user: string;
  readonly password: string;
  /** IANA name of the zone in which days begin (DMS_TIME_ZONE). */
  readonly time_zone: string;
  /** ISO 4217 code of the currency that figures are told in (DMS_REPORTING_CURRENCY). */
  readonly reporting_currency: string;
}

/** Replicas of a shard share this path; {shard}, {replica}, {database}, {table} are the server's own macros. */
const SHARD_PATH = '/clickhouse/tables/{shard}/{database}/{table}';
/** Without {shard}: every node of the cluster is a replica of the same small table. */
const EVERYWHERE_PATH = '/clickhouse/tables/everywhere/{database}/{table}';

/**
 * Fills the placeholders of one statement. On one server they vanish; on a cluster
 * - `{{on_cluster}}` = ON CLUSTER;
 * - `{{local}}` = the suffix of a shard's own table, under the Distributed one of the plain name;
 * - `{{engine:X(args)}}` = its Replicated twin, per shard; `{{engine_everywhere:X(args)}}` = one copy on every node;
 * - `{{distributed:TABLE EXPRESSION}}` stands alone and is the Distributed table over TABLE_local, or no statement;
 * - `{{deduplication_window}}` = the name of that setting, which differs for replicated tables.
 * `{{database}}` (for the queries of dictionaries, which know no current one), `{{dictionary_access}}`, `{{time_zone}}`, `{{reporting_currency}}` give values. Returns null where nothing is left to
 * run. Throws on an unknown placeholder.
 */
export function renderStatement(statement: string, context: RenderContext): string | null {
  const rendered = statement.replaceAll(
    /\{\{([a-z_]+)(?::([^}]*))?\}\}/g,
    (_, name: string, argument?: string) => placeholder(name, argument?.trim() ?? '', context),
  );
  return withoutComments(rendered).trim() === '' ? null : rendered;
}

function placeholder(name: string, argument: string, context: RenderContext): string {
  const { cluster } = context;
  switch (name) {
    case 'on_cluster':
      return cluster === null ? '' : `ON CLUSTER ${quoted(cluster)}`;
    case 'local':
      return cluster === null ? '' : '_local';
    case 'engine':
      return cluster === null ? argument : replicated(argument, SHARD_PATH);
    case 'engine_everywhere':
      return cluster === null ? argument : replicated(argument, EVERYWHERE_PATH);
    case 'deduplication_window':
      return cluster === null ? 'non_replicated_deduplication_window' : 'replicated_deduplication_window';
    case 'distributed':
      return cluster === null ? '' : distributed(argument, cluster, context.database);
    case 'dictionary_access':
      return `USER ${quoted(context.user)} PASSWORD ${quoted(context.password)}`;
    case 'database':
      return identifier(context.database);
    case 'time_zone':
      return plain(context.time_zone, /^[A-Za-z0-9_+/-]+$/);
    case 'reporting_currency':
      return plain(context.reporting_currency, /^[A-Z]{3}$/);
    default:
      throw new SyntaxError(`unknown placeholder {{${name}}}`);
  }
}

/** MergeTree → ReplicatedMergeTree('path', '{replica}'), with the engine's own arguments after them. */
function replicated(engine: string, path: string): string {
  const match = /^([A-Za-z]*MergeTree)(?:\((.*)\))?$/s.exec(engine);
  if (match === null) throw new SyntaxError(`not a MergeTree engine: ${engine}`);
  const own = match[2] === undefined || match[2] === '' ? '' : `, ${match[2]}`;
  return `Replicated${match[1] ?? ''}(${quoted(path)}, '{replica}'${own})`;
}

function distributed(argument: string, cluster: string, database: string): string {
  const [table = '', ...expression] = argument.split(/\s+/);
  const local = `${identifier(table)}_local`;
  return (
    `CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER ${quoted(cluster)} AS ${local}\n` +
    `ENGINE = Distributed(${quoted(cluster)}, ${quoted(database)}, ${local}, ${expression.join(' ')})`
  );
}

function plain(value: string, form: RegExp): string {
  if (!form.test(value)) throw new SyntaxError(`not a valid value: ${JSON.stringify(value)}`);
  return value;
}

/** A ClickHouse string literal. */
export function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Only for telling an empty statement: a `--` inside a string makes a statement look shorter, never empty. */
function withoutComments(statement: string): string {
  return statement.replaceAll(/--[^\n]*/g, '').replaceAll(/\/\*.*?\*\//gs, '');
}
