import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumber, wholeNumbers } from '../../ingest/program/whole-number.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { report, type Target } from '../report.ts';
import { measureEngine } from './engine.ts';
import { measure, type Measured } from './measure.ts';
import { growthOf, quantilesOf } from './quantiles.ts';

/**
 * `npm run bench:latency`: events by HTTP at fixed rates through the whole pipeline, one after another, each on tables and
 * topics of its own. How long from the time at which an event was to be sent until it is accepted, in ClickHouse, and in a
 * frame at a WebSocket client. The peer is ClickHouse's own Kafka engine at its default settings.
 */
const RATES = [1_000, 5_000, 20_000] as const;
const ENGINE_RATE = 5_000;
const STAGES = ['edge', 'clickhouse', 'client'] as const;
const TARGETS: Readonly<Record<string, Target>> = {
  clickhouse_p99_ms_at_5000: { max: 400 },
  client_p99_ms_at_5000: { max: 500 },
  clickhouse_p99_ms_at_20000: { max: 1_000 },
  client_p99_ms_at_20000: { max: 1_000 },
  clickhouse_lag_last_third_to_first_at_20000: { max: 1.5 },
};

const options = new Command('bench:latency')
  .description(
    'From an event that is sent to its row and its frame at a client, beside ClickHouse’s own Kafka engine.',
  )
  .option('--seconds <n>', 'how long each rate is held, after the warm-up', wholeNumber(1), 60)
  .option('--rates <list>', 'events a second, by comma', wholeNumbers(1), [...RATES])
  .option('--no-engine', 'leave the peer out')
  .parse()
  .opts<{ seconds: number; rates: number[]; engine: boolean }>();

await runCommand(async () => {
  const lab = await startLab();
  try {
    const figures: Record<string, number | null> = {};
    for (const rate of options.rates) {
      const measured = await measure(lab, rate, options.seconds);
      tell(measured);
      Object.assign(figures, figuresOf(measured));
    }
    if (options.engine) {
      const latencies = await measureEngine(lab, ENGINE_RATE, options.seconds);
      const engine = quantilesOf(latencies);
      console.log(`ClickHouse's Kafka engine at ${ENGINE_RATE} events/s: ${words(engine)} to ClickHouse`);
      figures[`engine_clickhouse_p50_ms_at_${ENGINE_RATE}`] = round(engine.p50);
      figures[`engine_clickhouse_p99_ms_at_${ENGINE_RATE}`] = round(engine.p99);
      const ours = figures[`clickhouse_p99_ms_at_${ENGINE_RATE}`];
      figures[`clickhouse_p99_engine_to_ours_at_${ENGINE_RATE}`] =
        engine.p99 === null || ours === null || ours === undefined ? null : round(engine.p99 / ours);
    }
    report('latency', figures, TARGETS);
  } finally {
    await lab.end();
  }
});

function figuresOf(measured: Measured): Record<string, number | null> {
  const { rate } = measured;
  const figures: Record<string, number | null> = {};
  for (const stage of STAGES) {
    for (const [quantile, value] of Object.entries(quantilesOf(measured[stage]))) {
      figures[`${stage}_${quantile}_ms_at_${rate}`] = round(value);
    }
    figures[`${stage}_lag_last_third_to_first_at_${rate}`] = round(growthOf(measured[stage]));
  }
  for (const [name, cores] of Object.entries(measured.cores))
    figures[`${name}_cores_at_${rate}`] = round(cores);
  figures[`refused_requests_at_${rate}`] = measured.feed.refused_requests;
  return figures;
}

function tell(measured: Measured): void {
  const { rate, feed, cores } = measured;
  console.log(
    `\n${rate.toLocaleString('en')} events/s, ${measured.frames_per_s.toFixed(1)} frames/s of the figure`,
  );
  for (const stage of STAGES) {
    const latencies = measured[stage];
    const missing = latencies.filter((latency) => latency === null).length;
    const growth = growthOf(latencies);
    console.log(
      `  ${stage.padEnd(10)} ${words(quantilesOf(latencies))} of ${latencies.length} events` +
        (missing > 0 ? `, ${missing} never arrived` : '') +
        (growth === null ? '' : `; last third to first ${growth.toFixed(2)}`),
    );
  }
  const used = Object.entries(cores).sort(([, a], [, b]) => b - a);
  console.log(`  cores      ${used.map(([name, value]) => `${name} ${value.toFixed(2)}`).join(', ')}`);
  console.log(`  the feed was at most ${feed.late_ms_max} ms behind its schedule`);
  if (feed.refused_requests > 0)
    console.log(`  ${feed.refused_requests} requests refused: ${feed.refusal ?? ''}`);
}

function words({ p50, p90, p99 }: ReturnType<typeof quantilesOf>): string {
  const ms = (value: number | null): string => (value === null ? 'never' : `${value.toFixed(0)} ms`);
  return `p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)}`;
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
