import { dateOf } from '../../../models/calendar/day.ts';
import { absurdBound } from '../../../models/forecast/absurd.ts';
import type { Covariate, Panel, StaticCategory } from '../../../models/forecast/panel.ts';
import type { FurtherColumn } from './columns.ts';
import { covariateOrStatic } from './covariates.ts';
import type { LongTable } from './long-table.ts';
import type { Problems } from './problems.ts';
import type { TimeAxis } from './time-axis.ts';

/** What a date without a row between the first and the last of its series means. */
export type GapMeaning = 'zero' | 'missing';

export interface DenseOptions {
  readonly season_length: number;
  /** Columns whose values are known for periods to come. */
  readonly future: readonly string[];
  /** `auto`: missing when the file writes demand of zero in rows of its own, else zero. */
  readonly gaps: GapMeaning | 'auto';
}

export interface DensePanel {
  readonly panel: Panel;
  /** Last period with known demand. */
  readonly last: number;
  readonly gaps: GapMeaning;
}

/**
 * Makes the dense panel of a table, on shared memory. The last row of the same series and day counts; days of a week are summed.
 * Every repair is named in `problems`.
 */
export function densePanel(
  table: LongTable,
  axis: TimeAxis,
  options: DenseOptions,
  problems: Problems,
): DensePanel {
  const series_count = table.series.texts.length;
  const { periods } = axis;
  const keeps = keptRows(table, axis, problems);
  const demand = sharedFloats(series_count * periods);
  demand.fill(Number.NaN);
  const bad_days =
    axis.period_days === 7 && table.in_stock_of !== null ? new Uint8Array(demand.length) : null;
  let writes_zero = false;
  for (let row = 0; row < table.rows; row++) {
    if (!keeps(row)) continue;
    const cell = table.series_of.at(row) * periods + axis.period(table.day_of.at(row));
    let qty = table.qty_of.at(row);
    if (qty === 0) writes_zero = true;
    if (table.in_stock_of?.at(row) === 0) {
      problems.count('out_of_stock', 1);
      if (bad_days !== null) bad_days[cell] = (bad_days[cell] as number) + 1;
      qty = Number.NaN;
    }
    if (Number.isNaN(qty)) continue;
    demand[cell] = (Number.isNaN(demand[cell]) ? 0 : (demand[cell] as number)) + qty;
  }
  // A week that was out of stock for half of its days or more says too little about its demand.
  bad_days?.forEach((days, cell) => {
    if (days >= 4) demand[cell] = Number.NaN;
  });
  dropAbsurd(demand, periods, table, axis, problems);
  const gaps = options.gaps === 'auto' ? (writes_zero ? 'missing' : 'zero') : options.gaps;
  const last = lastKnown(demand, periods);
  fillGaps(demand, series_count, periods, last, gaps, table, axis, problems);
  const { covariates, statics } = furtherOf(table, axis, options, keeps);
  const panel: Panel = {
    series_count,
    periods,
    first_day: axis.first_day,
    period_days: axis.period_days,
    season_length: options.season_length,
    demand,
    covariates,
    statics,
  };
  return { panel, last, gaps };
}

export function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}

/** Rows on the axis that no other row of the same series and day replaces: a later one, or one whose demand is known. */
function keptRows(table: LongTable, axis: TimeAxis, problems: Problems): (row: number) => boolean {
  const days = axis.periods * axis.period_days;
  const seen = new Uint8Array(Math.ceil((table.series.texts.length * days) / 8));
  const dropped = new Set<number>();
  for (const known of [true, false])
    for (let row = table.rows - 1; row >= 0; row--) {
      if (axis.period(table.day_of.at(row)) < 0 || Number.isNaN(table.qty_of.at(row)) === known) continue;
      const bit = table.series_of.at(row) * days + table.day_of.at(row) - axis.first_day;
      const mask = 1 << (bit & 7);
      if (((seen[bit >> 3] as number) & mask) !== 0) {
        dropped.add(row);
        problems.add('duplicate', table.line(row), 'date', dateOf(table.day_of.at(row)));
      } else (seen[bit >> 3] as number) |= mask;
    }
  return (row) => axis.period(table.day_of.at(row)) >= 0 && !dropped.has(row);
}

