import { describe, expect, test } from 'vitest';
import { belowFloor, type PricedLine } from './below-floor.ts';

const line = (fields: Partial<PricedLine> = {}): PricedLine => ({
  qty: 10,
  unit_price: '90.0000',
  floor_price: 100,
  discount_pct: 0,
  rebate_per_unit: 0,
  ...fields,
});

describe('below floor', () => {
  test('a line below its floor speaks, at it or within rounding it does not', () => {
    expect(belowFloor(line())).toEqual({ log_odds: Math.log(300), allowed: 100, net: 90 });
    expect(belowFloor(line({ unit_price: '100.00' }))).toBeNull();
    expect(belowFloor(line({ unit_price: '99.90' }))).toBeNull();
    expect(belowFloor(line({ unit_price: '99.50' }))?.log_odds).toBeCloseTo(Math.log(30));
  });

  test('a promotion lowers the floor by its discount, a rebate the price', () => {
    expect(belowFloor(line({ discount_pct: 10 }))).toBeNull();
    expect(belowFloor(line({ discount_pct: 5 }))).not.toBeNull();
    expect(belowFloor(line({ unit_price: '102.00', rebate_per_unit: 6 }))).toMatchObject({ net: 96 });
  });

  test('a line that was wholly cancelled sold nothing', () => {
    expect(belowFloor(line({ qty: 0 }))).toBeNull();
    expect(belowFloor(line({ qty: 1 }))).not.toBeNull();
  });
});
