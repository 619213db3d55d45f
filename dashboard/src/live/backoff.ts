/** First wait of a reconnect, and the longest: a wallboard comes back within seconds, a thousand of them spread out. */
const BACKOFF_BASE_MS = 500;
export const BACKOFF_MAX_MS = 15_000;

/**
 * How long to wait before attempt `attempt` (1 = the first), with equal jitter: half of the exponential step is
 * certain, the other half random, so that screens cut off together do not come back together.
 *
 * @param random 0 ≤ random < 1
 */
export function backoff(attempt: number, random: number): number {
  const step = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(step / 2 + (random * step) / 2);
}
