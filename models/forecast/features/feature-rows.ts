import { covariateOf, type Covariate, type Panel } from '../panel.ts';
import { calendarDay } from './calendar.ts';
import type { Effects } from './effects.ts';
import { groupLevel, priorLevel, type GroupTotals } from './group-totals.ts';
import { SeriesHistory } from './series-history.ts';
import { windowsOf, type Windows } from './windows.ts';

/** Known periods of the long window by which the short one's level is steadied, and of the prior by which that is. */
const STEADY_PERIODS = 6;
const PRIOR_PERIODS = 3;
/** Expected units by which a series' own response to a code is drawn to the common one, as periods of its level. */
const RESPONSE_PERIODS = 4;
const RUN_MAX = 30;
/** No series is expected to sell less than this, so that ratios to it stay finite, whatever the unit of demand. */
const LEVEL_MIN = 1e-9;

/**
 * Turns (series, origin, step) into a row of features, looking at demand up to the origin only and at covariates of known
 * future up to the target. Levels are ratios to the anchor's level: one model serves series of all sizes. Use: `load` a
 * series, `moveTo` origins in ascending order, `write` rows.
 */
export class FeatureRows {
  readonly names: readonly string[];
  readonly width: number;
  /** What the row expects without a model: level × effects at the target. The target is demand ÷ this. */
  anchor = 0;
  readonly history: SeriesHistory;
  readonly #panel: Panel;
  readonly #windows: Windows;
  readonly #totals: GroupTotals;
  readonly #calendar;
  readonly #origin_row: Float32Array;
  readonly #known_future: readonly Covariate[];
  readonly #unknown_future: readonly Covariate[];
  /** Factor that a covariate of known future became. */
  readonly #factor_of: readonly number[];
  readonly #responses: readonly { sold: Float32Array; expected: Float32Array }[];
  readonly #runs: readonly Int16Array[];
  #series = 0;
  #knows_year = false;
  #origin = -1;
  #level = 0;

