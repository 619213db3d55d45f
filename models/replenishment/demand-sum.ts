/** One period's forecast: the mean and upper quantiles of its demand, in units ≥ 0. */
export interface PeriodForecast {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
}

/** Demand summed over several periods: its mean and standard deviation, units. */
export interface DemandSum {
  readonly mean: number;
  readonly deviation: number;
}

/** Quantile of the standard normal at 0.9. */
const Z90 = 1.2815515655446004;

/**
 * Sums the first `periods` of a forecast; a last part of a period counts by its share.
 *
 * A period's deviation is its upper half-spread, (p90 − p50) ÷ 1.2816: stock is about the upper half, and the lower one of a
 * skewed demand says nothing about it. Errors of neighbouring periods go together (a forecast that is too low stays so for
 * a while): `correlation` ∈ [0, 1] is that of every pair, so var = (1 − ρ)Σσ² + ρ(Σσ)².
 * @throws RangeError when the forecast is shorter than the periods.
 */
export function sumDemand(
  forecast: readonly PeriodForecast[],
  periods: number,
  correlation: number,
): DemandSum {
  if (periods > forecast.length) {
    throw new RangeError(`a forecast of ${forecast.length} periods cannot cover ${periods}`);
  }
  let mean = 0;
  let squares = 0;
  let deviations = 0;
  for (let step = 0; step < periods; step++) {
    const { mean: one, p50, p90 } = forecast[step] as PeriodForecast;
    const share = Math.min(1, periods - step);
    const deviation = Math.max(0, p90 - p50) / Z90;
    mean += share * one;
    squares += share * deviation * deviation;
    deviations += share * deviation;
  }
  return { mean, deviation: Math.sqrt((1 - correlation) * squares + correlation * deviations * deviations) };
}

/**
 * A period as `parts` equal ones: `sumDemand` of all of them, with the same correlation, has the period's mean and deviation again.
 * Of a week that is to be covered in part, so much is known.
 */
export function splitPeriod(
  { mean, p50, p90 }: PeriodForecast,
  parts: number,
  correlation: number,
): PeriodForecast[] {
  // var = (1 − ρ)·n·σ² + ρ·(n·σ)² of n parts that each have σ.
  const spread = Math.max(0, p90 - p50) / Math.sqrt((1 - correlation) * parts + correlation * parts * parts);
  const middle = p50 / parts;
  return Array.from({ length: parts }, () => ({ mean: mean / parts, p50: middle, p90: middle + spread }));
}

/**
 * Quantile of a demand sum at `level` ∈ (0, 1), as of a gamma distribution with its mean and deviation: never below 0 and
 * skewed to the right, as demand is. Wilson and Hilferty's cube (1931), exact to some per cent for a shape ≥ 0.2; below that
 * (deviation more than about twice the mean) Markov-like caution: mean + z·deviation.
 */
export function demandQuantile({ mean, deviation }: DemandSum, level: number): number {
  if (mean <= 0) return 0;
  if (deviation <= 0) return mean;
  const z = normalQuantile(level);
  const shape = (mean / deviation) ** 2;
  if (shape < SHAPE_LEAST) return Math.max(0, mean + z * deviation);
  const root = 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape));
  return root <= 0 ? 0 : mean * root ** 3;
}

const SHAPE_LEAST = 0.2;

/** Beyond this mean, counts are as good as continuous. */
const COUNT_MEAN_MAX = 200;

/**
 * For each of `levels` ∈ (0, 1), which do not fall, the fewest whole units that meet the demand with that chance. Demand is a count: negative
 * binomial with the sum's mean and variance, Poisson where the variance is no larger than the mean (a forecast cannot know counts better
 * than that).
 */
export function countQuantiles({ mean, deviation }: DemandSum, levels: readonly number[]): Float64Array {
  const counts = new Float64Array(levels.length);
  if (mean <= 0) return counts;
  const variance = Math.max(mean, deviation * deviation);
  if (mean > COUNT_MEAN_MAX) {
    const sum = { mean, deviation: Math.sqrt(variance) };
    return counts.map((_, at) => Math.ceil(demandQuantile(sum, levels[at] as number)));
  }
  const excess = variance - mean;
  const size = excess > 1e-6 * mean ? (mean * mean) / excess : Number.POSITIVE_INFINITY;
  const poisson = size === Number.POSITIVE_INFINITY;
  let chance = poisson ? Math.exp(-mean) : (size / (size + mean)) ** size;
  let reached = chance;
  let count = 0;
  const most = Math.ceil(mean + COUNT_DEVIATIONS_MAX * Math.sqrt(variance));
  levels.forEach((level, at) => {
    while (reached < level && count < most) {
      chance *= poisson ? mean / (count + 1) : ((count + size) * mean) / ((count + 1) * (size + mean));
      count++;
      reached += chance;
    }
    counts[at] = count;
  });
  return counts;
}

/** Where the sum of chances, rounded, may stay just below a level near 1, the search ends so many deviations above the mean. */
const COUNT_DEVIATIONS_MAX = 40;

/** Quantile of the standard normal (P. J. Acklam's rational approximation, relative error below 1.15e-9). */
export function normalQuantile(level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`a level lies between 0 and 1, not at ${level}`);
  const low = 0.02425;
  if (level < low) return tail(Math.sqrt(-2 * Math.log(level)));
  if (level > 1 - low) return -tail(Math.sqrt(-2 * Math.log(1 - level)));
  const q = level - 0.5;
  const r = q * q;
  return (polynomial(CENTRE_TOP, r) * q) / (polynomial(CENTRE_BOTTOM, r) * r + 1);
}

function tail(q: number): number {
  return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1);
}

const CENTRE_TOP = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const CENTRE_BOTTOM = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
];
const TAIL_TOP = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BOTTOM = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
