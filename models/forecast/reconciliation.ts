import { HEAD_COUNT, type Forecast } from './forecaster.ts';

/**
 * Sums of the means over groups of series and buckets of steps, bottom-up: groups × buckets, row-major. Any level that is summed so
 * agrees with every other: dealers with their SKUs, categories with their dealers, months with their days. Quantiles do not
 * add up, and are not summed.
 */
export function sumMeans(
  forecast: Forecast,
  groups: { readonly of: (series: number) => number; readonly count: number },
  buckets: { readonly of: (step: number) => number; readonly count: number },
): Float64Array {
  const { h, series, values } = forecast;
  const sums = new Float64Array(groups.count * buckets.count);
  series.forEach((one, index) => {
    const group = groups.of(one) * buckets.count;
    for (let step = 1; step <= h; step++)
      (sums[group + buckets.of(step)] as number) += values[(index * h + step - 1) * HEAD_COUNT] as number;
  });
  return sums;
}

const DAYS_OF_WEEK = 7;

/**
 * Makes a weekly forecast agree with a daily one of the same series from the same day: the mean of each week that the days reach
 * to its end is the sum of theirs, and its quantiles, which do not add up, keep their ratios to the mean. In place.
 * @returns how many weeks those are
 */
export function agreeWithDays(weeks: Forecast, days: Forecast): number {
  const near = Math.min(weeks.h, Math.floor(days.h / DAYS_OF_WEEK));
  weeks.series.forEach((_, index) => {
    for (let week = 0; week < near; week++) {
      let sum = 0;
      for (let day = week * DAYS_OF_WEEK; day < (week + 1) * DAYS_OF_WEEK; day++)
        sum += days.values[(index * days.h + day) * HEAD_COUNT] as number;
      const row = weeks.values.subarray((index * weeks.h + week) * HEAD_COUNT).subarray(0, HEAD_COUNT);
      const mean = row[0] as number;
      // Where the weekly model expects nothing its quantiles have no ratio to it.
      if (mean > 0) row.forEach((value, head) => (row[head] = value * (sum / mean)));
      row[0] = sum;
    }
  });
  return near;
}
