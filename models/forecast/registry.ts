import { boostedTrees } from './boosted-trees.ts';
import { sba, tsb } from './baselines/intermittent.ts';
import { seasonalMovingAverage } from './baselines/seasonal-moving-average.ts';
import { seasonalNaive } from './baselines/seasonal-naive.ts';
import type { Forecaster } from './forecaster.ts';

/** Every method, the dearest first, so that threads that take them in order end together. */
export const FORECASTERS: readonly Forecaster[] = [
  boostedTrees,
  seasonalNaive,
  seasonalMovingAverage,
  sba,
  tsb,
];

/** The method that others have to beat clearly. */
export const PREFERRED = 'boosted-trees';

/** The plain yardstick that every accuracy is told beside. */
export const NAIVE = 'seasonal-naive';

export function forecasterById(id: string): Forecaster {
  const found = FORECASTERS.find((one) => one.id === id);
  if (found === undefined) throw new RangeError(`no forecaster "${id}"`);
  return found;
}
