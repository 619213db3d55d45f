import { scaleLinear, scaleTime } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import type { LiveRow } from '../../../models/contract/live.ts';

export type ForecastRow = LiveRow<'forecast'>;

/** A fan chart in pixels: history, the band p10-p90, the median, and what the version before had said. */
export interface FanPaths {
  readonly actual: string;
  readonly band: string;
  readonly median: string;
  readonly previous: string;
  /** Where the history ends; null without history. */
  readonly today_x: number | null;
  /** MM-DD of the bucket as it is named: a bucket is a day, not an instant, in whatever zone the screen is. */
  readonly x_ticks: readonly { readonly x: number; readonly day: string }[];
  readonly y_ticks: readonly { readonly y: number; readonly value: number }[];
}

/** The box of the plot within its picture, pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const X_TICKS = 5;
const Y_TICKS = 4;

/** @param rows in the order of time; throws for none */
export function fanPaths(given: readonly ForecastRow[], box: Box): FanPaths {
  const rows = joined(given);
  const times = rows.map((row) => Date.parse(row.bucket_start));
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) throw new Error('a fan chart needs at least one row');
  const x = scaleTime([first, last], [box.left, box.right]);
  const y = scaleLinear(domainOf(rows), [box.bottom, box.top]).nice(Y_TICKS);
  const px = (row: ForecastRow): number => x(Date.parse(row.bucket_start));
  const path = (value: (row: ForecastRow) => number | null): string =>
    line<ForecastRow>(px, (row) => y(value(row) ?? 0))
      .defined((row) => value(row) !== null)
      .curve(curveMonotoneX)(rows) ?? '';
  const band = area<ForecastRow>(
    px,
    (row) => y(row.p10 ?? 0),
    (row) => y(row.p90 ?? 0),
  )
    .defined((row) => row.p10 !== null && row.p90 !== null)
    .curve(curveMonotoneX);
  const today = rows.findLast((row) => row.actual !== null);
  return {
    actual: path((row) => row.actual),
    band: band(rows) ?? '',
    median: path((row) => row.p50),
    previous: path((row) => row.previous),
    today_x: today === undefined ? null : px(today),
    x_ticks: evenly(rows, X_TICKS).map((row) => ({ x: px(row), day: row.bucket_start.slice(5, 10) })),
    y_ticks: y.ticks(Y_TICKS).map((value) => ({ y: y(value), value })),
  };
}

/** The fan opens where the history ends: what is known is its own median and band. */
function joined(rows: readonly ForecastRow[]): readonly ForecastRow[] {
  const last = rows.findLastIndex((row) => row.actual !== null);
  const known = rows[last];
  const next = rows[last + 1];
  if (known === undefined || known.p50 !== null || next === undefined || next.p50 === null) return rows;
  const { actual } = known;
  return rows.with(last, { ...known, p10: actual, p50: actual, p90: actual });
}

/** From zero where the figures come near it; else the lower half of the picture would be empty, and the ticks say so. */
function domainOf(rows: readonly ForecastRow[]): [number, number] {
  const values = rows
    .flatMap((row) => [row.actual, row.p10, row.p50, row.p90, row.previous])
    .filter((value) => value !== null);
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low < (high - low) * 2 ? [Math.min(0, low), high] : [low - (high - low) / 4, high];
}

/** At most `count` rows at even distances, the first among them. */
function evenly<T>(rows: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.ceil(rows.length / count));
  return rows.filter((_, at) => at % step === 0);
}
