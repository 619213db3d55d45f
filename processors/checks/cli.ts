import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { readConfigBesideStack } from '../../ingest/program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../../ingest/program/warehouse.ts';
import { runChecks, type CheckResult } from '../../sql/checks.ts';
import { SqlClient } from '../../sql/client.ts';

const EXAMPLES = 5;

/**
 * `npm run sql:check`: asks the identities of `sql/checks/` of the ClickHouse that the environment names, else of the running stack. Exit codes:
 * 0 all hold, 1 one is broken or could not be asked, 2 wrong usage or nothing says which ClickHouse.
 */
await runCommand(async () => {
  new Command('sql:check')
    .exitOverride()
    .allowExcessArguments(false)
    .description('Asks which identities of core_* and the ledgers are broken, with examples.')
    .parse();
  const config = readConfigBesideStack(WAREHOUSE);
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-check',
    request_timeout_ms: 600_000,
  });
  try {
    const results = await runChecks(sql);
    const broken = results.filter(({ violations }) => violations.length > 0);
    broken.forEach(tell);
    console.log(`${results.length - broken.length} of ${results.length} checks hold`);
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    await sql.close();
  }
});

function tell({ file, event_type, violations }: CheckResult): void {
  console.error(`${file}${event_type === null ? '' : ` (${event_type})`}: ${violations.length} rows`);
  for (const row of violations.slice(0, EXAMPLES)) console.error(`  ${JSON.stringify(row)}`);
}
