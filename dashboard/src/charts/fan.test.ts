import { describe, expect, it } from 'vitest';
import { fanPaths, type ForecastRow } from './fan.ts';

const day = (at: number, over: Partial<ForecastRow>): ForecastRow => ({
  bucket_start: new Date(Date.UTC(2026, 10, 1 + at)).toISOString(),
  actual: null,
  mean: null,
  p10: null,
  p50: null,
  p90: null,
  previous: null,
  ...over,
});
const rows = [
  day(0, { actual: 10 }),
  day(1, { actual: 12, p10: 12, p50: 12, p90: 12 }),
  day(2, { p10: 8, p50: 12, p90: 20 }),
];
const box = { left: 0, top: 0, right: 100, bottom: 50 };

describe('fanPaths', () => {
  it('today is where the history ends', () => {
    expect(fanPaths(rows, box).today_x).toBe(50);
  });

  it('draws no line for what is not there', () => {
    const paths = fanPaths(rows, box);
    expect(paths.previous).toBe('');
    expect(paths.band).not.toBe('');
  });

  it('its scale begins at zero near zero and holds the upper edge of the band', () => {
    const { y_ticks } = fanPaths(rows, box);
    expect(y_ticks[0]).toEqual({ y: 50, value: 0 });
    expect(y_ticks.at(-1)?.value).toBeGreaterThanOrEqual(20);
  });

  it('its scale of great and steady figures does not begin at zero', () => {
    const steady = [day(0, { actual: 5000 }), day(1, { actual: 5200 })];
    expect(fanPaths(steady, box).y_ticks[0]?.value).toBeGreaterThan(4000);
  });

  it('the fan opens where the history ends', () => {
    const apart = [day(0, { actual: 10 }), day(1, { actual: 12 }), day(2, { p10: 8, p50: 12, p90: 20 })];
    const paths = fanPaths(apart, box);
    expect(paths.median).toMatch(/^M50,/);
    expect(paths.band).toBe(fanPaths(rows, box).band);
  });

  it('names a day as its bucket does', () => {
    expect(fanPaths(rows, box).x_ticks.map((tick) => tick.day)).toEqual(['11-01', '11-02', '11-03']);
  });

  it('refuses to draw nothing', () => {
    expect(() => fanPaths([], box)).toThrow('at least one row');
  });
});
