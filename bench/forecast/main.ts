import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { runCommand, UsageError } from '../../ingest/program/command.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import { DAY_MS } from '../../models/calendar/day.ts';
import type { Accuracy } from '../../models/forecast/accuracy.ts';
import { accuracyTable } from '../../processors/forecast/backtest/accuracy-table.ts';
import { densePanel } from '../../processors/forecast/panel-file/dense-panel.ts';
import { readLongTable } from '../../processors/forecast/panel-file/long-table.ts';
import { Problems } from '../../processors/forecast/panel-file/problems.ts';
import { timeAxis } from '../../processors/forecast/panel-file/time-axis.ts';
import { report, type Target } from '../report.ts';
import { runOurs } from './ours.ts';
import { benchPanels, type BenchPanel } from './panels.ts';
import { installPeers, runPeers } from './peers.ts';
import { scale } from './scale.ts';
import { scoreFile, type NamedPanel } from './score.ts';

/**
 * `npm run bench:forecast`: the same panels by ours (the backtest command, end to end) and by statsforecast's AutoETS, AutoTheta
 * and CrostonSBA and LightGBM (their models alone, without reading or start), one after another on the same cores; all forecasts scored
 * by one scorer. Then, unless told not to, 100,000 series for time and memory. With --file a panel of one's own instead.
 */
const options = new Command('bench:forecast')
  .description('The forecasts beside named peers, on the same panels.')
  .option(
    '--retail <file>',
    'the whole of UCI Online Retail, .csv.gz (default: the cut that is shipped)',
    process.env['ONLINE_RETAIL_FILE'],
  )
  .option('--panels <names>', 'only these panels, by comma: retail, retail_weekly, channel, promotions')
  .option('--file <csv>', 'a panel of your own instead: series_id,date,qty and more, as for npm run backtest')
  .option('--freq <freq>', 'of that file: D or W', 'D')
  .option('--h <n>', 'periods ahead, of that file', wholeNumber(1), 28)
  .option('--season <n>', 'periods of a season, of that file', wholeNumber(1), 7)
  .option('--future <columns>', 'columns of that file that are known ahead, by comma')
  .option('--origins <n>', 'origins of each panel', wholeNumber(1), 1)
  .option('--scale-series <n>', 'series of the bench of scale; 0 leaves it out', wholeNumber(0), 100_000)
  .parse()
  .opts<{
    retail?: string;
    panels?: string;
    file?: string;
    freq: 'D' | 'W';
    h: number;
    season: number;
    future?: string;
    origins: number;
    scaleSeries: number;
  }>();

const WORK = fileURLToPath(new URL('../../.cache/bench-forecast', import.meta.url));
const OURS = 'dealerstream';

await runCommand(async () => {
  await mkdir(WORK, { recursive: true });
  const panels = ownPanel() ?? chosenPanels();
  if (panels.length === 0) throw new UsageError(`no panel of ${options.panels ?? ''}`);
  console.log('installing the peers …');
  const python = await installPeers();
  const figures: Record<string, number | null> = {};
  const targets: Record<string, Target> = {};
  for (const panel of panels) {
    const result = await compare(panel, python);
    Object.assign(figures, figuresOf(panel, result));
    if (options.file === undefined) Object.assign(targets, targetsOf(panel));
  }
  if (options.scaleSeries > 0 && options.file === undefined) {
    const { seconds_per_origin, peak_rss_mib } = await scale(options.scaleSeries, WORK);
    Object.assign(figures, {
      scale_series: options.scaleSeries,
      scale_seconds: seconds_per_origin,
      scale_peak_rss_mib: peak_rss_mib,
    });
    Object.assign(targets, { scale_seconds: { max: 900 }, scale_peak_rss_mib: { max: 4096 } });
  }
  report('forecast', rounded(figures), targets);
});

function chosenPanels(): readonly BenchPanel[] {
  return benchPanels(options.retail).filter(({ name }) => options.panels?.split(',').includes(name) ?? true);
}

/** The file that was named, compared as any panel; null when none was. */
function ownPanel(): readonly BenchPanel[] | null {
  const { file, freq, h, season, future = '' } = options;
  if (file === undefined) return null;
  const columns = future.split(',').filter((column) => column !== '');
  return [{ name: 'own', freq, h, season, future: columns, write: (path) => copyFile(file, path) }];
}

interface Compared {
  /** Wall seconds of one origin, by model. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly accuracy: Readonly<Record<string, Accuracy>>;
  /** Ours without any column known in the future; null when the panel has none. */
  readonly blind: Accuracy | null;
}

