import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import { readPolicy } from '../../processors/replenishment/policy.ts';
import { dealerHabit } from '../../simulator/flow/days.ts';
import { readPrefectures } from '../../sql/geo/load.ts';
import { report, type Target } from '../report.ts';
import { forecastPolicy, habitPolicy, movingAveragePolicy } from './order-policies.ts';
import { intervalOf, pairedRatio, type Interval } from './paired.ts';
import { copyOf, emptyStates, figuresOf, play, type LoopFigures, type OrderPolicy } from './play.ts';
import { drawChannel } from './shop-channel.ts';

/**
 * `npm run bench:closed-loop [-- --seeds N --dealers N …]`: simulated shops whose orders are made by ours, by the dealers' own habit and by
 * a reorder point from a moving average, over the same demand and lead times, from the same stock. No policy sees what comes. After a
 * history under the habit each policy runs in for 28 days that are not counted. Mean over seeds ± 95 % (Student's t, paired by seed).
 * The service levels were chosen on other seeds (tune.1, tune.2): ours for less stock than the habit's, the moving average's for as much as ours.
 */
const TARGETS: Readonly<Record<string, Target>> = {
  stockouts_ours_to_habit: { max: 1 / 3 },
  stock_value_ours_to_habit: { max: 1 },
};
const RUN_IN_DAYS = 28;
const POLICY_NAMES = ['habit', 'moving_average', 'ours'] as const;
type PolicyName = (typeof POLICY_NAMES)[number];
/** Midnight in China: with the other defaults 16 July to 7 October are counted. */
const START_MS = Date.parse('2025-01-01T00:00:00+08:00');

const options = new Command('bench:closed-loop')
  .description('Simulated shops by our orders, by habit and by a moving average.')
  .option('--seeds <n>', 'channels', wholeNumber(1), 10)
  .option('--dealers <n>', 'dealers of each; those that sell to consumers are played', wholeNumber(1), 24)
  .option('--history <days>', 'under the habit, before', wholeNumber(1), 168)
  .option('--days <n>', 'that are counted', wholeNumber(1), 84)
  .option('--refit <days>', 'between forecasts', wholeNumber(1), 28)
  .option('--service-level <ratio>', 'of our orders', ratio, 0.9)
  .option('--moving-average-level <ratio>', 'of the reorder point', ratio, 0.98)
  .option('--threads <n>', 'of the forecast', wholeNumber(1), availableParallelism())
  .option('--seed <text>', 'first part of the seeds', 'loop')
  .parse()
  .opts<{
    seeds: number;
    dealers: number;
    history: number;
    days: number;
    refit: number;
    serviceLevel: number;
    movingAverageLevel: number;
    threads: number;
    seed: string;
  }>();

await runCommand(async () => {
  const terms = {
    service_level: options.serviceLevel,
    error_correlation: readPolicy().error_correlation,
  };
  const prefectures = readPrefectures(undefined);
  const results: Record<PolicyName, LoopFigures[]> = { habit: [], moving_average: [], ours: [] };
  const began = performance.now();
  let shelves = 0;
  for (let n = 1; n <= options.seeds; n++) {
    const seed = `${options.seed}.${n}`;
    const days = options.history + RUN_IN_DAYS + options.days;
    const channel = drawChannel(prefectures, { seed, dealers: options.dealers, days, start_ms: START_MS });
    shelves += channel.shelves.length;
    const past = emptyStates(channel, ({ daily_mean, product, dealer }) => {
      const { up_to } = dealerHabit(daily_mean, dealer.tier);
      return Math.max(1, Math.round(up_to / product.pack_qty)) * product.pack_qty;
    });
    await play(channel, past, habitPolicy(`${seed}/past`), 0, options.history);
    const policies: Record<PolicyName, OrderPolicy> = {
      habit: habitPolicy(seed),
      moving_average: movingAveragePolicy(options.movingAverageLevel),
      ours: forecastPolicy(channel, terms, { refit_days: options.refit, threads: options.threads, seed: n }),
    };
    for (const name of POLICY_NAMES) {
      const states = copyOf(past);
      await play(channel, states, policies[name], options.history, days);
      const figures = figuresOf(channel, states, options.history + RUN_IN_DAYS, days);
      results[name].push(figures);
      console.log(`${seed} ${name.padEnd(14)} ${told(figures)}`);
    }
  }
  const of = (name: PolicyName, figure: keyof LoopFigures): number[] =>
    results[name].map((figures) => figures[figure]);
  const ratios = {
    stockouts_ours_to_habit: pairedRatio(of('ours', 'stockout_ratio'), of('habit', 'stockout_ratio')),
    stock_value_ours_to_habit: pairedRatio(of('ours', 'stock_value'), of('habit', 'stock_value')),
    stockouts_ours_to_moving_average: pairedRatio(
      of('ours', 'stockout_ratio'),
      of('moving_average', 'stockout_ratio'),
    ),
    stock_value_ours_to_moving_average: pairedRatio(
      of('ours', 'stock_value'),
      of('moving_average', 'stock_value'),
    ),
  };
  const means = POLICY_NAMES.flatMap((name) =>
    (
      [
        ['stockout_ratio', 'stockout_ratio'],
        ['fill_rate', 'fill_rate'],
        ['stock_value', 'stock_value_cny'],
        ['turnover_days', 'turnover_days'],
      ] as const
    ).map(([figure, label]): [string, Interval] => [`${name}_${label}`, intervalOf(of(name, figure))]),
  );
  report(
    'closed-loop',
    {
      ...flat([...means, ...Object.entries(ratios)]),
      ...{ service_level: options.serviceLevel, moving_average_level: options.movingAverageLevel },
      ...{ seeds: options.seeds, shelves, days_counted: options.days },
      took_s: Math.round((performance.now() - began) / 1000),
    },
    TARGETS,
  );
});

/** Each with its half interval beside it. */
function flat(intervals: readonly (readonly [string, Interval])[]): Record<string, number | null> {
  const short = (value: number): number => Number(value.toPrecision(4));
  return Object.fromEntries(
    intervals.flatMap(([name, { mean, half_width }]) => [
      [name, short(mean)],
      [`${name}_ci95`, half_width === null ? null : short(half_width)],
    ]),
  );
}

function told({ stockout_ratio, fill_rate, stock_value, turnover_days }: LoopFigures): string {
  return (
    `stock-outs ${(100 * stockout_ratio).toFixed(2)} %, fill ${(100 * fill_rate).toFixed(2)} %, ` +
    `stock ¥${stock_value.toFixed(0)}, turnover ${turnover_days.toFixed(1)} days`
  );
}

function ratio(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('not between 0 and 1');
  return value;
}
