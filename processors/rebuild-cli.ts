import { Command } from 'commander';
import { runCommand } from '../ingest/program/command.ts';
import { readConfig } from '../ingest/program/config.ts';
import { createLogger } from '../ingest/program/program.ts';
import { WAREHOUSE, warehouseOf } from '../ingest/program/warehouse.ts';
import { SqlClient } from '../sql/client.ts';
import { rebuildMarts } from './rebuild.ts';
import { PROCESSORS } from './registry.ts';
import { readSettings } from './settings/settings.ts';

const QUERY_TIMEOUT_MS = 600_000;

/**
 * `npm run rebuild`: makes all marts anew from the ledgers, while sink and processors are stopped, and prints for each
 * whether it says the same as before. Exit codes: 0 done, 1 a mart could not be made, 2 wrong usage or nothing says which ClickHouse.
 */
await runCommand(async () => {
  new Command('rebuild')
    .exitOverride()
    .allowExcessArguments(false)
    .description(
      'Makes every mart anew from core_*, in the ClickHouse that the environment names, while no sink and no processors run. ' +
        'Broken off, it is run again, or the processors go on where it ended.',
    )
    .parse();
  const config = readConfig([...WAREHOUSE, 'DMS_TIME_ZONE', 'DMS_REPORTING_CURRENCY']);
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-rebuild',
    request_timeout_ms: QUERY_TIMEOUT_MS,
  });
  try {
    const rebuilt = await rebuildMarts(PROCESSORS, {
      sql,
      settings: readSettings(config.DMS_TIME_ZONE, config.DMS_REPORTING_CURRENCY),
      log: createLogger('rebuild', 'warn'),
    });
    for (const { processor, rows, hash_before, hash_after, took_ms } of rebuilt) {
      const verdict = hash_before === hash_after ? 'same as before' : 'changed';
      process.stdout.write(`${processor}: ${rows} rows in ${took_ms} ms, ${verdict} (hash ${hash_after})\n`);
    }
  } finally {
    await sql.close();
  }
});
