import { mkdir, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { runCommand, UsageError } from '../../../ingest/program/command.ts';
import { wholeNumber } from '../../../ingest/program/whole-number.ts';
import { DEFAULT_FORECASTER_IDS, FORECASTER_IDS } from '../forecasters.ts';
import { DAY_MS, dateOf } from '../../../models/calendar/day.ts';
import { GLOBAL_NETWORK } from '../../../models/forecast/network/global-network.ts';
import { loadTensorFlow } from '../tensorflow.ts';
import { COLUMNS_OPTION, columnNames, type ColumnNames } from '../panel-file/column-names.ts';
import { densePanel, type DenseOptions, type DensePanel } from '../panel-file/dense-panel.ts';
import { assertFutureColumns, namesOf } from '../panel-file/future-columns.ts';
import { readLongTable, type LongTable } from '../panel-file/long-table.ts';
import { Problems } from '../panel-file/problems.ts';
import { timeAxis } from '../panel-file/time-axis.ts';
import { accuracyJson, accuracyTable, DEFINITIONS } from './accuracy-table.ts';
import { backtest, type BacktestResult } from './backtest.ts';
import { ForecastFile } from './forecast-file.ts';

interface Options {
  readonly file: string;
  readonly columns?: ColumnNames;
  readonly freq: 'D' | 'W';
  readonly h: number;
  readonly origins: number;
  readonly stride?: number;
  readonly future: readonly string[];
  readonly season?: number;
  readonly gaps: DenseOptions['gaps'];
  readonly seed: number;
  readonly threads: number;
  readonly models?: readonly string[];
  readonly out: string;
}

/** `npm run backtest -- --file panel.csv …`. Exit codes: 0 done, 1 failed, 2 wrong usage. */
function createProgram(): Command {
  return new Command('backtest')
    .exitOverride()
    .allowExcessArguments(false)
    .description(
      'Forecast a long CSV panel from past origins and compare with what came. Columns: series_id, date, qty; in_stock (0 = demand ' +
        'missing); price, promo and any others, numbers or categories.',
    )
    .requiredOption('--file <csv>', 'the panel; gzip by the name .gz')
    .option(...COLUMNS_OPTION, columnNames)
    .addOption(new Option('--freq <f>', 'D = days, W = weeks').choices(['D', 'W']).makeOptionMandatory())
    .requiredOption('--h <n>', 'periods to forecast', wholeNumber(1))
    .requiredOption(
      '--origins <k>',
      'how many origins; the last one has its whole horizon in the file',
      wholeNumber(1),
    )
    .option('--stride <n>', 'periods between origins (default: h)', wholeNumber(1))
    .option('--future <columns>', 'columns known in the future, comma-separated (price,promo,…)', namesOf, [])
    .option('--season <n>', 'periods in a season (default: 7 for days, 52 for weeks)', wholeNumber(1))
    .addOption(
      new Option(
        '--gaps <meaning>',
        'dates without a row within a series (auto: zero, unless the file writes zeros)',
      )
        .choices(['auto', 'zero', 'missing'])
        .default('auto'),
    )
    .option('--seed <n>', 'the same seed gives the same forecasts, bit for bit', wholeNumber(1), 1)
    .option('--threads <n>', 'threads; forecasts do not depend on it', wholeNumber(1), availableParallelism())
    .option(
      '--models <ids>',
      `of ${FORECASTER_IDS.join(', ')} (default: all but the network, which takes longer)`,
      namesOf,
    )
    .option('--out <folder>', 'where forecasts.csv, metrics.json and problems.csv go', '.')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const started = performance.now();
  const forecasters = forecastersOf(options);
  const problems = new Problems();
  const table = await readTable(options, problems);
  const read = performance.now();
  const { panel, last, gaps } = toPanel(table, options, problems);
  const dense = performance.now();
  const origins = originsOf(options, last);
  if (forecasters.includes(GLOBAL_NETWORK))
    tell(`TensorFlow.js computes by its ${(await loadTensorFlow()).backend} backend`);
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'problems.csv'), problems.csv());
  const date = (t: number): string => dateOf(panel.first_day + t * panel.period_days);
  tell(
    `${panel.series_count} series × ${panel.periods} periods, ${date(0)} to ${date(panel.periods - 1)}, ${table.rows} rows; ` +
      `season ${panel.season_length}; dates without a row mean ${gaps === 'zero' ? 'no demand' : 'missing demand'}`,
  );
  for (const { name, known_future } of panel.covariates)
    tell(`  ${name}: ${known_future ? 'known in the future' : 'history only'}`);
  for (const { name, cardinality } of panel.statics) tell(`  ${name}: ${cardinality} categories of series`);
  for (const line of problems.summary()) tell(`  ${line}`);
  const file = new ForecastFile(join(options.out, 'forecasts.csv'), panel, table.series.texts);
  let written_ms = 0;
  const { h, seed, threads } = options;
  const result = await backtest(
    panel,
    { h, seed, threads, origins, forecasters },
    async ({ final, time_ms }) => {
      const begun = performance.now();
      await file.write(final);
      written_ms += performance.now() - begun;
      tell(`origin ${date(final.origin)}: ${seconds(time_ms['total'] ?? 0)} s`);
    },
  );
  await file.close();
  const time_ms = {
    read: read - started,
    panel: dense - read,
    write: written_ms,
    total: performance.now() - started,
  };
  await writeMetrics(options, result, { date, time_ms, problems, last });
  tellResult(result, time_ms, date);
}

