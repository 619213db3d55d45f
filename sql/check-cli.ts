import { runChecks } from './checks.ts';
import { SqlClient } from './client.ts';

/**
 * `npm run sql:check`: asks the identities of `sql/checks/` of the ClickHouse that the environment names. Exit code 0
 * when all hold, 1 when one is broken or could not be asked, 2 when the environment is incomplete.
 */
const { CLICKHOUSE_URL: url, CLICKHOUSE_USER: user } = process.env;
if (url === undefined || user === undefined) {
  process.stderr.write(
    'CLICKHOUSE_URL and CLICKHOUSE_USER must be set (and CLICKHOUSE_PASSWORD, if there is one)\n',
  );
  process.exitCode = 2;
} else {
  const client = new SqlClient({
    url,
    user,
    password: process.env['CLICKHOUSE_PASSWORD'] ?? '',
    database: process.env['CLICKHOUSE_DATABASE'] ?? 'dms',
    request_timeout_ms: 600_000,
  });
  try {
    const results = await runChecks(client);
    const broken = results.filter((result) => result.violations.length > 0);
    for (const { file, event_type, violations } of broken) {
      process.stderr.write(
        `${file}${event_type === null ? '' : ` (${event_type})`}: ${violations.length} rows\n`,
      );
      for (const row of violations.slice(0, 5)) process.stderr.write(`  ${JSON.stringify(row)}\n`);
    }
    process.stdout.write(`${results.length - broken.length} of ${results.length} checks hold\n`);
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    await client.close();
  }
}
