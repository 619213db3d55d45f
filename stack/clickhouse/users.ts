import { createHash } from 'node:crypto';

/** The two users of a ClickHouse server, and what the second one may see. */
export interface UsersOptions {
  /** User `dms`: owner of everything. */
  adminPassword: PasswordSource;
  /** User `analyst`: reads `core_*` and `mart_*` of `databases`, and nothing else. */
  analystPassword: PasswordSource;
  /** Databases whose `core_*` and `mart_*` the analyst may read. Grants cannot be added later: users.xml is read once. */
  databases: readonly string[];
  /** Whether to add the user that the embedded server itself starts as. A ClickHouse of its own needs none. */
  embedded: boolean;
  /**
   * Its data are removed at its end, and may be lost to a power cut: a change of the schema does not wait for the disk, which is
   * most of the time that it takes.
   */
  throwaway?: boolean;
  /** Whether an expression is compiled to machine code when it has run a hundred times, not three: that takes longer than many a statement. */
  seldom_compiled?: boolean;
}

/** A password, of which only the hash is written, or the environment variable of the server that holds it. */
export type PasswordSource = string | { from_env: string };

export const ADMIN_USER = 'dms';
export const ANALYST_USER = 'analyst';

/**
 * What an analyst may set, and how far. 0 means "no limit" to ClickHouse, hence a `min` of 1 wherever there is a `max`.
 * Under readonly = 2 every other setting is free: drivers set their own (session_timezone, output formats, …).
 */
const ANALYST_LIMITS: Readonly<Record<string, { value: number; max?: number } | 'fixed'>> = {
  // A driver that passes on its caller's deadline asks for that and 5 s more (clickhouse-go; Grafana waits 60 s).
  max_execution_time: { value: 60, max: 90 },
  max_memory_usage: { value: 2_000_000_000 },
  // The largest sheet that a spreadsheet, and so Metabase's export, can hold.
  max_result_rows: { value: 1_048_576 },
  max_result_bytes: { value: 1_000_000_000 },
  max_threads: { value: 2 },
  max_temporary_data_on_disk_size_for_query: { value: 2_000_000_000 },
  // Queries of an analyst stay in system.query_log.
  log_queries: 'fixed',
};
/** Limits of all queries of the analyst together; they cannot be set by a query at all. */
const ANALYST_TOTALS: Readonly<Record<string, number>> = {
  max_memory_usage_for_user: 3_000_000_000,
  max_concurrent_queries_for_user: 8,
};
/** The wallboard's figures and the sink come first where the processor is short; a query cannot set it. Needs CAP_SYS_NICE. */
const ANALYST_NICE = { os_thread_priority: 10 } as const;
/** Enough for a board of twenty panels refreshed every 10 s, far too little to scrape everything in a loop. */
const QUOTA = { duration_s: 3600, queries: 10_000, execution_time_s: 3600, result_rows: 50_000_000 };

/**
 * The users.xml of a server. There is no other usable user: `default`, as which the
 * embedded server itself starts, is allowed one session, which that start occupies as long as the server lives.
 */
export function usersXml(options: UsersOptions): string {
  return `<clickhouse>
  <profiles>
    ${defaultProfile(options)}
    <analyst>
${analystProfile()}
    </analyst>${options.embedded ? EMBEDDED_PROFILE : ''}
  </profiles>
  <quotas>
    <default/>
    <analyst>
      <interval>
        <duration>${QUOTA.duration_s}</duration>
        <queries>${QUOTA.queries}</queries>
        <execution_time>${QUOTA.execution_time_s}</execution_time>
        <result_rows>${QUOTA.result_rows}</result_rows>
      </interval>
    </analyst>${options.embedded ? EMBEDDED_QUOTA : ''}
  </quotas>
  <users>
    <${ADMIN_USER}>
      ${passwordXml(options.adminPassword)}
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <access_management>1</access_management>
    </${ADMIN_USER}>
    <${ANALYST_USER}>
      ${passwordXml(options.analystPassword)}
      <networks><ip>::/0</ip></networks>
      <profile>analyst</profile>
      <quota>analyst</quota>
      <grants>
        <query>GRANT SELECT ON information_schema.*</query>
${options.databases.flatMap(analystGrants).join('\n')}
      </grants>
    </${ANALYST_USER}>${options.embedded ? EMBEDDED_USER : REMOVED_DEFAULT_USER}
  </users>
</clickhouse>
`;
}

const SELDOM_COMPILED = ['expression', 'aggregate_expression', 'sort_description']
  .map((what) => `<min_count_to_compile_${what}>100</min_count_to_compile_${what}>`)
  .join('');

function defaultProfile({ throwaway = false, seldom_compiled = false }: UsersOptions): string {
  const fsync = throwaway ? '<fsync_metadata>0</fsync_metadata>' : '';
  const settings = `${fsync}${seldom_compiled ? SELDOM_COMPILED : ''}`;
  return settings === '' ? '<default/>' : `<default>${settings}</default>`;
}

function analystGrants(database: string): string[] {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(database)) throw new Error(`not a database name: ${database}`);
  return ['core_*', 'mart_*'].map((tables) => `        <query>GRANT SELECT ON ${database}.${tables}</query>`);
}

function analystProfile(): string {
  const values = ['<readonly>2</readonly>', '<log_queries>1</log_queries>'];
  const constraints: string[] = [];
  for (const [name, limit] of Object.entries(ANALYST_LIMITS)) {
    if (limit === 'fixed') {
      constraints.push(`<${name}><readonly/></${name}>`);
      continue;
    }
    values.push(`<${name}>${limit.value}</${name}>`);
    constraints.push(`<${name}><min>1</min><max>${limit.max ?? limit.value}</max></${name}>`);
  }
  for (const [name, value] of Object.entries({ ...ANALYST_TOTALS, ...ANALYST_NICE })) {
    values.push(`<${name}>${value}</${name}>`);
    constraints.push(`<${name}><readonly/></${name}>`);
  }
  const indent = (lines: string[], by: string): string => lines.map((line) => by + line).join('\n');
  return `${indent(values, '      ')}
      <constraints>
${indent(constraints, '        ')}
      </constraints>`;
}

function passwordXml(password: PasswordSource): string {
  if (typeof password !== 'string') return `<password from_env="${password.from_env}"/>`;
  return `<password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>`;
}

const REMOVED_DEFAULT_USER = `
    <default remove="remove"/>`;

// The library signs in as `default` without a password, and a password would keep it out. So the user exists, but its one
// permitted session is the server's own, and its three permitted queries are those of server.mjs.
const EMBEDDED_PROFILE = `
    <embedded_start>
      <max_sessions_for_user>1</max_sessions_for_user>
    </embedded_start>`;
const EMBEDDED_QUOTA = `
    <embedded_start>
      <interval>
        <duration>1000000000</duration>
        <queries>3</queries>
      </interval>
    </embedded_start>`;
const EMBEDDED_USER = `
    <default>
      <no_password/>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>embedded_start</profile>
      <quota>embedded_start</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT SELECT ON system.numbers</query>
      </grants>
    </default>`;
