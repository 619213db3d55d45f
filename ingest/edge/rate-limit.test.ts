import { describe, expect, it } from 'vitest';
import { BURST_S, RateLimit } from './rate-limit.ts';

describe('RateLimit', () => {
  it('lets a key in until it is in debt, and again when the debt is paid', () => {
    let now_ms = 0;
    const limit = new RateLimit(100, () => now_ms);
    limit.charge('a', 100 * BURST_S - 1);
    expect(limit.wait_s('a')).toBe(0);
    limit.charge('a', 301);
    expect(limit.wait_s('a')).toBeCloseTo(3.01, 10);
    now_ms += 3_011;
    expect(limit.wait_s('a')).toBe(0);
  });

  it('keeps keys apart, and saves up no more than the burst', () => {
    let now_ms = 0;
    const limit = new RateLimit(1, () => now_ms);
    limit.charge('a', 1_000);
    expect(limit.wait_s('b')).toBe(0);
    now_ms += 10_000_000;
    limit.charge('a', BURST_S);
    expect(limit.wait_s('a')).toBeGreaterThan(0);
  });

  it('of 0 is none', () => {
    const limit = new RateLimit(0, () => 0);
    limit.charge('a', 1e9);
    expect(limit.wait_s('a')).toBe(0);
  });
});
