import { describe, expect, it } from 'vitest';
import { SeriesClock } from './series-clock.ts';

const MINUTE = 60_000;

describe('the clock of a sparkline', () => {
  it('is due as often as told, or when so much event time has come in', () => {
    const clock = new SeriesClock(5 * MINUTE);
    expect(clock.take(0, 0)).toBe(true);
    expect(clock.take(4 * MINUTE, 4 * MINUTE)).toBe(false);
    expect(clock.take(4 * MINUTE, 5 * MINUTE)).toBe(true);
    expect(clock.take(9 * MINUTE, 5 * MINUTE)).toBe(true);
  });

  it('waits between two of them while history is being loaded', () => {
    const clock = new SeriesClock(5 * MINUTE);
    expect(clock.take(0, 0)).toBe(true);
    expect(clock.take(9_999, 60 * MINUTE)).toBe(false);
    expect(clock.take(10_000, 60 * MINUTE)).toBe(true);
  });

  it('is due at once when the clock was put back, and goes on from there', () => {
    const clock = new SeriesClock(5 * MINUTE);
    expect(clock.take(600 * MINUTE, 0)).toBe(true);
    expect(clock.take(60 * MINUTE, 0)).toBe(true);
    expect(clock.take(61 * MINUTE, 0)).toBe(false);
    expect(clock.take(65 * MINUTE, 0)).toBe(true);
  });
});