  constructor(panel: Panel, effects: Effects, totals: GroupTotals) {
    this.#panel = panel;
    this.#windows = windowsOf(panel);
    this.#totals = totals;
    this.history = new SeriesHistory(panel, effects);
    this.#calendar = Array.from({ length: panel.periods }, (_, t) =>
      calendarDay(panel.first_day + t * panel.period_days),
    );
    this.#known_future = panel.covariates.filter(({ known_future }) => known_future);
    this.#unknown_future = panel.covariates.filter(
      ({ known_future, kind }) => !known_future && kind === 'numeric',
    );
    this.#factor_of = this.#known_future.map(({ name }) =>
      effects.factors.findIndex((factor) => factor.of_covariate && factor.name === name),
    );
    this.#responses = effects.factors.map(({ code_count }) => ({
      sold: new Float32Array(code_count),
      expected: new Float32Array(code_count),
    }));
    this.#runs = this.#known_future.map(() => new Int16Array(panel.periods));
    const names: string[] = [];
    this.#origin_row = new Float32Array(256);
    this.#originNames(names);
    this.#targetNames(names);
    this.names = names;
    this.width = names.length;
  }

  load(series: number, until: number): void {
    this.history.load(series, until);
    this.#series = series;
    // Until the targets' time of the year has been seen a year before, it is but a date, and trees would learn that date's luck.
    this.#knows_year = until >= this.#windows.year + this.#windows.short;
    this.#origin = -1;
    for (const { sold, expected } of this.#responses) {
      sold.fill(0);
      expected.fill(0);
    }
    this.#runs.forEach((runs, at) => {
      const codes = this.history.cells.codes[this.#factor_of[at] as number] as Uint8Array;
      for (let t = 0; t < codes.length; t++)
        runs[t] = t > 0 && codes[t] === codes[t - 1] ? Math.min(RUN_MAX, (runs[t - 1] as number) + 1) : 0;
    });
  }

  /** Goes on to a later origin and computes what all its rows share. */
  moveTo(origin: number): void {
    if (origin < this.#origin) throw new RangeError('origins of a series must ascend');
    for (let t = this.#origin + 1; t <= origin; t++) this.#learnResponse(t);
    this.#origin = origin;
    this.#level = this.#levelAt(origin);
    this.#writeOrigin(origin);
  }

  /** Writes the features of the target `step` periods after the origin; sets `anchor`. */
  write(step: number, into: Float32Array, offset: number): void {
    const origin_width = this.width - this.#targetWidth();
    into.set(this.#origin_row.subarray(0, origin_width), offset);
    this.anchor = this.#level * (this.history.cells.product[this.#origin + step] as number);
    this.#writeTarget(step, into, offset + origin_width);
  }

  #levelAt(origin: number): number {
    const { short, long } = this.#windows;
    const prior = priorLevel(this.#totals, this.#series, origin, short);
    const { history } = this;
    const steady =
      (history.sold(origin, long) + PRIOR_PERIODS * prior) / (history.usual(origin, long) + PRIOR_PERIODS);
    const level =
      (history.sold(origin, short) + STEADY_PERIODS * steady) /
      (history.usual(origin, short) + STEADY_PERIODS);
    return Math.max(LEVEL_MIN, level);
  }

  #learnResponse(t: number): void {
    const { history } = this;
    const qty = history.demand[t] as number;
    const level = history.levels[t] as number;
    if (Number.isNaN(qty) || !(level > 0)) return;
    const expected = level * (history.cells.product[t] as number);
    this.#responses.forEach((response, at) => {
      const code = (history.cells.codes[at] as Uint8Array)[t] as number;
      (response.sold[code] as number) += qty;
      (response.expected[code] as number) += expected;
    });
  }

  #originNames(names: string[]): void {
    const { levels, short, long } = this.#windows;
    names.push('log_level', 'prior_ratio', 'age', 'periods_since_sale', 'mean_sale', 'peak', 'last');
    for (const window of levels) names.push(`level_${window}`);
    for (const window of [short, long]) names.push(`sale_share_${window}`, `deviation_${window}`);
    this.#totals.groupings.forEach((_, at) => {
      names.push(`group_${at}_trend`);
    });
    for (const { name } of this.#unknown_future) names.push(`${name}_recent`, `${name}_last`);
  }

  #writeOrigin(origin: number): void {
    const { levels, short, long } = this.#windows;
    const { history } = this;
    const row = this.#origin_row;
    const level = this.#level;
    const sales = history.sales(origin, long);
    let at = 0;
    row[at++] = Math.log(level);
    row[at++] = Math.log((priorLevel(this.#totals, this.#series, origin, short) + LEVEL_MIN) / level);
    row[at++] = history.first < 0 || history.first > origin ? -1 : Math.min(long, origin - history.first);
    row[at++] =
      (history.last_sale[origin] as number) < 0 ? Number.NaN : origin - (history.last_sale[origin] as number);
    row[at++] = sales > 0 ? history.sold(origin, long) / sales / level : Number.NaN;
    row[at++] = peak(history.demand, origin, short, Math.max(0, history.first)) / level;
    row[at++] = (history.demand[origin] as number) / level;
    for (const window of levels) row[at++] = history.level(origin, window) / level;
    for (const window of [short, long]) {
      const known = history.known(origin, window);
      row[at++] = known > 0 ? history.sales(origin, window) / known : Number.NaN;
      const mean = history.sold(origin, window) / known;
      row[at++] =
        known > 1
          ? Math.sqrt(Math.max(0, history.squares(origin, window) / known - mean * mean)) / level
          : Number.NaN;
    }
    for (const grouping of this.#totals.groupings)
      row[at++] =
        groupLevel(grouping, this.#series, origin, levels[1] as number) /
        groupLevel(grouping, this.#series, origin, short);
    for (const covariate of this.#unknown_future) {
      const values = covariateOf(this.#panel, covariate, this.#series);
      row[at++] = mean(values, origin, levels[1] as number) / mean(values, origin, long);
      row[at++] = values[origin] as number;
    }
  }

  #targetNames(names: string[]): void {
    names.push('step', 'effect', 'phase', 'day_of_month', 'year_fraction');
    for (const count of this.#windows.phases) names.push(`phase_level_${count}`);
    names.push('year_ago');
    this.#totals.groupings.forEach((_, at) => {
      names.push(`group_${at}_year_ago`);
    });
    for (const { name } of this.#panel.statics) names.push(name);
    this.#known_future.forEach(({ name }) => {
      for (const part of ['value', 'effect', 'response', 'effect_before', 'effect_after', 'run'])
        names.push(`${name}_${part}`);
    });
  }

  #targetWidth(): number {
    return (
      6 +
      this.#windows.phases.length +
      this.#totals.groupings.length +
      this.#panel.statics.length +
      6 * this.#known_future.length
    );
  }

  #writeTarget(step: number, into: Float32Array, offset: number): void {
    const target = this.#origin + step;
    const { history } = this;
    const season = Math.max(1, this.#panel.season_length);
    const day = this.#calendar[target];
    const level = this.#level;
    let at = offset;
    into[at++] = step;
    into[at++] = history.cells.product[target] as number;
    into[at++] = this.#panel.period_days === 1 ? (day?.weekday ?? Number.NaN) : target % season;
    into[at++] = day?.day_of_month ?? Number.NaN;
    into[at++] = this.#knows_year ? (day?.year_fraction ?? Number.NaN) : Number.NaN;
    const phase = target - season * Math.ceil(step / season);
    for (const count of this.#windows.phases) into[at++] = history.phaseLevel(phase, count) / level;
    into[at++] = this.#yearAgo(target, (t, window) => history.level(t, window));
    for (const grouping of this.#totals.groupings)
      into[at++] = this.#yearAgo(target, (t, window) => groupLevel(grouping, this.#series, t, window));
    for (const { codes } of this.#panel.statics) into[at++] = codes[this.#series] as number;
    for (let covariate = 0; covariate < this.#known_future.length; covariate++)
      at = this.#writeCovariate(covariate, target, into, at);
  }

  /** How the level moved last year from this origin's time to this target's. */
  #yearAgo(target: number, level: (t: number, window: number) => number): number {
    const { year, year_half, short } = this.#windows;
    const then = target - year;
    const origin_then = this.#origin - year;
    if (origin_then < short) return Number.NaN;
    const last = Math.min(then + year_half, this.#origin);
    const ratio = level(last, 2 * year_half + 1) / level(origin_then, short);
    return Number.isFinite(ratio) ? Math.min(ratio, 100) : Number.NaN;
  }

  #writeCovariate(covariate: number, target: number, into: Float32Array, offset: number): number {
    const { cells } = this.history;
    const factor = this.#factor_of[covariate] as number;
    const source = this.#known_future[covariate] as Covariate;
    const values = covariateOf(this.#panel, source, this.#series);
    const code = (cells.codes[factor] as Uint8Array)[target] as number;
    const { sold, expected } = this.#responses[factor] as { sold: Float32Array; expected: Float32Array };
    const steady = RESPONSE_PERIODS * this.#level;
    let at = offset;
    into[at++] = values[target] as number;
    into[at++] = cells.effect(factor, target);
    into[at++] = ((sold[code] as number) + steady) / ((expected[code] as number) + steady);
    into[at++] = cells.effect(factor, Math.max(0, target - 1));
    into[at++] = target + 1 < this.#panel.periods ? cells.effect(factor, target + 1) : Number.NaN;
    into[at++] = (this.#runs[covariate] as Int16Array)[target] as number;
    return at;
  }
}

function peak(demand: Float32Array, origin: number, window: number, first: number): number {
  let highest = Number.NaN;
  for (let t = Math.max(first, origin - window + 1); t <= origin; t++)
    if (!(highest >= (demand[t] as number)))
      highest = Number.isNaN(demand[t]) ? highest : (demand[t] as number);
  return highest;
}

function mean(values: Float32Array, t: number, window: number): number {
  let sum = 0;
  let known = 0;
  for (let at = Math.max(0, t - window + 1); at <= t; at++) {
    if (Number.isNaN(values[at])) continue;
    sum += values[at] as number;
    known++;
  }
  return known > 0 ? sum / known : Number.NaN;
}
