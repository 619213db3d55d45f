import { localForecaster, type LocalKernel } from './local-forecaster.ts';

/**
 * Each period like the last known one of the same phase of the season (Hyndman & Athanasopoulos, Forecasting: Principles and
 * Practice, 5.2); with no such period yet, like the last known one.
 */
export const seasonalNaiveKernel: LocalKernel = (history, season_length, into) => {
  const last = lastKnown(history, history.length - 1, 1);
  for (let step = 0; step < into.length; step++) {
    const seasons_back = Math.ceil((step + 1) / season_length);
    const same_phase = history.length + step - seasons_back * season_length;
    const value = lastKnown(history, same_phase, season_length);
    into[step] = Number.isNaN(value) ? (Number.isNaN(last) ? 0 : last) : value;
  }
};

export const seasonalNaive = localForecaster('seasonal-naive', seasonalNaiveKernel);

function lastKnown(history: Float32Array, from: number, stride: number): number {
  for (let t = from; t >= 0; t -= stride) if (!Number.isNaN(history[t])) return history[t] as number;
  return Number.NaN;
}
