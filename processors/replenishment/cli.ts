import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { readConfigBesideStack } from '../../ingest/program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../../ingest/program/warehouse.ts';
import { SqlClient } from '../../sql/client.ts';
import { readPolicy } from './policy.ts';
import { suggestFromLatest, toldRun } from './suggestions.ts';

/** `npm run suggest`: orders and transfers from the last forecast version. Exit codes: 0 done, 1 failed, 2 wrong usage. */
await runCommand(async () => {
  new Command('suggest')
    .exitOverride()
    .allowExcessArguments(false)
    .description('Suggests orders and transfers from the last forecast, its overrides and the stock of now.')
    .parse();
  const config = readConfigBesideStack([...WAREHOUSE, 'DMS_TIME_ZONE']);
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-suggest',
    request_timeout_ms: 120_000,
    is_background: true,
  });
  try {
    const run = await suggestFromLatest(sql, readPolicy(), {
      time_zone: config.DMS_TIME_ZONE,
      now: new Date(),
    });
    console.log(run === null ? 'nothing was forecast yet' : toldRun(run));
  } finally {
    await sql.close();
  }
});
