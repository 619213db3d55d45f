import { splitPeriod, type PeriodForecast } from './demand-sum.ts';

/** A forecast by days and by weeks, both from the same first day on. */
export interface ForecastAhead {
  readonly days: readonly PeriodForecast[];
  readonly weeks: readonly PeriodForecast[];
  /** Days of it that have passed since it was made. */
  readonly days_over: number;
}

const DAYS_OF_WEEK = 7;

/**
 * Day by day from today on: the daily forecast, and beyond its end the weekly one, split so that `sumDemand` with the same `correlation`
 * has each week's mean and deviation again. So a lead time that is longer than the daily forecast is covered as far as the weeks go.
 */
export function demandAhead(
  { days, weeks, days_over }: ForecastAhead,
  correlation: number,
): PeriodForecast[] {
  const later = weeks.flatMap((week) => splitPeriod(week, DAYS_OF_WEEK, correlation)).slice(days.length);
  return [...days, ...later].slice(days_over);
}
