import { scaleLinear } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';

/** Paths of a sparkline in pixels, and its last point. Gaps (null) break the line: they are not joined. */
export interface SparklinePaths {
  readonly line: string;
  readonly area: string;
  readonly last: { readonly x: number; readonly y: number } | null;
}

/** Room for the stroke above and below, and for the dot at the end. */
const PADDING_PX = 4;
const END_PX = 10;

/**
 * @param values oldest first; null = no value in that bucket
 * @param width of the box, pixels
 * @param height of the box, pixels
 */
export function sparklinePaths(
  values: readonly (number | null)[],
  width: number,
  height: number,
): SparklinePaths {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || width <= 0 || height <= 0) return { line: '', area: '', last: null };
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [0, width - END_PX]);
  const y = scaleLinear(domainOf(known), [height - PADDING_PX, PADDING_PX]);
  const points = values.map((value, at) => ({ at, value }));
  const defined = (point: { value: number | null }): boolean => point.value !== null;
  const px = (point: { at: number }): number => x(point.at);
  const py = (point: { value: number | null }): number => y(point.value ?? 0);
  const last = points.findLast(defined);
  return {
    line: line<(typeof points)[number]>(px, py).defined(defined).curve(curveMonotoneX)(points) ?? '',
    area: area<(typeof points)[number]>(px, height, py).defined(defined).curve(curveMonotoneX)(points) ?? '',
    last: last === undefined ? null : { x: px(last), y: py(last) },
  };
}

/** The span of the values, never less than 2 % of their size: the noise of a steady figure must not look like a storm. */
function domainOf(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const least = Math.max(Math.abs(low), Math.abs(high)) * 0.02 || 1;
  const missing = Math.max(0, least - (high - low));
  return [low - missing / 2, high + missing / 2];
}
