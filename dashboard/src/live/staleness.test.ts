import { describe, expect, it } from 'vitest';
import { staleness } from './staleness.ts';

const AS_OF = '2026-11-24T06:00:00Z';
const after = (seconds: number): number => Date.parse(AS_OF) + seconds * 1000;

describe('staleness', () => {
  it('data is live up to its SLA, late beyond it and stale beyond three times it', () => {
    expect(staleness(AS_OF, 60, after(60)).state).toBe('live');
    expect(staleness(AS_OF, 60, after(61)).state).toBe('late');
    expect(staleness(AS_OF, 60, after(180)).state).toBe('late');
    expect(staleness(AS_OF, 60, after(181)).state).toBe('stale');
  });

  it('data from a clock ahead of ours has no negative age', () => {
    expect(staleness(AS_OF, 60, after(-5))).toEqual({ state: 'live', age_s: 0 });
  });
});
