import { describe, expect, it } from 'vitest';
import { AgeHistogram } from './age-histogram.ts';

describe('AgeHistogram', () => {
  it('quantiles are those of the sorted ages by the nearest rank', () => {
    const histogram = new AgeHistogram();
    for (let age_ms = 200; age_ms >= 1; age_ms -= 1) histogram.add(age_ms);
    expect(histogram.ages()).toEqual({ p50: 100, p99: 198, max: 200 });
  });

  it('without an age nothing is known, and what lies beyond the last bucket counts as the oldest', () => {
    const histogram = new AgeHistogram();
    expect(histogram.ages()).toEqual({ p50: null, p99: null, max: null });
    histogram.add(1_000_000);
    histogram.add(-0.4);
    expect(histogram.ages()).toEqual({ p50: 0, p99: 120_000, max: 120_000 });
    histogram.clear();
    expect(histogram.ages().max).toBeNull();
  });
});
