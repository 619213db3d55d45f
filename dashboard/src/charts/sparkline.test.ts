import { describe, expect, it } from 'vitest';
import { sparklinePaths } from './sparkline.ts';

describe('sparklinePaths', () => {
  it('ends at the last known value', () => {
    const { last } = sparklinePaths([1, 2, null], 110, 20);
    expect(last).toEqual({ x: 50, y: 4 });
  });

  it('breaks its line at a gap instead of joining over it', () => {
    expect(sparklinePaths([1, 2, null, 3, 4], 100, 20).line.match(/M/g)).toHaveLength(2);
  });

  it('a steady figure lies in the middle', () => {
    expect(sparklinePaths([5, 5, 5], 100, 20).last?.y).toBe(10);
  });

  it('no values and no room give no path', () => {
    expect(sparklinePaths([null], 100, 20)).toEqual({ line: '', area: '', last: null });
    expect(sparklinePaths([1, 2], 0, 20).line).toBe('');
  });
});
