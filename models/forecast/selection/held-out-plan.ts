import { windowsOf } from '../features/windows.ts';
import type { Panel } from '../panel.ts';

/** Held-out origins at most: each gives as many points as there are series × steps. */
const ORIGINS_MAX = 4;
/** Shortest history, in horizons and in periods, that a fit for held-out origins is made of. */
const HISTORY_HORIZONS = 1;
const HISTORY_PERIODS = 12;

/** Where a model is judged and calibrated before it forecasts from the true origin. */
export interface HeldOutPlan {
  /** Held-out fits look at demand up to here: the first of the origins. */
  readonly fit_origin: number;
  /** Ascending; the last one's horizon ends at the true origin. */
  readonly origins: readonly number[];
}

/**
 * Held-out origins before `origin`, spread over one horizon, so that one fit serves all and the newest demand takes part. Null when
 * the history is too short to hold anything out.
 */
export function heldOutPlan(origin: number, h: number): HeldOutPlan | null {
  const last = origin - h;
  const earliest = Math.max(HISTORY_PERIODS, HISTORY_HORIZONS * h);
  if (last < earliest) return null;
  const stride = Math.max(1, Math.floor(h / ORIGINS_MAX));
  const origins: number[] = [];
  for (let at = last; at >= earliest && origins.length < ORIGINS_MAX; at -= stride) origins.unshift(at);
  return { fit_origin: origins[0] as number, origins };
}

/**
 * Whether a fit at the held-out origins sees fewer years than one at the true origin where it matters: the first, and the second, which
 * the season is learned by. Who does better without them says little of who will with them.
 */
export function knowsLess(panel: Panel, fit_origin: number, origin: number): boolean {
  const { year, short } = windowsOf(panel);
  return [year + short, 2 * year].some((periods) => fit_origin < periods && periods <= origin);
}

/** An even sample of at most `count` series, ascending. */
export function sampleSeries(series_count: number, count: number): Int32Array {
  const taken = Math.min(series_count, count);
  return Int32Array.from({ length: taken }, (_, at) => Math.floor((at * series_count) / taken));
}
