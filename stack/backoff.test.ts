import { describe, expect, it } from 'vitest';
import { countFailure, FAILURES_MAX, RECOVERED_AFTER_MS, restartDelay } from './backoff.ts';

describe('the back-off of restarts', () => {
  it('doubles from half a second, and gives up at the named maximum', () => {
    const delays = Array.from({ length: FAILURES_MAX }, (_, n) => restartDelay(n + 1));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, undefined]);
  });

  it('gives up on a process that dies at once for ever, after finitely many restarts', () => {
    let failures = 0;
    let restarts = 0;
    for (;;) {
      failures = countFailure(failures, 0, null);
      if (restartDelay(failures) === undefined) break;
      restarts += 1;
    }
    expect(restarts).toBe(FAILURES_MAX - 1);
  });

  it('does not hold against a process that it was killed, however often', () => {
    expect(countFailure(6, 0, 'SIGKILL')).toBe(1);
    // Of a fault of its own.
    expect(countFailure(6, 0, 'SIGABRT')).toBe(7);
  });

  it('forgets earlier failures once the process was healthy for long enough', () => {
    expect(countFailure(6, RECOVERED_AFTER_MS, null)).toBe(1);
    expect(countFailure(6, RECOVERED_AFTER_MS - 1, null)).toBe(7);
  });
});
