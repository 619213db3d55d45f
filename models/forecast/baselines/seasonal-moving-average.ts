import { localForecaster, type LocalKernel } from './local-forecaster.ts';

/** Seasons that the index of each phase is taken from. */
const INDEX_SEASONS = 8;
/** Periods of average demand that each phase's own are joined by, so that one sale makes no season. */
const INDEX_SHRINKAGE = 2;
/** The level is the mean of the last periods: four weeks, eight when the periods are weeks. */
const LEVEL_PERIODS = { days: 28, weeks: 8 };

/**
 * Recent level × index of the season's phase: level = Σ demand ÷ Σ index over the last periods; index of a phase = its mean
 * demand ÷ that of all phases over the last seasons, shrunk to 1. A season that has not been seen twice has no index.
 */
export const seasonalMovingAverageKernel: LocalKernel = (history, season_length, into) => {
  const index = seasonalIndex(history, season_length);
  const window = season_length >= 26 ? LEVEL_PERIODS.weeks : LEVEL_PERIODS.days;
  let sold = 0;
  let usual = 0;
  for (let t = history.length - 1; t >= Math.max(0, history.length - window); t--) {
    if (Number.isNaN(history[t])) continue;
    sold += history[t] as number;
    usual += index[t % season_length] as number;
  }
  const level = usual > 0 ? sold / usual : 0;
  for (let step = 0; step < into.length; step++)
    into[step] = level * (index[(history.length + step) % season_length] as number);
};

export const seasonalMovingAverage = localForecaster('seasonal-moving-average', seasonalMovingAverageKernel);

/** Index of each phase, counted from the beginning of the history. */
function seasonalIndex(history: Float32Array, season_length: number): Float64Array {
  const sold = new Float64Array(season_length);
  const known = new Float64Array(season_length);
  const index = new Float64Array(season_length).fill(1);
  if (history.length < 2 * season_length) return index;
  for (let t = Math.max(0, history.length - INDEX_SEASONS * season_length); t < history.length; t++) {
    if (Number.isNaN(history[t])) continue;
    (sold[t % season_length] as number) += history[t] as number;
    (known[t % season_length] as number)++;
  }
  const mean = sold.reduce((sum, qty) => sum + qty, 0) / known.reduce((sum, count) => sum + count, 0);
  if (!(mean > 0)) return index;
  return index.map(
    (_, phase) =>
      ((sold[phase] as number) / mean + INDEX_SHRINKAGE) / ((known[phase] as number) + INDEX_SHRINKAGE),
  );
}
