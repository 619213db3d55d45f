import { endOnBrokenPipe } from './broken-pipe.ts';
import { MigrationError } from './migration-files.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { SqlError } from './sql-error.ts';

/**
 * `npm run migrate`: creates or updates the schema of the ClickHouse that the environment names. Exit code 0 when the
 * schema is in place, 1 on a failure (told on stderr), 2 when the environment is incomplete.
 */
endOnBrokenPipe();
const options = readEnvironment(process.env);
if (typeof options === 'string') {
  process.stderr.write(`${options}\n`);
  process.exitCode = 2;
} else {
  try {
    const report = await migrate(options);
    const changed = [...report.migrations, ...report.objects].length;
    process.stdout.write(
      changed === 0 ? 'the schema is up to date\n' : `the schema is in place: ${changed} changes\n`,
    );
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exitCode = 1;
  }
}

function readEnvironment(env: NodeJS.ProcessEnv): MigrateOptions | string {
  const url = env['CLICKHOUSE_URL'];
  const user = env['CLICKHOUSE_USER'];
  if (url === undefined || user === undefined) {
    return 'CLICKHOUSE_URL and CLICKHOUSE_USER must be set (and CLICKHOUSE_PASSWORD, if there is one)';
  }
  const cluster = env['CLICKHOUSE_CLUSTER'];
  return {
    config: {
      url,
      user,
      password: env['CLICKHOUSE_PASSWORD'] ?? '',
      database: env['CLICKHOUSE_DATABASE'] ?? 'dms',
    },
    cluster: cluster === undefined || cluster === '' ? null : cluster,
    time_zone: env['DMS_TIME_ZONE'] ?? 'Asia/Shanghai',
    reporting_currency: env['DMS_REPORTING_CURRENCY'] ?? 'CNY',
    ...(env['GEO_DATA_DIR'] === undefined ? {} : { geo_folder: env['GEO_DATA_DIR'] }),
    on_step: (step) => process.stdout.write(`${step}\n`),
  };
}

/** What ClickHouse, or the schema there, refuses is told in one sentence; anything else with its stack, for it is a surprise. */
function describe(error: unknown): string {
  if (error instanceof MigrationError || error instanceof SqlError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
