import { DAY_MS } from '../../calendar/day.ts';

/** Parts of a date that trees can split by. Days are counted from 1970-01-01, a Thursday. */
export interface CalendarDay {
  /** 0 = Monday … 6 = Sunday. */
  readonly weekday: number;
  readonly day_of_month: number;
  /** 1 … 12. */
  readonly month: number;
  /** 0 … 1 over the year. */
  readonly year_fraction: number;
}

export function calendarDay(day: number): CalendarDay {
  const date = new Date(day * DAY_MS);
  const year = date.getUTCFullYear();
  const first = Date.UTC(year, 0, 1) / DAY_MS;
  const length = Date.UTC(year + 1, 0, 1) / DAY_MS - first;
  return {
    weekday: (((day + 3) % 7) + 7) % 7,
    day_of_month: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year_fraction: (day - first) / length,
  };
}

/** Periods in a year that end on the same weekday: 364 days or 52 weeks. */
export function yearLength(period_days: 1 | 7): number {
  return 364 / period_days;
}
