import { HEAD_COUNT, type Forecast } from '../../../models/forecast/forecaster.ts';
import type { Panel } from '../../../models/forecast/panel.ts';

/** Accuracy of a backtest at one level. Ratios; null when undefined (nothing sold, nothing known). */
export interface LevelAccuracy {
  readonly level: 'dealer_sku_day' | 'dealer_sku_28d' | 'dealer_week' | 'category_month';
  /** Days from what was known last to the first day of the nearest and of the farthest sum. */
  readonly lag_first: number;
  readonly lag_last: number;
  readonly points: number;
  readonly wape: number | null;
  readonly bias: number | null;
  readonly naive_wape: number | null;
  /** Share of demand between p10 and p90; told at the level of single days only. */
  readonly coverage_p80: number | null;
}

/** Of one series, over the buckets of a backtest. */
export interface SeriesAccuracy {
  readonly wape: number | null;
  readonly coverage_p80: number | null;
}

/** Of one series, over the days of the backtest. */
export interface DailyAccuracy extends SeriesAccuracy {
  /** Of the sums over seven days. */
  readonly week_wape: number | null;
}

/** Of a version's days: at each level, and of each series. */
export interface VersionAccuracy {
  readonly levels: readonly LevelAccuracy[];
  readonly series: readonly DailyAccuracy[];
}

interface Sums {
  actual: number;
  forecast: number;
  naive: number;
}

const P10 = 1;
const P90 = 3;
const DAYS_OF_WEEK = 7;

/**
 * Compares a daily forecast and the naive one with what came: at four levels, and for each series. Days whose demand is
 * missing are left out on all sides. `groups` name the dealer and category of each series by a number.
 */
export function versionAccuracy(
  panel: Panel,
  forecast: Forecast,
  naive: Forecast,
  groups: { readonly dealer: Int32Array; readonly category: Int32Array },
): VersionAccuracy {
  const { h, origin } = forecast;
  const by_level = new Map<LevelAccuracy['level'], Map<string, Sums>>();
  const add = (
    level: LevelAccuracy['level'],
    key: string,
    actual: number,
    mean: number,
    plain: number,
  ): void => {
    const sums = by_level.get(level) ?? new Map<string, Sums>();
    by_level.set(level, sums);
    const one = sums.get(key) ?? { actual: 0, forecast: 0, naive: 0 };
    sums.set(key, {
      actual: one.actual + actual,
      forecast: one.forecast + mean,
      naive: one.naive + plain,
    });
  };
  let covered = 0;
  const series = Array.from(forecast.series, (one, index): DailyAccuracy => {
    let [known, within, sold, absolute] = [0, 0, 0, 0];
    const errors_of_week = new Float64Array(Math.ceil(h / DAYS_OF_WEEK));
    for (let step = 0; step < h; step++) {
      const actual = panel.demand[one * panel.periods + origin + 1 + step] ?? Number.NaN;
      if (Number.isNaN(actual)) continue;
      const at = (index * h + step) * HEAD_COUNT;
      const value = (head: number): number => forecast.values[at + head] ?? 0;
      const plain = naive.values[at] ?? 0;
      known++;
      if (actual >= value(P10) && actual <= value(P90)) within++;
      sold += actual;
      absolute += Math.abs(actual - value(0));
      (errors_of_week[Math.floor(step / DAYS_OF_WEEK)] as number) += actual - value(0);
      const dealer = groups.dealer[one] ?? 0;
      add('dealer_sku_day', `${one}/${step}`, actual, value(0), plain);
      add('dealer_sku_28d', String(one), actual, value(0), plain);
      add('dealer_week', `${dealer}/${Math.floor(step / DAYS_OF_WEEK)}`, actual, value(0), plain);
      add('category_month', String(groups.category[one] ?? 0), actual, value(0), plain);
    }
    covered += within;
    return {
      wape: sold > 0 ? absolute / sold : null,
      coverage_p80: known > 0 ? within / known : null,
      week_wape: sold > 0 ? errors_of_week.reduce((sum, error) => sum + Math.abs(error), 0) / sold : null,
    };
  });
  const levels = [...by_level].map(([level, sums]) => levelOf(level, [...sums.values()], covered, h));
  return { levels, series };
}

/** Accuracy of each series over the buckets of a forecast whose demand is known. */
export function seriesAccuracy(panel: Panel, { h, origin, series, values }: Forecast): SeriesAccuracy[] {
  return Array.from(series, (one, index): SeriesAccuracy => {
    let [known, within, sold, absolute] = [0, 0, 0, 0];
    for (let step = 0; step < h; step++) {
      const actual = panel.demand[one * panel.periods + origin + 1 + step] ?? Number.NaN;
      if (Number.isNaN(actual)) continue;
      const at = (index * h + step) * HEAD_COUNT;
      known++;
      if (actual >= (values[at + P10] ?? 0) && actual <= (values[at + P90] ?? 0)) within++;
      sold += actual;
      absolute += Math.abs(actual - (values[at] ?? 0));
    }
    return { wape: sold > 0 ? absolute / sold : null, coverage_p80: known > 0 ? within / known : null };
  });
}

/** First day of the last sum of each level, of h days. */
const LAST_LAG: Readonly<Record<LevelAccuracy['level'], (h: number) => number>> = {
  dealer_sku_day: (h) => h,
  dealer_sku_28d: () => 1,
  dealer_week: (h) => 1 + DAYS_OF_WEEK * (Math.ceil(h / DAYS_OF_WEEK) - 1),
  category_month: () => 1,
};

function levelOf(
  level: LevelAccuracy['level'],
  sums: readonly Sums[],
  covered: number,
  h: number,
): LevelAccuracy {
  let [actual, absolute, signed, naive] = [0, 0, 0, 0];
  for (const one of sums) {
    actual += one.actual;
    absolute += Math.abs(one.actual - one.forecast);
    signed += one.forecast - one.actual;
    naive += Math.abs(one.actual - one.naive);
  }
  const share = (part: number): number | null => (actual > 0 ? part / actual : null);
  return {
    level,
    lag_first: 1,
    lag_last: LAST_LAG[level](h),
    points: sums.length,
    wape: share(absolute),
    bias: share(signed),
    naive_wape: share(naive),
    coverage_p80: level === 'dealer_sku_day' && sums.length > 0 ? covered / sums.length : null,
  };
}
