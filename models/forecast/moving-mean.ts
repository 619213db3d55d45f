/** Days that the mean looks back on. */
const MOVING_MEAN_DAYS = 28;

/**
 * Mean daily demand of the last days, oldest first: a plain trailing mean, no forecast model yet. A day out of stock is
 * missing (null), not zero: what could not be sold says nothing about demand. Null when every day is missing.
 */
export function movingMean(demand: readonly (number | null)[], days = MOVING_MEAN_DAYS): number | null {
  const known = demand.slice(-days).filter((qty) => qty !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, qty) => sum + qty, 0) / known.length;
}
