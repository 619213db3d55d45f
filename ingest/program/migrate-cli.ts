import { Command } from 'commander';
import { migrate } from '../../sql/migrate.ts';
import { runCommand } from './command.ts';
import { readConfig } from './config.ts';
import { WAREHOUSE, warehouseOf } from './warehouse.ts';

/**
 * `npm run migrate`: creates or updates the schema of the ClickHouse that the environment names. Exit codes: 0 the schema is in place,
 * 1 it is not, 2 wrong usage or nothing says which ClickHouse.
 */
await runCommand(async () => {
  new Command('migrate')
    .exitOverride()
    .allowExcessArguments(false)
    .description(
      'Creates or updates the schema of the ClickHouse that the environment names. Safe to run at any time; broken off, it is run again.',
    )
    .parse();
  const config = readConfig([
    ...WAREHOUSE,
    'CLICKHOUSE_CLUSTER',
    'DMS_TIME_ZONE',
    'DMS_REPORTING_CURRENCY',
    'GEO_DATA_DIR',
  ]);
  const { migrations, objects } = await migrate({
    config: warehouseOf(config),
    cluster: config.CLICKHOUSE_CLUSTER === '' ? null : config.CLICKHOUSE_CLUSTER,
    time_zone: config.DMS_TIME_ZONE,
    reporting_currency: config.DMS_REPORTING_CURRENCY,
    ...(config.GEO_DATA_DIR !== '' && { geo_folder: config.GEO_DATA_DIR }),
    on_step: (step) => process.stdout.write(`${step}\n`),
  });
  const changed = migrations.length + objects.length;
  process.stdout.write(
    changed === 0 ? 'the schema is up to date\n' : `the schema is in place: ${changed} changes\n`,
  );
});
