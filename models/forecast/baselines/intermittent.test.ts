import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crostonRate, sba, sbaRate, tsbRate } from './intermittent.ts';

/** Values of statsforecast 2.1.1 (CrostonClassic, CrostonSBA, TSB with both constants 0.1) on the same demand. */
const DEMAND = Float32Array.of(0, 2, 0, 1, 0, 11, 0, 0, 0, 0, 2, 0, 6, 3, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0);

test('Croston, SBA and TSB give the rates that statsforecast gives', () => {
  expect(crostonRate(DEMAND)).toBeCloseTo(1.3625345, 5);
  expect(sbaRate(DEMAND)).toBeCloseTo(1.2944078, 5);
  expect(tsbRate(DEMAND)).toBeCloseTo(0.669423, 5);
});

test('a day out of stock changes no rate', () => {
  const with_gap = Float32Array.from([...DEMAND.slice(0, 9), Number.NaN, ...DEMAND.slice(9)]);
  for (const rate of [crostonRate, sbaRate, tsbRate]) expect(rate(with_gap)).toBe(rate(DEMAND));
});

test('rates scale with the unit of demand and lie between nothing and the largest demand', () => {
  const histories = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 })), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(histories, (history) => {
      for (const rate of [crostonRate, sbaRate, tsbRate]) {
        const units = rate(Float32Array.from(history));
        expect(units).toBeGreaterThanOrEqual(0);
        expect(units).toBeLessThanOrEqual(Math.max(...history));
        expect(rate(Float32Array.from(history, (qty) => 8 * qty))).toBeCloseTo(8 * units, 5);
      }
    }),
  );
});

test('TSB falls while nothing is sold, Croston does not', () => {
  const dead = Float32Array.from([...DEMAND, ...Array<number>(60).fill(0)]);
  expect(crostonRate(dead)).toBe(crostonRate(DEMAND));
  expect(tsbRate(dead)).toBeLessThan(0.01 * tsbRate(DEMAND));
});

test('a series that never sold is forecast as nothing', () => {
  const panel = {
    series_count: 1,
    periods: 20,
    first_day: 0,
    period_days: 1 as const,
    season_length: 7,
    demand: new Float32Array(20),
    covariates: [],
    statics: [],
  };
  expect([...sba.forecast(panel, null, { origin: 15, h: 4 }).values].every((value) => value === 0)).toBe(
    true,
  );
});