function dropAbsurd(
  demand: Float32Array,
  periods: number,
  table: LongTable,
  axis: TimeAxis,
  problems: Problems,
): void {
  const bounds = new Map<number, number>();
  for (let from = 0; from < demand.length; from += periods) {
    const row = demand.subarray(from, from + periods);
    const bound = absurdBound(row);
    if (bound === Number.POSITIVE_INFINITY) continue;
    bounds.set(from / periods, bound);
    for (let t = 0; t < periods; t++) if ((row[t] as number) > bound) row[t] = Number.NaN;
  }
  if (bounds.size === 0) return;
  for (let row = 0; row < table.rows; row++) {
    const bound = bounds.get(table.series_of.at(row));
    if (bound !== undefined && table.qty_of.at(row) > bound && axis.period(table.day_of.at(row)) >= 0)
      problems.add('absurd_qty', table.line(row), 'qty', String(table.qty_of.at(row)));
  }
}

function lastKnown(demand: Float32Array, periods: number): number {
  let last = -1;
  for (let cell = 0; cell < demand.length; cell++)
    if (!Number.isNaN(demand[cell])) last = Math.max(last, cell % periods);
  return last;
}

/** Fills dates without a row with zero, when that is what they mean, up to the last known period of the panel. */
function fillGaps(
  demand: Float32Array,
  series_count: number,
  periods: number,
  last: number,
  meaning: GapMeaning,
  table: LongTable,
  axis: TimeAxis,
  problems: Problems,
): void {
  const first = new Int32Array(series_count).fill(periods);
  const has_row = new Uint8Array(series_count * periods);
  for (let row = 0; row < table.rows; row++) {
    const t = axis.period(table.day_of.at(row));
    if (t < 0) continue;
    const series = table.series_of.at(row);
    first[series] = Math.min(first[series] as number, t);
    has_row[series * periods + t] = 1;
  }
  let gaps = 0;
  for (let series = 0; series < series_count; series++) {
    let known = 0;
    let sold = 0;
    for (let t = first[series] as number; t <= last; t++) {
      const cell = series * periods + t;
      if (has_row[cell] === 0) {
        gaps++;
        if (meaning === 'zero') demand[cell] = 0;
      } else if (!Number.isNaN(demand[cell])) known++;
      if ((demand[cell] as number) > 0) sold++;
    }
    if (known === 1) problems.count('single_point', 1);
    if (sold === 0) problems.count('never_sold', 1);
  }
  problems.count('gap', gaps);
}

function furtherOf(
  table: LongTable,
  axis: TimeAxis,
  options: DenseOptions,
  keeps: (row: number) => boolean,
): { covariates: Covariate[]; statics: StaticCategory[] } {
  const covariates: Covariate[] = [];
  const statics: StaticCategory[] = [];
  for (const column of table.further) {
    const found = covariateOrStatic(column, {
      ...cellsOf(table, axis, column, keeps),
      series_count: table.series.texts.length,
      periods: axis.periods,
      known_future: options.future.includes(column.name),
    });
    if (found?.covariate !== undefined) covariates.push(found.covariate);
    if (found?.category !== undefined) statics.push(found.category);
  }
  return { covariates, statics };
}

/** The values of a column on the panel's cells; NaN = unknown. In a week, numbers are averaged, of categories the last counts. */
function cellsOf(
  table: LongTable,
  axis: TimeAxis,
  column: FurtherColumn,
  keeps: (row: number) => boolean,
): { cells: Float32Array; complete: boolean } {
  const cells = sharedFloats(table.series.texts.length * axis.periods);
  cells.fill(Number.NaN);
  let complete = true;
  const averages = axis.period_days === 7 && column.categories === null ? new Uint8Array(cells.length) : null;
  for (let row = 0; row < table.rows; row++) {
    if (!keeps(row)) continue;
    const value = column.values.at(row);
    if (Number.isNaN(value)) {
      complete = false;
      continue;
    }
    const cell = table.series_of.at(row) * axis.periods + axis.period(table.day_of.at(row));
    const seen = averages?.[cell] ?? 0;
    cells[cell] = seen === 0 ? value : ((cells[cell] as number) * seen + value) / (seen + 1);
    if (averages !== null) averages[cell] = seen + 1;
  }
  return { cells, complete };
}
