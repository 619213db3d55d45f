import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysOfSupply, daysSalesOfInventory, inventoryTurnover, timeWeightedAverage } from './turnover.ts';

const levels = fc
  .array(fc.record({ at_ms: fc.integer({ min: 0, max: 1000 }), value: fc.integer({ min: 0, max: 99 }) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((list) => list.sort((a, b) => a.at_ms - b.at_ms));

describe('time-weighted average', () => {
  test('equals the plain mean of the level read at every millisecond', () => {
    fc.assert(
      fc.property(
        levels,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 501, max: 1500 }),
        (list, from, to) => {
          const read: number[] = [];
          for (let t = from; t < to; t += 1) {
            const known = list.filter((level) => level.at_ms <= t).at(-1);
            if (known) read.push(known.value);
          }
          const average = timeWeightedAverage(list, from, to);
          if (read.length === 0) expect(average).toBeNull();
          else expect(average).toBeCloseTo(read.reduce((sum, value) => sum + value, 0) / read.length, 9);
        },
      ),
    );
  });

  test('a level told twice changes nothing', () => {
    const list = [
      { at_ms: 0, value: 10 },
      { at_ms: 40, value: 20 },
    ];
    const again = [{ at_ms: 0, value: 10 }, { at_ms: 25, value: 10 }, ...list.slice(1)];
    expect(timeWeightedAverage(again, 0, 100)).toBe(timeWeightedAverage(list, 0, 100));
    expect(timeWeightedAverage(list, 0, 100)).toBe(16);
  });
});

describe('turnover', () => {
  test('the textbook case: COGS 600,000 in a year over an average of 100,000 turns 6 times, in 60.8 days', () => {
    const turnover = inventoryTurnover(600_000, 100_000, 365);
    expect(turnover.value).toBe(6);
    expect(daysSalesOfInventory(turnover).value).toBeCloseTo(60.83, 2);
  });

  test('a quarter at the same pace turns as often a year', () => {
    const year = inventoryTurnover(365_000, 70_000, 365).value ?? 0;
    expect(inventoryTurnover(90_000, 70_000, 90).value).toBeCloseTo(year, 9);
  });

  test('without stock, value or demand a figure is undefined and says why', () => {
    for (const figure of [
      inventoryTurnover(1, null, 90),
      inventoryTurnover(1, 0, 90),
      daysOfSupply(5, 0),
      daysSalesOfInventory({ value: 0 }),
    ]) {
      expect(figure.value).toBeNull();
      expect(figure.reason).toBeTruthy();
    }
  });
});
