import { dateOf } from '../../../models/calendar/day.ts';
import type { LongTable } from './long-table.ts';
import type { Problems } from './problems.ts';

/** The common axis of a panel: periods of a day or a week, from the first date to the last. */
export interface TimeAxis {
  /** Day of period 0. */
  readonly first_day: number;
  readonly period_days: 1 | 7;
  readonly periods: number;
  /** Rows of a date off the axis are left out. */
  period(day: number): number;
}

/** A run of dates with less than this share of all rows, beyond a gap, is stray. */
const STRAY_SHARE = 0.001;
/** Periods without any row that part stray dates from the others. */
const STRAY_GAP_PERIODS = 60;

/**
 * Lays the axis through the dates of a table. A date far off from all others (a typing error: 1917 for 2017) would stretch it by
 * years, so stray dates are named and left out. Weeks begin on the weekday that weekly rows have; daily rows make weeks from
 * Monday, of which one that is not complete at either end is left out.
 */
export function timeAxis(table: LongTable, period_days: 1 | 7, problems: Problems): TimeAxis | null {
  const rows_on = new Map<number, number>();
  for (let row = 0; row < table.rows; row++) {
    const day = table.day_of.at(row);
    rows_on.set(day, (rows_on.get(day) ?? 0) + 1);
  }
  const days = [...rows_on.keys()].sort((a, b) => a - b);
  if (days.length === 0) return null;
  const [from, to] = withoutStrays(days, rows_on, table.rows, period_days);
  nameStrays(table, from, to, problems);
  const used = days.filter((day) => day >= from && day <= to);
  return period_days === 1 ? dailyAxis(from, to) : weeklyAxis(used, rows_on, problems);
}

function dailyAxis(from: number, to: number): TimeAxis {
  return {
    first_day: from,
    period_days: 1,
    periods: to - from + 1,
    period: (day) => (day >= from && day <= to ? day - from : -1),
  };
}

/** The main run of dates: first and last day. */
function withoutStrays(
  days: readonly number[],
  rows_on: ReadonlyMap<number, number>,
  rows: number,
  period_days: number,
): [number, number] {
  const runs: { from: number; to: number; rows: number }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    const count = rows_on.get(day) ?? 0;
    if (run !== undefined && day - run.to <= STRAY_GAP_PERIODS * period_days) {
      run.to = day;
      run.rows += count;
    } else runs.push({ from: day, to: day, rows: count });
  }
  const kept = runs.filter((run) => run.rows >= Math.max(2, STRAY_SHARE * rows));
  const used = kept.length > 0 ? kept : runs;
  return [used[0]?.from ?? 0, used.at(-1)?.to ?? 0];
}

function nameStrays(table: LongTable, from: number, to: number, problems: Problems): void {
  for (let row = 0; row < table.rows; row++) {
    const day = table.day_of.at(row);
    if (day < from || day > to) problems.add('stray_date', table.line(row), 'date', dateOf(day));
  }
}

/** Weekday of a day: 0 = Monday. */
function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function weeklyAxis(
  days: readonly number[],
  rows_on: ReadonlyMap<number, number>,
  problems: Problems,
): TimeAxis {
  const by_weekday = new Float64Array(7);
  for (const day of days) (by_weekday[weekdayOf(day)] as number) += rows_on.get(day) ?? 0;
  const total = by_weekday.reduce((sum, rows) => sum + rows, 0);
  const most = by_weekday.indexOf(Math.max(...by_weekday));
  // Rows on several weekdays: days, to be summed to weeks from Monday.
  const daily = (by_weekday[most] as number) < 0.5 * total;
  const begins = daily ? 0 : most;
  const weekOf = (day: number): number => day - ((weekdayOf(day) - begins + 7) % 7);
  let from = weekOf(days[0] ?? 0);
  let to = weekOf(days.at(-1) ?? 0);
  if (daily && from < to) {
    const rowsIn = (first: number, last: number): number =>
      days
        .filter((day) => day >= first && day <= last)
        .reduce((sum, day) => sum + (rows_on.get(day) ?? 0), 0);
    if ((days[0] ?? 0) > from) {
      problems.count('partial_week', rowsIn(from, from + 6));
      from += 7;
    }
    if ((days.at(-1) ?? 0) < to + 6) {
      problems.count('partial_week', rowsIn(to, to + 6));
      to -= 7;
    }
  }
  return {
    first_day: from,
    period_days: 7,
    periods: Math.max(1, (to - from) / 7 + 1),
    period: (day) => {
      const week = weekOf(day);
      return week >= from && week <= to ? (week - from) / 7 : -1;
    },
  };
}
