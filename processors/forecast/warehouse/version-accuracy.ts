import { HEAD_COUNT, type Forecast } from '../../../models/forecast/forecaster.ts';
import type { Panel } from '../../../models/forecast/panel.ts';

/** Accuracy of a backtest at one level. Ratios; null when undefined (nothing sold, nothing known). */
export interface LevelAccuracy {
  readonly level: 'dealer_sku_day' | 'dealer_sku_28d' | 'dealer_week' | 'category_month';
  readonly points: number;
  readonly wape: number | null;
  readonly bias: number | null;
  readonly naive_wape: number | null;
  /** Share of demand between p10 and p90; told at the level of single days only. */
  readonly coverage_p80: number | null;
}

/** Of one series, over the days of the backtest. */
export interface SeriesAccuracy {
  readonly wape: number | null;
  readonly coverage_p80: number | null;
}

interface Sums {
  actual: number;
  forecast: number;
  naive: number;
}

const P10 = 1;
const P90 = 3;

/**
 * Compares a daily forecast and the naive one with what came: at four levels, and for each series. Days whose demand is
 * missing are left out on all sides. `groups` name the dealer and category of each series by a number.
 */
export function versionAccuracy(
  panel: Panel,
  forecast: Forecast,
  naive: Forecast,
  groups: { readonly dealer: Int32Array; readonly category: Int32Array },
): { readonly levels: readonly LevelAccuracy[]; readonly series: readonly SeriesAccuracy[] } {
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
  const series = Array.from(forecast.series, (one, index): SeriesAccuracy => {
    let [known, within, sold, absolute] = [0, 0, 0, 0];
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
      const dealer = groups.dealer[one] ?? 0;
      add('dealer_sku_day', `${one}/${step}`, actual, value(0), plain);
      add('dealer_sku_28d', String(one), actual, value(0), plain);
      add('dealer_week', `${dealer}/${Math.floor(step / 7)}`, actual, value(0), plain);
      add('category_month', String(groups.category[one] ?? 0), actual, value(0), plain);
    }
    covered += within;
    return {
      wape: sold > 0 ? absolute / sold : null,
      coverage_p80: known > 0 ? within / known : null,
    };
  });
  const levels = [...by_level].map(([level, sums]) => levelOf(level, [...sums.values()], covered));
  return { levels, series };
}

function levelOf(level: LevelAccuracy['level'], sums: readonly Sums[], covered: number): LevelAccuracy {
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
    points: sums.length,
    wape: share(absolute),
    bias: share(signed),
    naive_wape: share(naive),
    coverage_p80: level === 'dealer_sku_day' && sums.length > 0 ? covered / sums.length : null,
  };
}
