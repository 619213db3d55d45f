import { absurdBound } from '../../../models/forecast/absurd.ts';
import { demandOf, type Panel, type StaticCategory } from '../../../models/forecast/panel.ts';
import { sharedFloats } from '../panel-file/dense-panel.ts';
import { dailyCovariates, weeklyCovariates } from './known-future.ts';
import { keyOf, type DemandHistory, type SeriesFacts } from './history.ts';

/** A week of which more days than this are missing is missing; else its known days stand for it. */
const WEEK_MISSING_DAYS_MAX = 3;

/**
 * The daily panel of a history, with `h` days to come: demand is 0 on a day without orders since the first one, and missing on
 * days out of stock. Known in the future: promotions (percent off, by product and territory), the calendar, and prices.
 */
export function dailyPanel(history: DemandHistory, h: number): Panel {
  const { first_day, last_day, series } = history;
  const known = last_day - first_day + 1;
  const periods = known + h;
  const demand = sharedFloats(series.length * periods);
  demand.fill(Number.NaN);
  series.forEach((facts, index) => {
    const row = demand.subarray(index * periods, index * periods + known);
    fillDemand(row, facts, history);
  });
  return {
    series_count: series.length,
    periods,
    first_day,
    period_days: 1,
    season_length: 7,
    demand,
    covariates: dailyCovariates(history, periods),
    statics: staticsOf(series),
  };
}

/** A day's demand that was taken as missing: more than can be (`absurdBound`). */
export interface AbsurdDay {
  readonly series: number;
  readonly day: number;
  readonly qty: number;
}

/** Takes absurd quantities out of a daily panel, in place: one order of a million would be most of every total, for two years. */
export function dropAbsurd(panel: Panel): AbsurdDay[] {
  const dropped: AbsurdDay[] = [];
  for (let series = 0; series < panel.series_count; series++) {
    const demand = demandOf(panel, series);
    const bound = absurdBound(demand);
    if (bound === Number.POSITIVE_INFINITY) continue;
    demand.forEach((qty, t) => {
      if (!(qty > bound)) return;
      demand[t] = Number.NaN;
      dropped.push({ series, day: panel.first_day + t, qty });
    });
  }
  return dropped;
}

/**
 * The weekly panel: the whole weeks that end with the last known day, and `h` weeks to come. Known in the future is what is for the
 * daily one, as means over the days of each week.
 */
export function weeklyPanel(history: DemandHistory, daily: Panel, h: number): Panel {
  const known_days = history.last_day - history.first_day + 1;
  const weeks = Math.floor(known_days / 7);
  const skipped = known_days - weeks * 7;
  const periods = weeks + h;
  const demand = sharedFloats(daily.series_count * periods);
  demand.fill(Number.NaN);
  for (let series = 0; series < daily.series_count; series++) {
    for (let week = 0; week < weeks; week++) {
      const from = series * daily.periods + skipped + week * 7;
      demand[series * periods + week] = weekOf(daily.demand.subarray(from, from + 7));
    }
  }
  return {
    ...daily,
    periods,
    first_day: daily.first_day + skipped,
    period_days: 7,
    season_length: 52,
    demand,
    covariates: weeklyCovariates(history, skipped, periods),
  };
}

function weekOf(days: Float32Array): number {
  const known = days.filter((qty) => !Number.isNaN(qty));
  if (known.length < 7 - WEEK_MISSING_DAYS_MAX) return Number.NaN;
  return (known.reduce((sum, qty) => sum + qty, 0) * 7) / known.length;
}

function fillDemand(row: Float32Array, facts: SeriesFacts, history: DemandHistory): void {
  const found = history.demand.get(keyOf(facts));
  const first = found?.days[0];
  if (found === undefined || first === undefined) return;
  row.fill(0, first - history.first_day);
  found.days.forEach((day, i) => {
    row[day - history.first_day] = found.qtys[i] ?? 0;
  });
  for (const day of history.out_of_stock.get(keyOf(facts)) ?? []) {
    // A day on which something was ordered all the same says that there was demand, and at least so much.
    if (day >= first && row[day - history.first_day] === 0) row[day - history.first_day] = Number.NaN;
  }
}

function staticsOf(series: readonly SeriesFacts[]): StaticCategory[] {
  const columns: Record<string, (facts: SeriesFacts) => string> = {
    dealer: ({ dealer_id }) => dealer_id,
    sku: ({ sku_id }) => sku_id,
    category: ({ category }) => category,
    territory: ({ territory_id }) => territory_id,
  };
  return Object.entries(columns).map(([name, valueOf]) => {
    const codes = new Map<string, number>();
    const coded = series.map((facts) => {
      const value = valueOf(facts);
      const code = codes.get(value) ?? codes.size;
      codes.set(value, code);
      return code;
    });
    return { name, codes: Int32Array.from(coded), cardinality: Math.max(1, codes.size) };
  });
}