function forecastersOf({ models }: Options): readonly string[] {
  const unknown = (models ?? []).filter((id) => !FORECASTER_IDS.includes(id));
  if (unknown.length > 0)
    throw new UsageError(`no model "${unknown[0] ?? ''}"; there are ${FORECASTER_IDS.join(', ')}`);
  return models === undefined ? DEFAULT_FORECASTER_IDS : FORECASTER_IDS.filter((id) => models.includes(id));
}

async function readTable({ file, columns }: Options, problems: Problems): Promise<LongTable> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) throw new UsageError(`no file ${file}`);
  return readLongTable(file, Math.floor(Date.now() / DAY_MS), problems, columns);
}

function toPanel(table: LongTable, options: Options, problems: Problems): DensePanel {
  assertFutureColumns(table, options.future);
  const axis = timeAxis(table, options.freq === 'D' ? 1 : 7, problems);
  if (axis === null)
    throw new UsageError(`no row of the file can be used:\n${problems.summary().join('\n')}`);
  const season_length = options.season ?? (options.freq === 'D' ? 7 : 52);
  return densePanel(table, axis, { season_length, future: options.future, gaps: options.gaps }, problems);
}

/** Fewest periods before the first origin. */
const HISTORY_MIN = 2;

function originsOf({ h, origins, stride = h }: Options, last: number): number[] {
  const first = last - h - (origins - 1) * stride;
  if (first < HISTORY_MIN)
    throw new UsageError(
      `${origins} origins, ${stride} apart, of ${h} periods need ${HISTORY_MIN + 1 + h + (origins - 1) * stride} periods with demand; the file has ${last + 1}`,
    );
  return Array.from({ length: origins }, (_, at) => first + at * stride);
}

interface MetricsContext {
  readonly date: (t: number) => string;
  readonly time_ms: Readonly<Record<string, number>>;
  readonly problems: Problems;
  readonly last: number;
}

async function writeMetrics(
  options: Options,
  result: BacktestResult,
  context: MetricsContext,
): Promise<void> {
  const { date, time_ms, problems } = context;
  const metrics = {
    file: options.file,
    freq: options.freq,
    h: options.h,
    seed: options.seed,
    definitions: DEFINITIONS,
    accuracy: Object.fromEntries(Object.entries(result.accuracy).map(([id, one]) => [id, accuracyJson(one)])),
    origins: result.origins.map(({ accuracy, origin, held_out_origins, ...rest }) => ({
      origin: date(origin),
      ...rest,
      held_out_origins: held_out_origins.map(date),
      accuracy: accuracyJson(accuracy),
    })),
    problems: problems.counts(),
    time_ms,
  };
  await writeFile(join(options.out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
}

function tellResult(
  { accuracy, origins }: BacktestResult,
  time_ms: Readonly<Record<string, number>>,
  date: (t: number) => string,
): void {
  tell(`\n${accuracyTable(accuracy)}\n`);
  for (const { origin, choice, cold_started } of origins) {
    const chosen = Object.entries(choice).map(([name, id]) => `${name} ${id}`);
    tell(
      `${date(origin)}: ${chosen.join(', ')}${cold_started > 0 ? `; ${cold_started} series started cold` : ''}`,
    );
  }
  const by_stage = new Map<string, number>();
  for (const { time_ms: stages } of origins)
    for (const [stage, ms] of Object.entries(stages))
      by_stage.set(stage, (by_stage.get(stage) ?? 0) + ms / origins.length);
  tell('\nseconds by stage, mean of origins (models run side by side):');
  for (const [stage, ms] of by_stage) tell(`  ${stage.padEnd(52)} ${seconds(ms).padStart(8)}`);
  tell('seconds of the whole run:');
  for (const [stage, ms] of Object.entries(time_ms)) tell(`  ${stage.padEnd(52)} ${seconds(ms).padStart(8)}`);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(() => createProgram().parseAsync());
