/** The wait before the first restart; it doubles with every further failure in a row. */
const DELAY_MS_MIN = 500;
const DELAY_MS_MAX = 30_000;
/** A process that was healthy for so long has recovered: its earlier failures count no more. */
export const RECOVERED_AFTER_MS = 60_000;
/** Failures in a row after which restarting is given up: about a minute and a half of attempts. */
export const FAILURES_MAX = 8;

/**
 * How long to wait before restarting after the n-th failure in a row (n ≥ 1), in ms.
 * undefined = give up: `FAILURES_MAX` failures came without a recovery between them.
 */
export function restartDelay(failures: number): number | undefined {
  if (failures >= FAILURES_MAX) return undefined;
  return Math.min(DELAY_MS_MIN * 2 ** (failures - 1), DELAY_MS_MAX);
}

/**
 * The failures in a row after one more: starts over at 1 when the process had been healthy long enough before it, or when somebody
 * killed it (a person, or the system for want of memory): that says nothing of the process, and it is to be there again at once.
 */
export function countFailure(failures: number, healthy_ms: number, signal: NodeJS.Signals | null): number {
  return healthy_ms >= RECOVERED_AFTER_MS || signal === 'SIGKILL' ? 1 : failures + 1;
}
