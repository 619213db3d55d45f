import { HEAD_COUNT, LEVELS } from './forecaster.ts';
import { demandOf, firstSale, type Panel } from './panel.ts';

/** Series that have to have stood unsold before they say anything of others. */
const UNSOLD_MIN = 5;

/**
 * What a period of a series is expected to sell whose demand is known up to `origin` and was nothing: what series sold within the last
 * horizon that had sold nothing before it (mean and empirical quantiles over series and periods, in units). Some are launched, most
 * stay as they are; the level of series that do sell says nothing of them. Zeros where too few stood so.
 */
export function unsoldRow(panel: Panel, origin: number, h: number): Float32Array {
  const then = origin - h;
  const row = new Float32Array(HEAD_COUNT);
  const seen: number[] = [];
  let series_count = 0;
  for (let series = 0; series < panel.series_count && then >= 0; series++) {
    const demand = demandOf(panel, series);
    if (firstSale(demand, then + 1) >= 0 || !demand.subarray(0, then + 1).some((qty) => qty === 0)) continue;
    series_count++;
    for (const qty of demand.subarray(then + 1, origin + 1)) if (!Number.isNaN(qty)) seen.push(qty);
  }
  if (series_count < UNSOLD_MIN || seen.length === 0) return row;
  const sorted = Float64Array.from(seen).sort();
  row[0] = sorted.reduce((sum, qty) => sum + qty, 0) / sorted.length;
  LEVELS.forEach((level, head) => {
    row[1 + head] = sorted[Math.ceil(level * sorted.length) - 1] as number;
  });
  return row;
}
