import { describe, expect, test } from 'vitest';
import { expectationsOf, type Expectation } from './order-expectation.ts';
import { peaksOf } from './peaks.ts';
import { habit } from './rules/habit-channel.ts';

const stretch = { from: 85, to: 92 };
const boom = (day: number, usual: number): number => usual * (day >= 80 && day < 95 ? 8 : 1);

function sharedAmong(booming: number, neighbours: number): number {
  const near = Array.from({ length: neighbours }, (_, i) =>
    habit(`N${i}`, { first: i % 5, ...(i < booming && { ordered: boom }) }),
  );
  const all = expectationsOf([habit('D1'), ...near]);
  const peaks = peaksOf(all, new Map([['D1', near.map(({ dealer_id }) => dealer_id)]]));
  return peaks.shared(all[0] as Expectation, stretch);
}

describe('peaks', () => {
  test('are shared when several neighbours order more, not when one does', () => {
    expect(sharedAmong(6, 6)).toBeGreaterThan(3);
    expect(sharedAmong(3, 6)).toBeGreaterThan(1.5);
    expect(sharedAmong(1, 6)).toBeLessThan(1.05);
    expect(sharedAmong(0, 6)).toBeLessThan(1.05);
    expect(sharedAmong(2, 2)).toBe(1);
  });

  test('of promotions are what those have added elsewhere: of the product, else of all; unknown before any was seen', () => {
    const promoted = [{ from: 84, to: 94 }];
    const uplifted = (n: number, times: number, sku_id: string) => ({
      ...habit(`${sku_id}-${n}`, {
        first: n % 5,
        ordered: (day, usual) => usual * (day >= 77 && day < 94 ? times : 1),
        promoted,
      }),
      sku_id,
    });
    const series = (own: string, ...rest: readonly ReturnType<typeof uplifted>[]) => {
      const all = expectationsOf([{ ...habit('D1', { promoted }), sku_id: own }, ...rest]);
      return peaksOf(all, new Map()).promoted(all[0] as Expectation, stretch, { rate: 4 });
    };
    const ten = (times: number, sku_id: string) =>
      Array.from({ length: 10 }, (_, i) => uplifted(i, times, sku_id));
    // Four units a day, for 17 days, twice as much again as usual.
    expect((series('A', ...ten(3, 'A'), ...ten(2, 'B')) ?? 0) / (2 * 4 * 17)).toBeCloseTo(1, 1);
    expect((series('C', ...ten(3, 'A'), ...ten(2, 'B')) ?? 0) / (1.5 * 4 * 17)).toBeCloseTo(1, 1);
    expect(series('A')).toBeNull();
    const all = expectationsOf([habit('D1', { promoted: [{ from: 20, to: 30 }] })]);
    expect(peaksOf(all, new Map()).promoted(all[0] as Expectation, stretch, { rate: 4 })).toBe(0);
  });
});
