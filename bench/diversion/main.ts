import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import { ALERT_KINDS } from '../../models/contract/alert.ts';
import { Simulation } from '../../simulator/flow/simulation.ts';
import type { TruthRow } from '../../simulator/injections/truth.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { DAY_MS, HOUR_MS, midnight } from '../../simulator/time.ts';
import { readPrefectures } from '../../sql/geo/load.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { report, type Target } from '../report.ts';
import { bestOf, installForest } from './isolation-forest.ts';
import { replay, type Replayed } from './replay.ts';
import { f1Of, medianOf, precisionOf, recallOf, scoreOf, sumOf, type Raised, type Score } from './score.ts';

/**
 * `npm run bench:diversion [-- --seeds N --dealers N --days N]`: simulated channels with labelled deeds and their innocent look-alikes,
 * taken in by the detector a stretch of time after the other, as they would have come. Precision and recall at the level of
 * cases, by kind; alerts a day; false ones per 1,000 dealer-days; how long after the first evidence; scans a second as they come, and of the
 * stored history judged anew; what is kept for a code. The
 * peers are the plain rule and scikit-learn's IsolationForest (at its best threshold) on the same events.
 */
const TARGETS: Readonly<Record<string, Target>> = {
  precision: { min: 0.9 },
  recall: { min: 0.9 },
  false_cases_per_1000_dealer_days: { max: 1 },
  replay_scans_per_s: { min: 50_000 },
  state_bytes_per_code: { max: 200 },
};
/** Of each kind of which there are deeds. */
const RECALL_OF_KIND: Target = { min: 0.75 };

const options = new Command('bench:diversion')
  .description(
    'Which labelled deeds of replayed channels become cases, beside a plain rule and an isolation forest.',
  )
  .option('--seeds <n>', 'channels', wholeNumber(1), 10)
  .option('--dealers <n>', 'dealers of each', wholeNumber(1), 300)
  .option('--days <n>', 'days of each', wholeNumber(1), 60)
  .option('--stretch-hours <n>', 'event time that is taken in at once', wholeNumber(1), 24)
  .option('--seed <text>', 'first part of the seeds', 'bench')
  .parse()
  .opts<{ seeds: number; dealers: number; days: number; stretchHours: number; seed: string }>();

interface Judged {
  readonly truths: readonly TruthRow[];
  readonly raised: readonly Raised[];
  readonly replayed: Replayed;
}

await runCommand(async () => {
  const python = await installForest();
  const lab = await startLab();
  try {
    const judged: Judged[] = [];
    for (let n = 1; n <= options.seeds; n += 1) {
      const seed = `${options.seed}.${n}`;
      const { truths, events } = simulate(seed);
      const replayed = await replay(lab.stack, events, options.stretchHours * HOUR_MS, python);
      judged.push({ truths, raised: raisedBy(replayed), replayed });
      console.log(
        `${seed}: ${events.length} events, ${truths.length} deeds, ${replayed.alerts.length} cases`,
      );
    }
    const figures = figuresOf(judged);
    const kinds = Object.keys(figures).filter((name) =>
      ALERT_KINDS.some((kind) => name === `${kind}_recall`),
    );
    report('diversion', figures, {
      ...TARGETS,
      ...Object.fromEntries(kinds.map((name) => [name, RECALL_OF_KIND])),
    });
  } finally {
    await lab.end();
  }
});

function simulate(seed: string) {
  const end_ms = midnight(Date.now());
  const start_ms = end_ms - options.days * DAY_MS;
  const simulation = new Simulation(
    { ...DEFAULTS, seed, dealers: options.dealers, days: options.days, start_ms },
    readPrefectures(undefined),
  );
  const events = [...simulation.until(end_ms)];
  return { events, truths: simulation.truth() };
}

function raisedBy({ alerts, seen_ms }: Replayed): Raised[] {
  return alerts.map((alert) => ({
    kinds: alert.kinds,
    origin_dealer_id: alert.origin_dealer_id,
    found_adcode: alert.found_adcode ?? '',
    sku_id: alert.sku_id,
    codes: alert.codes,
    seen_ms: seen_ms.get(alert.alert_id) ?? null,
  }));
}

function figuresOf(judged: readonly Judged[]): Record<string, number | null> {
  const ours = sumOf(judged.map(({ truths, raised }) => scoreOf(truths, raised)));
  const plain = sumOf(judged.map(({ truths, replayed }) => scoreOf(truths, plainOf(replayed))));
  const dealer_days = options.seeds * options.dealers * options.days;
  const scans = judged.reduce((sum, { replayed }) => sum + replayed.scans, 0);
  const detect_s = judged.reduce((sum, { replayed }) => sum + replayed.detect_ms, 0) / 1000;
  const rejudge_s = judged.reduce((sum, { replayed }) => sum + replayed.rejudge_ms, 0) / 1000;
  tell('all kinds', ours);
  tell('plain rule', plain);
  const forest = bestOf(judged.map(({ truths, replayed }) => ({ truths, strange: replayed.strange })));
  tell('isolation forest', forest);
  const figures: Record<string, number | null> = {
    precision: round(precisionOf(ours)),
    recall: round(recallOf(ours)),
    f1: round(f1Of(ours)),
    plain_precision: round(precisionOf(plain)),
    plain_recall: round(recallOf(plain)),
    plain_f1: round(f1Of(plain)),
    forest_precision: round(precisionOf(forest)),
    forest_recall: round(recallOf(forest)),
    forest_f1: round(f1Of(forest)),
    alerts_per_day: round(ours.raised / (options.seeds * options.days)),
    plain_alerts_per_day: round(plain.raised / (options.seeds * options.days)),
    false_cases_per_1000_dealer_days: round(((ours.raised - ours.right) / dealer_days) * 1000),
    detection_median_h: round(hours(medianOf(ours.delays_ms))),
    scans_per_s: Math.round(scans / detect_s),
    replay_scans_per_s: Math.round(scans / rejudge_s),
    state_bytes_per_code: Math.max(
      ...judged.map(({ replayed }) => Math.round(replayed.state_bytes_per_code)),
    ),
  };
  for (const kind of ALERT_KINDS) {
    // Any case that catches a deed counts for it, under whatever kind; of what a kind alone raises there is no truth to ask.
    const of_kind = sumOf(
      judged.map(({ truths, raised }) => {
        const deeds = truths.filter((truth) => truth.kind === kind);
        return scoreOf(
          deeds,
          raised.filter((one) => scoreOf(deeds, [one]).right > 0),
        );
      }),
    );
    if (of_kind.truths === 0) continue;
    tell(kind, of_kind);
    figures[`${kind}_recall`] = round(recallOf(of_kind));
  }
  return figures;
}

function plainOf({ plain }: Replayed): Raised[] {
  return plain.map(({ origin_dealer_id, found, sku_id, codes }) => ({
    kinds: [],
    origin_dealer_id,
    found_adcode: found,
    sku_id,
    codes,
    seen_ms: null,
  }));
}

function tell(what: string, score: Score): void {
  const share = (value: number | null): string => (value === null ? '  –  ' : value.toFixed(3));
  const median = hours(medianOf(score.delays_ms));
  console.log(
    `${what.padEnd(20)} ${String(score.truths).padStart(4)} deeds, ${String(score.raised).padStart(4)} cases, ` +
      `precision ${share(precisionOf(score))}, recall ${share(recallOf(score))}` +
      (median === null ? '' : `, median delay ${median.toFixed(1)} h`),
  );
}

function hours(ms: number | null): number | null {
  return ms === null ? null : ms / HOUR_MS;
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
