import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import type { AlertKind } from '../../models/contract/alert.ts';
import { fuseCases } from '../../models/diversion/fusion.ts';
import type { StoredSignal } from '../../models/diversion/stored-signal.ts';
import type { HabitSignal } from '../../models/diversion/habit.ts';
import { judgeHabits, type Habits } from '../../models/diversion/judge-habits.ts';
import { Simulation } from '../../simulator/flow/simulation.ts';
import type { TruthRow } from '../../simulator/injections/truth.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { DAY_MS, midnight } from '../../simulator/time.ts';
import { readPrefectures } from '../../sql/geo/load.ts';
import { precisionOf, recallOf, scoreOf, sumOf, type Raised } from '../diversion/score.ts';
import { report, type Target } from '../report.ts';
import { ChannelHabits } from './channel-habits.ts';

/**
 * `npm run bench:habits [-- --seeds N --dealers N --days N --seed TEXT]`: what dealers' orders, books and silence say of simulated channels,
 * judged in memory at their end, without ClickHouse: recall by kind and precision of the cases that rest on them. Cases about codes are
 * taken as all found: the rules about codes have a benchmark of their own (`bench:diversion`). A deed of the last days cannot be seen in
 * full: recall is told of those besides that began at least ten days before the end.
 */
const KINDS = ['missing_scans', 'order_surge', 'paired_buyer'] as const satisfies readonly AlertKind[];
const TARGETS: Readonly<Record<string, Target>> = {
  precision: { min: 0.9 },
  ...Object.fromEntries(KINDS.map((kind) => [`${kind}_recall`, { min: 0.75 }])),
};
const SEEN_DAYS = 10;
/** Surer than anything: a case about codes is taken as found. */
const FOUND_LOG_ODDS = 12;

const options = new Command('bench:habits')
  .description('What orders, books and silence of dealers say of labelled channels, in memory.')
  .option('--seeds <n>', 'channels', wholeNumber(1), 8)
  .option('--dealers <n>', 'dealers of each', wholeNumber(1), 150)
  .option('--days <n>', 'days of each', wholeNumber(1), 75)
  .option('--seed <text>', 'first part of the seeds', 'held')
  .parse()
  .opts<{ seeds: number; dealers: number; days: number; seed: string }>();

interface Judged {
  readonly truths: readonly TruthRow[];
  readonly raised: readonly Raised[];
  readonly series: number;
  readonly took_ms: number;
}

await runCommand(() => {
  const end_ms = midnight(Date.now());
  const judged = Array.from({ length: options.seeds }, (_, i) => judge(`${options.seed}.${i + 1}`, end_ms));
  const figures: Record<string, number | null> = {};
  for (const kind of KINDS) {
    const of_kind = (truths: readonly TruthRow[]) => truths.filter((truth) => truth.kind === kind);
    const all = sumOf(judged.map(({ truths, raised }) => scoreOf(of_kind(truths), raised)));
    const seen = sumOf(
      judged.map(({ truths, raised }) =>
        scoreOf(
          of_kind(truths).filter(
            ({ first_event_time_ms }) => first_event_time_ms <= end_ms - SEEN_DAYS * DAY_MS,
          ),
          raised,
        ),
      ),
    );
    figures[`${kind}_deeds`] = all.truths;
    figures[`${kind}_recall`] = round(recallOf(all));
    figures[`${kind}_recall_after_10_days`] = round(recallOf(seen));
  }
  const own = sumOf(
    judged.map(({ truths, raised }) =>
      scoreOf(
        truths,
        raised.filter(({ codes }) => codes.length === 0),
      ),
    ),
  );
  figures['cases'] = own.raised;
  figures['precision'] = round(precisionOf(own));
  figures['series'] = judged.reduce((sum, { series }) => sum + series, 0);
  figures['judge_ms'] = Math.round(judged.reduce((sum, { took_ms }) => sum + took_ms, 0));
  report('habits', figures, TARGETS);
  return Promise.resolve();
});

function judge(seed: string, end_ms: number): Judged {
  const { dealers, days } = options;
  const simulation = new Simulation(
    { ...DEFAULTS, seed, dealers, days, start_ms: end_ms - days * DAY_MS },
    readPrefectures(undefined),
  );
  const channel = new ChannelHabits(end_ms);
  for (const event of simulation.until(end_ms)) channel.add(event);
  const habits = channel.habits();
  const truths = simulation.truth();
  const began = performance.now();
  const signals = judgeHabits(habits);
  const took_ms = performance.now() - began;
  const raised = raisedBy(signals, habits, truths, end_ms);
  console.log(`${seed}: ${habits.orders.length} series, ${signals.length} signals, ${raised.length} cases`);
  return { truths, raised, series: habits.orders.length, took_ms };
}

function raisedBy(
  signals: readonly HabitSignal[],
  { dealers, orders }: Habits,
  truths: readonly TruthRow[],
  end_ms: number,
): Raised[] {
  const places = new Map(dealers.map(({ dealer_id, adcode }) => [dealer_id, adcode]));
  const days = orders[0]?.ordered.length ?? 0;
  const at = (day: number): string => new Date(end_ms + (day - days) * DAY_MS).toISOString();
  const base = {
    ...{ lot: '', parent_code: '', session_id: '', p_inside: 0 },
    ...{ shipped_at: null, unit_value: null, currency: '' },
  };
  const of_dealers = signals.map((signal): StoredSignal => ({
    ...base,
    ...signal,
    code: '',
    sent_code: '',
    region: places.get(signal.found_dealer_id || signal.origin_dealer_id) ?? '',
    first_event_time: at(signal.from),
    event_time: at(signal.to),
  }));
  const of_codes = truths.flatMap((truth) =>
    truth.codes.map((code): StoredSignal => ({
      ...base,
      code,
      sent_code: code,
      kind: truth.kind,
      sku_id: truth.sku_id,
      lot: truth.lot ?? '',
      origin_dealer_id: truth.origin_dealer_id,
      found_dealer_id: truth.found_dealer_id ?? '',
      region: truth.found_adcode ?? '',
      first_event_time: new Date(truth.first_event_time_ms).toISOString(),
      event_time: new Date(truth.last_event_time_ms).toISOString(),
      // Sessions of consumers are not told apart here: what a dealer scanned needs none.
      session_id: code,
      log_odds: FOUND_LOG_ODDS,
      units: 1,
    })),
  );
  return fuseCases([...of_dealers, ...of_codes], { reporting_currency: 'CNY' }).map((one) => ({
    kinds: one.kinds,
    origin_dealer_id: one.origin_dealer_id,
    found_adcode: one.found_adcode,
    sku_id: one.sku_id,
    codes: one.codes,
    seen_ms: null,
  }));
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
