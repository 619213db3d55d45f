import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { runCommand } from '../../../ingest/program/command.ts';
import { readConfigBesideStack } from '../../../ingest/program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../../../ingest/program/warehouse.ts';
import { wholeNumber } from '../../../ingest/program/whole-number.ts';
import { ABSURD_TOLD } from '../../../models/forecast/absurd.ts';
import { SqlClient } from '../../../sql/client.ts';
import { readPolicy } from '../../replenishment/policy.ts';
import { suggestFromLatest, toldRun } from '../../replenishment/suggestions.ts';
import { makeForecastVersion, type ForecastVersion } from './forecast-version.ts';

/** Lines about single days. */
const ABSURD_TOLD_MAX = 10;

/** `npm run forecast`: a new version from all demand up to yesterday. Exit codes: 0 done, 1 failed, 2 wrong usage. */
await runCommand(async () => {
  const options = new Command('forecast')
    .exitOverride()
    .allowExcessArguments(false)
    .description('Forecasts every dealer and product, 28 days and 12 weeks ahead, and stores a version.')
    .option('--seed <n>', 'the same demand and seed give the same forecasts', wholeNumber(1), 1)
    .option('--version-only', 'without the suggestions of orders and transfers that follow from it', false)
    .option('--threads <n>', 'threads; forecasts do not depend on it', wholeNumber(1), availableParallelism())
    .parse()
    .opts<{ seed: number; threads: number; versionOnly: boolean }>();
  const config = readConfigBesideStack([...WAREHOUSE, 'DMS_TIME_ZONE']);
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-forecast',
    request_timeout_ms: 120_000,
  });
  try {
    const made = await makeForecastVersion(sql, {
      seed: options.seed,
      threads: options.threads,
      time_zone: config.DMS_TIME_ZONE,
      onStep: (step) => {
        console.log(`… ${step}`);
      },
    });
    if (made === null)
      throw new Error('nothing was ordered before today: there is no demand to forecast from');
    tell(made);
    if (options.versionOnly) return;
    const run = await suggestFromLatest(sql, readPolicy(), {
      time_zone: config.DMS_TIME_ZONE,
      now: new Date(),
    });
    if (run !== null) console.log(`  ${toldRun(run)}`);
  } finally {
    await sql.close();
  }
});

function tell(made: ForecastVersion): void {
  const percent = (ratio: number | null): string => (ratio === null ? '–' : `${(ratio * 100).toFixed(1)} %`);
  console.log(
    `${made.forecast_version}: ${made.series} series, ${made.cold_starts} of them cold starts; as of ${made.as_of}`,
  );
  for (const { dealer_id, sku_id, day, qty } of made.absurd.slice(0, ABSURD_TOLD_MAX)) {
    console.log(
      `  absurd_qty: ${qty} of ${sku_id} ordered by ${dealer_id} on ${day} → taken as missing: ${ABSURD_TOLD} of the two`,
    );
  }
  if (made.absurd.length > ABSURD_TOLD_MAX)
    console.log(`  absurd_qty: ${made.absurd.length - ABSURD_TOLD_MAX} more, see quality_flag`);
  for (const [grain, choice] of Object.entries(made.choices)) {
    console.log(
      `  ${grain}: ${Object.entries(choice)
        .map(([kind, model]) => `${kind} → ${model}`)
        .join(', ')}`,
    );
  }
  if (made.accuracy.length === 0) console.log('  no accuracy: the history is too short for a backtest');
  for (const { level, points, wape, bias, naive_wape, coverage_p80 } of made.accuracy) {
    console.log(
      `  ${level.padEnd(15)} WAPE ${percent(wape).padStart(8)}   naive ${percent(naive_wape).padStart(8)}   bias ${percent(bias).padStart(7)}` +
        `${coverage_p80 === null ? '' : `   between p10 and p90 ${percent(coverage_p80)}`}   (${points} sums)`,
    );
  }
  console.log(
    `  ${Object.entries(made.time_ms)
      .map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)} s`)
      .join(', ')}`,
  );
}
