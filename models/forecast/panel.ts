/**
 * A dense panel of demand: series × periods in typed arrays. Every array may lie on a SharedArrayBuffer, so that worker
 * threads read it without a copy. Series-major: the value of series s at period t stands at `s * periods + t`.
 */
export interface Panel {
  readonly series_count: number;
  /** Number of periods on the common time axis, known-future ones included. */
  readonly periods: number;
  /** Day of period 0, in days since 1970-01-01. */
  readonly first_day: number;
  readonly period_days: 1 | 7;
  /** Periods in the main season: 7 for days, 52 for weeks unless said otherwise. */
  readonly season_length: number;
  /** Units; NaN = missing (out of stock, not recorded, before the first sale). Never negative. */
  readonly demand: Float32Array;
  readonly covariates: readonly Covariate[];
  readonly statics: readonly StaticCategory[];
}

/** What moves demand: price, promotion, event, weather … */
export interface Covariate {
  readonly name: string;
  /** A number, or the code of a category (from 0; −1 = none). */
  readonly kind: 'numeric' | 'category';
  /** Known for the periods after the origin: planned prices and promotions, the calendar. */
  readonly known_future: boolean;
  /** series × periods, or one row of periods when all series share it. NaN = unknown. */
  readonly values: Float32Array;
  readonly shared: boolean;
  /** Read as 0 in all periods after this one: see `withoutCovariate`. */
  readonly zero_after?: number;
}

/** One category for each series, coded 0 … cardinality − 1: a store, a territory, a department. */
export interface StaticCategory {
  readonly name: string;
  readonly codes: Int32Array;
  readonly cardinality: number;
}

/** The demand of one series over all periods (a view, no copy). */
export function demandOf(panel: Panel, series: number): Float32Array {
  return panel.demand.subarray(series * panel.periods, (series + 1) * panel.periods);
}

/** The values of a covariate for one series over all periods (a view, no copy unless a part of it is left out). */
export function covariateOf(panel: Panel, covariate: Covariate, series: number): Float32Array {
  const { values, shared, zero_after } = covariate;
  const row = shared ? values : values.subarray(series * panel.periods, (series + 1) * panel.periods);
  return zero_after === undefined ? row : row.slice().fill(0, zero_after + 1);
}

/**
 * The panel as if nothing of a covariate were to come after `origin` (no promotion: 0). Its values stay as they are, so that a model that
 * was fitted on the panel finds the same codes for them.
 */
export function withoutCovariate(panel: Panel, name: string, origin: number): Panel {
  const covariates = panel.covariates.map((covariate) =>
    covariate.name === name ? { ...covariate, zero_after: origin } : covariate,
  );
  return { ...panel, covariates };
}

/** The first period in which the series has sold: its life begins there. −1 when it never sold before `until`. */
export function firstSale(demand: Float32Array, until: number): number {
  for (let t = 0; t < until; t++) if ((demand[t] ?? Number.NaN) > 0) return t;
  return -1;
}

/** Throws a RangeError when the arrays of a panel do not fit its dimensions or hold a demand that cannot be. */
export function assertPanel(panel: Panel): void {
  const cells = panel.series_count * panel.periods;
  if (panel.demand.length !== cells)
    throw new RangeError(
      `demand has ${panel.demand.length} cells, not ${panel.series_count} × ${panel.periods}`,
    );
  for (const { name, values, shared } of panel.covariates)
    if (values.length !== (shared ? panel.periods : cells))
      throw new RangeError(`covariate "${name}" has ${values.length} cells`);
  for (const { name, codes, cardinality } of panel.statics)
    if (codes.length !== panel.series_count || codes.some((code) => code < 0 || code >= cardinality))
      throw new RangeError(`static "${name}" does not fit ${panel.series_count} series`);
  for (const qty of panel.demand)
    if (qty < 0 || qty === Number.POSITIVE_INFINITY) throw new RangeError(`demand of ${qty}`);
}
