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