async function compare(bench: BenchPanel, python: string): Promise<Compared> {
  const { name, freq, h, season, future } = bench;
  const file = join(WORK, `${name}.csv`);
  await bench.write(file);
  const panel = await namedPanel(file, bench);
  console.log(`\n${name}: ${panel.panel.series_count} series × ${panel.panel.periods} periods, ${h} ahead`);
  const out = join(WORK, name);
  const common = { file, freq, h, season };
  const ours = await runOurs({ ...common, future, origin_count: options.origins, out: join(out, OURS) });
  const times = await runPeers(python, {
    ...common,
    future,
    gaps: panel.gaps,
    origins: ours.origins,
    out: join(out, 'peers'),
  });
  const accuracy: Record<string, Accuracy> = {
    [OURS]: await scoreFile(join(out, OURS, 'forecasts.csv'), panel, h),
  };
  const seconds: Record<string, number> = { [OURS]: ours.seconds_per_origin };
  for (const [peer, of_origins] of Object.entries(times)) {
    accuracy[peer] = await scoreFile(join(out, 'peers', `${peer}.csv`), panel, h);
    seconds[peer] = of_origins.reduce((sum, one) => sum + one, 0) / of_origins.length;
  }
  const blind = future.length === 0 ? null : await runBlind(bench, file, join(out, 'blind'), panel);
  console.log(accuracyTable(accuracy));
  console.log(
    `seconds an origin: ${Object.entries(seconds)
      .map(([model, s]) => `${model} ${s.toFixed(1)}`)
      .join(', ')}`,
  );
  return { seconds, accuracy, blind };
}

async function runBlind(bench: BenchPanel, file: string, out: string, panel: NamedPanel): Promise<Accuracy> {
  const { freq, h, season } = bench;
  await runOurs({ file, freq, h, season, future: [], origin_count: options.origins, out });
  return scoreFile(join(out, 'forecasts.csv'), panel, h);
}

async function namedPanel(file: string, { freq, season }: BenchPanel): Promise<NamedPanel> {
  const problems = new Problems();
  const table = await readLongTable(file, Math.floor(Date.now() / DAY_MS), problems);
  const axis = timeAxis(table, freq === 'D' ? 1 : 7, problems);
  if (axis === null) throw new Error(`${file} has no date`);
  const { panel, gaps } = densePanel(
    table,
    axis,
    { season_length: season, future: [], gaps: 'auto' },
    problems,
  );
  return { panel, names: table.series.texts, gaps };
}

function figuresOf(
  { name, future }: BenchPanel,
  { seconds, accuracy, blind }: Compared,
): Record<string, number | null> {
  const ours = accuracy[OURS];
  const ratio = (of: (one: Accuracy) => number | null | undefined, peer: string): number | null => {
    const other = accuracy[peer] === undefined ? null : of(accuracy[peer]);
    const own = ours === undefined ? null : of(ours);
    return own === null || own === undefined || !other ? null : own / other;
  };
  const faster = (peer: string): number => (seconds[peer] ?? 0) / (seconds[OURS] ?? Number.NaN);
  const wape = (one: Accuracy): number | null => one.wape;
  return {
    [`${name}_seconds_per_origin`]: seconds[OURS] ?? null,
    [`${name}_autoets_to_ours_time_ratio`]: faster('AutoETS'),
    [`${name}_lightgbm_to_ours_time_ratio`]: faster('LightGBM'),
    [`${name}_wape`]: ours?.wape ?? null,
    [`${name}_wape_to_lightgbm_ratio`]: ratio(wape, 'LightGBM'),
    [`${name}_wape_to_autoets_ratio`]: ratio(wape, 'AutoETS'),
    [`${name}_wape_to_autotheta_ratio`]: ratio(wape, 'AutoTheta'),
    [`${name}_wape_to_sba_ratio`]: ratio(wape, 'CrostonSBA'),
    [`${name}_wql_p90_to_autoets_ratio`]: ratio((one) => one.wql[2], 'AutoETS'),
    [`${name}_wql_p95_to_autoets_ratio`]: ratio((one) => one.wql[3], 'AutoETS'),
    [`${name}_coverage_p90_miss`]: missOf(ours?.coverage[2], 0.9),
    [`${name}_coverage_p95_miss`]: missOf(ours?.coverage[3], 0.95),
    [`${name}_bias_abs`]: missOf(ours?.bias, 0),
    ...(future.length > 0 && blind?.wape && ours?.wape
      ? { [`${name}_wape_known_to_unknown_future_ratio`]: ours.wape / blind.wape }
      : {}),
  };
}

function targetsOf({ name }: BenchPanel): Record<string, Target> {
  const fast =
    name === 'retail_weekly'
      ? {}
      : {
          [`${name}_seconds_per_origin`]: { max: 12 },
          [`${name}_autoets_to_ours_time_ratio`]: { min: 4 },
          [`${name}_lightgbm_to_ours_time_ratio`]: { min: 4 },
        };
  return {
    ...fast,
    [`${name}_wape_to_lightgbm_ratio`]: { max: 1.01 },
    [`${name}_wape_to_autoets_ratio`]: { max: 1 },
    [`${name}_wape_to_autotheta_ratio`]: { max: 1 },
    [`${name}_wape_to_sba_ratio`]: { max: 1 },
    [`${name}_wql_p90_to_autoets_ratio`]: { max: 1 },
    [`${name}_wql_p95_to_autoets_ratio`]: { max: 1 },
    ...(name === 'promotions' ? { [`${name}_wape_known_to_unknown_future_ratio`]: { max: 0.65 } } : {}),
    [`${name}_coverage_p90_miss`]: { max: 0.02 },
    [`${name}_coverage_p95_miss`]: { max: 0.015 },
    [`${name}_bias_abs`]: { max: 0.05 },
  };
}

/** Distance from what it should be, on either side. */
function missOf(figure: number | null | undefined, wanted: number): number | null {
  return figure === null || figure === undefined ? null : Math.abs(figure - wanted);
}

function rounded(figures: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name,
      value === null ? null : Math.round(value * 1e4) / 1e4,
    ]),
  );
}
