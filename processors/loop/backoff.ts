/** Wait after the first failure, ms; it doubles with each further one. */
const BACKOFF_FIRST_MS = 1_000;
/** Longest wait, ms: a processor is never given up. */
const BACKOFF_MAX_MS = 60_000;

/** Wait before the next try after so many failures in a row, ms. */
export function backoffMs(failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 16));
}
