import type { Covariate } from '../../../models/forecast/panel.ts';
import { sharedFloats } from '../panel-file/dense-panel.ts';
import { dayKind } from './calendar.ts';
import type { DemandHistory, PriceDays, PromotionDays, SeriesFacts } from './history.ts';

/** Name of the covariate of promotions, percent off. */
export const PROMO = 'promo';
/** Mean percent off of a week, as effects tell it apart: each step is learned by itself, so they are few. */
const WEEK_DISCOUNTS = [0, 3, 8, 15, 25, 40] as const;
const PUBLIC_HOLIDAY = 2;
const WORKED_WEEKEND = 3;

/** Writes what is known of a series on each day from the first of the history on, as far as the row goes. */
type DaysOf = (facts: SeriesFacts, into: Float32Array) => void;

/** Promotions (percent off), the kind of the day, and the planned price where any changes. */
export function dailyCovariates(history: DemandHistory, periods: number): Covariate[] {
  const { series, first_day } = history;
  const rowsOf = (name: string, days: DaysOf): Covariate => {
    const values = sharedFloats(series.length * periods);
    series.forEach((facts, index) => {
      days(facts, values.subarray(index * periods, (index + 1) * periods));
    });
    return { name, kind: 'numeric', known_future: true, values, shared: false };
  };
  const calendar = sharedFloats(periods);
  calendar.forEach((_, t) => {
    calendar[t] = dayKind(first_day + t);
  });
  const prices = pricesOf(history, periods);
  return [
    rowsOf(PROMO, promotionsOf(history)),
    { name: 'calendar', kind: 'category', known_future: true, values: calendar, shared: true },
    ...(prices === null ? [] : [rowsOf('price', prices)]),
  ];
}

/**
 * The same by weeks that begin `skipped` days after the history does: mean percent off, mean price, public holidays and worked weekends as
 * numbers of days. What is the same in all weeks is left out.
 */
export function weeklyCovariates(history: DemandHistory, skipped: number, weeks: number): Covariate[] {
  const { series, first_day } = history;
  const scratch = new Float32Array(skipped + weeks * 7);
  const rowsOf = (name: string, days: DaysOf, told: (mean: number) => number): Covariate => {
    const values = sharedFloats(series.length * weeks);
    series.forEach((facts, index) => {
      days(facts, scratch);
      for (let week = 0; week < weeks; week++)
        values[index * weeks + week] = told(meanOf(scratch, skipped + week * 7));
    });
    return { name, kind: 'numeric', known_future: true, values, shared: false };
  };
  const daysOfKind = (name: string, kind: number): Covariate => {
    const values = sharedFloats(weeks);
    for (let at = 0; at < weeks * 7; at++)
      if (dayKind(first_day + skipped + at) === kind) (values[Math.floor(at / 7)] as number) += 1;
    return { name, kind: 'numeric', known_future: true, values, shared: true };
  };
  const prices = pricesOf(history, scratch.length);
  const all = [
    ...(history.promotions.length === 0 ? [] : [rowsOf(PROMO, promotionsOf(history), nearestDiscount)]),
    daysOfKind('holidays', PUBLIC_HOLIDAY),
    daysOfKind('worked_weekends', WORKED_WEEKEND),
    ...(prices === null ? [] : [rowsOf('price', prices, (mean) => mean)]),
  ];
  return all.filter(({ values }) => values.some((value) => value !== values[0]));
}

/** Of the known days among seven; NaN when none is. */
function meanOf(days: Float32Array, from: number): number {
  const known = days.subarray(from, from + 7).filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function nearestDiscount(mean: number): number {
  return WEEK_DISCOUNTS.reduce((best, one) => (Math.abs(one - mean) < Math.abs(best - mean) ? one : best));
}

function promotionsOf({ first_day, promotions }: DemandHistory): DaysOf {
  const by_sku = new Map<string, PromotionDays[]>();
  for (const promotion of promotions)
    for (const sku of promotion.sku_ids) {
      const list = by_sku.get(sku);
      if (list === undefined) by_sku.set(sku, [promotion]);
      else list.push(promotion);
    }
  return ({ sku_id, territory_id }, into) => {
    into.fill(0);
    for (const { territory_ids, discount_pct, ...days } of by_sku.get(sku_id) ?? []) {
      if (territory_ids.length > 0 && !territory_ids.includes(territory_id)) continue;
      const to = Math.min(into.length, days.last_day - first_day + 1);
      for (let t = Math.max(0, days.first_day - first_day); t < to; t++)
        into[t] = Math.max(into[t] as number, discount_pct);
    }
  };
}

/** The planned price as a ratio to the series' usual one, the median of all days. Null where none ever changes. */
function pricesOf({ first_day, prices, series }: DemandHistory, periods: number): DaysOf | null {
  const by_sku = new Map<string, PriceDays[]>();
  for (const price of prices) {
    if (price.last_day < first_day || price.first_day >= first_day + periods) continue;
    const list = by_sku.get(price.sku_id);
    if (list === undefined) by_sku.set(price.sku_id, [price]);
    else list.push(price);
  }
  const days: DaysOf = ({ sku_id, tier, territory_id }, into) => {
    into.fill(Number.NaN);
    let first = Number.NaN;
    let is_one = true;
    // In ascending rank and time: what holds is written last.
    for (const price of by_sku.get(sku_id) ?? []) {
      if (price.tier !== 0 && price.tier !== tier) continue;
      if (price.territory_id !== '' && price.territory_id !== territory_id) continue;
      if (Number.isNaN(first)) first = price.price;
      is_one &&= price.price === first;
      into.fill(
        price.price,
        Math.max(0, price.first_day - first_day),
        Math.max(0, Math.min(into.length, price.last_day - first_day + 1)),
      );
    }
    const usual = is_one ? Math.fround(first) : medianOf(into);
    into.forEach((value, t) => {
      into[t] = Math.round((1000 * value) / usual) / 1000;
    });
  };
  const scratch = new Float32Array(periods);
  const changes = series.some((facts) => {
    if ((by_sku.get(facts.sku_id)?.length ?? 0) < 2) return false;
    days(facts, scratch);
    return scratch.some((ratio) => !Number.isNaN(ratio) && ratio !== 1);
  });
  return changes ? days : null;
}

function medianOf(values: Float32Array): number {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  return known[known.length >> 1] ?? Number.NaN;
}
