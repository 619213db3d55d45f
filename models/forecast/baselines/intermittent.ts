import { localForecaster, type LocalKernel } from './local-forecaster.ts';

/** Usual smoothing constants; small, as each demand of a slow item is much noise. */
const SIZE_SMOOTHING = 0.1;
const INTERVAL_SMOOTHING = 0.1;

/**
 * Croston (1972): exponential smoothing of the size of demands and of the interval between them, both updated only when there is
 * demand; rate = size ÷ interval. Starts at the first demand and its interval. Missing periods do not count. 0 without demand.
 */
export function crostonRate(
  history: Float32Array,
  size_smoothing = SIZE_SMOOTHING,
  interval_smoothing = INTERVAL_SMOOTHING,
): number {
  let size = Number.NaN;
  let interval = Number.NaN;
  let since = 0;
  for (const qty of history) {
    if (Number.isNaN(qty)) continue;
    since++;
    if (qty <= 0) continue;
    size = Number.isNaN(size) ? qty : size + size_smoothing * (qty - size);
    interval = Number.isNaN(interval) ? since : interval + interval_smoothing * (since - interval);
    since = 0;
  }
  return Number.isNaN(size) ? 0 : size / interval;
}

/** Syntetos & Boylan (2005): Croston's rate is too high by 1 ÷ (1 − α/2), α the smoothing of intervals. */
export function sbaRate(
  history: Float32Array,
  size_smoothing = SIZE_SMOOTHING,
  interval_smoothing = INTERVAL_SMOOTHING,
): number {
  return (1 - interval_smoothing / 2) * crostonRate(history, size_smoothing, interval_smoothing);
}

/**
 * Teunter, Syntetos & Babai (2011): the probability of a demand is smoothed in every period, its size when there is one; rate =
 * probability × size. Unlike Croston's it falls while nothing is sold, as it should when an item dies.
 */
export function tsbRate(
  history: Float32Array,
  size_smoothing = SIZE_SMOOTHING,
  probability_smoothing = INTERVAL_SMOOTHING,
): number {
  let size = Number.NaN;
  let probability = Number.NaN;
  for (const qty of history) {
    if (Number.isNaN(qty)) continue;
    const sells = qty > 0 ? 1 : 0;
    probability = Number.isNaN(probability)
      ? sells
      : probability + probability_smoothing * (sells - probability);
    if (sells === 1) size = Number.isNaN(size) ? qty : size + size_smoothing * (qty - size);
  }
  return Number.isNaN(size) ? 0 : probability * size;
}

/** The rate of every future period alike. */
function flat(rate: (history: Float32Array) => number): LocalKernel {
  return (history, _, into) => {
    into.fill(rate(history));
  };
}

export const sba = localForecaster('sba', flat(sbaRate));
export const tsb = localForecaster('tsb', flat(tsbRate));
