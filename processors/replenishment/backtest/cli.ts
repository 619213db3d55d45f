import { mkdir, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { runCommand, UsageError } from '../../../ingest/program/command.ts';
import { wholeNumber } from '../../../ingest/program/whole-number.ts';
import { DAY_MS, dateOf } from '../../../models/calendar/day.ts';
import type { InventoryFigures } from '../../../models/replenishment/inventory-run.ts';
import { movingAverageLevel } from '../../../models/replenishment/order-levels.ts';
import { COLUMNS_OPTION, columnNames, type ColumnNames } from '../../forecast/panel-file/column-names.ts';
import { densePanel } from '../../forecast/panel-file/dense-panel.ts';
import { assertFutureColumns, namesOf } from '../../forecast/panel-file/future-columns.ts';
import { readLongTable } from '../../forecast/panel-file/long-table.ts';
import { Problems } from '../../forecast/panel-file/problems.ts';
import { timeAxis } from '../../forecast/panel-file/time-axis.ts';
import { POLICIES, policyBacktest, type PolicyId } from './policies.ts';
import { IN_TRANSIT_COLUMNS, seriesTerms, TERM_COLUMNS } from './series-terms.ts';

interface Options {
  readonly file: string;
  readonly columns?: ColumnNames;
  readonly freq: 'D' | 'W';
  readonly h: number;
  readonly review: number;
  readonly leadTime: number;
  readonly holdingCost: number;
  readonly shortageCost: number;
  readonly initial?: number;
  readonly future: readonly string[];
  readonly seed: number;
  readonly threads: number;
  readonly out: string;
}

/** Fewest periods of demand before the first order. */
const HISTORY_MIN = 2;

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('not a number ≥ 0');
  return value;
}

/** `npm run policy-backtest -- --file panel.csv …`. Exit codes: 0 done, 1 failed, 2 wrong usage. */
function createProgram(): Command {
  return new Command('policy-backtest')
    .exitOverride()
    .allowExcessArguments(false)
    .description(
      'Play order policies over the last periods of a long CSV panel and compare what they cost. Columns: series_id, date, qty ' +
        `(sales or demand); in_stock (0 = demand missing); ${TERM_COLUMNS.join(', ')} by series, else by flag; ` +
        `${IN_TRANSIT_COLUMNS} (units received before the first period, the second); others as for backtest. ` +
        'Order, receive, sell, pay in each period; what is missing is lost.',
    )
    .requiredOption('--file <csv>', 'the panel; gzip by the name .gz')
    .option(...COLUMNS_OPTION, columnNames)
    .addOption(new Option('--freq <f>', 'D = days, W = weeks').choices(['D', 'W']).makeOptionMandatory())
    .option('--h <n>', 'periods to play, the last ones of the file', wholeNumber(1), 8)
    .option('--review <n>', 'periods between orders', wholeNumber(1), 1)
    .option('--lead-time <n>', 'periods from order to receipt', wholeNumber(0), 2)
    .option('--holding-cost <x>', 'for each unit left at the end of a period', amount, 0.2)
    .option('--shortage-cost <x>', 'for each unit asked for and not there', amount, 1)
    .option('--initial <units>', 'stock at first (default: the plain reorder point)', amount)
    .option('--future <columns>', 'columns known in the future, comma-separated', namesOf, [])
    .option('--seed <n>', 'the same seed gives the same figures', wholeNumber(1), 1)
    .option('--threads <n>', 'threads; figures do not depend on it', wholeNumber(1), availableParallelism())
    .option('--out <folder>', 'where policies.csv, policies.json and problems.csv go', '.')
    .action(run);
}

async function run(options: Options): Promise<void> {
  const found = await stat(options.file).catch(() => null);
  if (found?.isFile() !== true) throw new UsageError(`no file ${options.file}`);
  const problems = new Problems();
  const table = await readLongTable(options.file, Math.floor(Date.now() / DAY_MS), problems, options.columns);
  const { leadTime: lead_time, holdingCost: holding_cost, shortageCost: shortage_cost, review } = options;
  const defaults = { initial_inventory: options.initial ?? null, lead_time, holding_cost, shortage_cost };
  const { rest, termsOf } = seriesTerms(table, defaults, problems);
  assertFutureColumns(rest, options.future);
  const axis = timeAxis(rest, options.freq === 'D' ? 1 : 7, problems);
  if (axis === null)
    throw new UsageError(`no row of the file can be used:\n${problems.summary().join('\n')}`);
  const season_length = options.freq === 'D' ? 7 : 52;
  const { panel, last } = densePanel(
    rest,
    axis,
    { season_length, future: options.future, gaps: 'auto' },
    problems,
  );
  const first = last + 1 - options.h;
  if (first < HISTORY_MIN)
    throw new UsageError(
      `--h ${options.h} needs ${HISTORY_MIN + options.h} periods of demand; the file has ${last + 1}`,
    );
  for (const line of problems.summary()) tell(`  ${line}`);
  const terms = Array.from({ length: panel.series_count }, (_, series) => {
    const plain = movingAverageLevel(panel, series, first - 1, lead_time + review, 0.5);
    return termsOf(series, Math.ceil(plain));
  });
  const figures = await policyBacktest(
    panel,
    (series) => terms[series] as (typeof terms)[number],
    { plan: { first, periods: options.h, review }, seed: options.seed, threads: options.threads },
    (origin) => {
      tell(`ordered from ${dateOf(panel.first_day + origin * panel.period_days)}`);
    },
  );
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'problems.csv'), problems.csv());
  await write(options, figures, problems);
}

async function write(
  options: Options,
  figures: Readonly<Record<PolicyId, InventoryFigures>>,
  problems: Problems,
): Promise<void> {
  const rows = Object.entries(figures).map(([policy, one]) => ({ policy, ...one }));
  await writeFile(join(options.out, 'policies.csv'), stringify(rows, { header: true }));
  const {
    file,
    freq,
    h,
    review,
    leadTime,
    holdingCost,
    shortageCost,
    initial = null,
    future,
    seed,
  } = options;
  const settings = { file, freq, h, review, leadTime, holdingCost, shortageCost, initial, future, seed };
  const whole = { settings, policies: POLICIES, figures, problems: problems.counts() };
  await writeFile(join(options.out, 'policies.json'), `${JSON.stringify(whole, null, 2)}\n`);
  for (const { policy, ...one } of rows) {
    const told = Object.entries(one).map(
      ([name, value]) => `${name} ${value === null ? '-' : value.toFixed(4)}`,
    );
    tell(`${policy}: ${told.join(', ')}`);
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runCommand(() => createProgram().parseAsync());
