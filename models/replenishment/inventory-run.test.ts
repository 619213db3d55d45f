import { describe, expect, it } from 'vitest';
import type { Panel } from '../forecast/panel.ts';
import { runInventory } from './inventory-run.ts';
import { criticalRatio, movingAverageLevel, naiveLevel, orderUpTo } from './order-levels.ts';

function panelOf(...demand: readonly number[]): Panel {
  return {
    series_count: 1,
    periods: demand.length,
    first_day: 19_358,
    period_days: 7,
    season_length: 52,
    demand: Float32Array.from(demand),
    covariates: [],
    statics: [],
  };
}
const terms = { initial: 5, in_transit: [], lead_time: 1, holding_cost: 0.2, shortage_cost: 1 };

describe('playing an order policy', () => {
  it('gives the costs of a sheet reckoned by hand, with what is missing lost', () => {
    // Up to 6, lead time 1. Period 1: order 1, sell 4 of 5, keep 1. 2: order 4, receive 1, sell 2 of 2 (3 asked), keep 0.
    // 3: position 4, order 2, receive 4, sell 1, keep 3.
    const figures = runInventory(
      panelOf(9, 4, 3, 1),
      { first: 1, periods: 3, review: 1 },
      () => terms,
      orderUpTo(() => 6),
    );
    expect(figures.holding_cost).toBeCloseTo(0.2 * (1 + 0 + 3), 9);
    expect(figures.shortage_cost).toBeCloseTo(1, 9);
    expect(figures.total_cost).toBeCloseTo(1.8, 9);
    expect(figures.stockout_ratio).toBeCloseTo(1 / 3, 9);
    expect(figures.fill_rate).toBeCloseTo(7 / 8, 9);
    expect(figures.average_stock).toBeCloseTo(4 / 3, 9);
    expect(figures.turnover_days).toBeCloseTo((4 * 7) / 7, 9);
  });

  it('asks a policy only at reviews, with the last period before the order as its origin', () => {
    const asked: number[] = [];
    runInventory(
      panelOf(1, 1, 1, 1, 1, 1),
      { first: 1, periods: 5, review: 2 },
      () => terms,
      (_, origin) => {
        asked.push(origin);
        return 0;
      },
    );
    expect(asked).toEqual([0, 2, 4]);
  });

  it('tells a policy what stands on the shelf, and what arrives in each period of the lead time', () => {
    const seen: number[][] = [];
    runInventory(
      panelOf(9, 4, 3, 1, 2),
      { first: 1, periods: 4, review: 1 },
      () => ({ ...terms, lead_time: 2 }),
      (_, origin, { on_hand, arriving }) => {
        seen.push([on_hand, ...arriving]);
        return 10 + origin;
      },
    );
    // 5 on the shelf: sells 4, then 1 of 3; 10 come and 1 is sold.
    expect(seen).toEqual([
      [5, 0, 0],
      [1, 0, 10],
      [0, 10, 11],
      [9, 11, 12],
    ]);
  });

  it('receives what is in transit at first, and orders only what is wanted beside it', () => {
    const seen: number[][] = [];
    const figures = runInventory(
      panelOf(9, 4, 3, 1),
      { first: 1, periods: 3, review: 1 },
      () => ({ ...terms, initial: 0, in_transit: [4, 1, 0, 7] }),
      (_, __, { on_hand, arriving }) => {
        seen.push([on_hand, ...arriving]);
        return 3;
      },
    );
    // 4 come and are sold; 3 wanted where 1 comes anyway, and so on.
    expect(seen).toEqual([
      [0, 4],
      [0, 3],
      [0, 3],
    ]);
    expect(figures).toMatchObject({ shortage_cost: 0, average_stock: 2 / 3 });
  });

  it('sells what was ordered at once without a lead time', () => {
    const figures = runInventory(
      panelOf(9, 4),
      { first: 1, periods: 1, review: 1 },
      () => ({ ...terms, initial: 0, lead_time: 0 }),
      (_, __, { arriving }) => 4 + arriving.length,
    );
    expect(figures).toMatchObject({ fill_rate: 1, holding_cost: 0 });
  });

  it('counts no cost for a period whose demand is missing, and no ratio without demand', () => {
    const plan = { first: 1, periods: 2, review: 1 };
    const missing = runInventory(
      panelOf(1, Number.NaN, Number.NaN),
      plan,
      () => terms,
      orderUpTo(() => 9),
    );
    expect(missing).toMatchObject({
      total_cost: 0,
      fill_rate: null,
      stockout_ratio: null,
      turnover_days: null,
    });
  });
});

describe('order levels', () => {
  it('have the critical ratio shortage ÷ (shortage + holding over a review)', () => {
    expect(criticalRatio({ holding_cost: 0.2, shortage_cost: 1 }, 1)).toBeCloseTo(5 / 6, 9);
    expect(criticalRatio({ holding_cost: 0.2, shortage_cost: 1 }, 5)).toBeCloseTo(1 / 2, 9);
    expect(criticalRatio({ holding_cost: 0, shortage_cost: 1 }, 1)).toBe(0.999);
    expect(criticalRatio({ holding_cost: 0, shortage_cost: 0 }, 1)).toBe(0.5);
  });

  it('are filled up to in whole units by all that is on hand and under way', () => {
    const order = orderUpTo((series, origin) => series + origin + 0.5);
    const stock = { on_hand: 2, arriving: Float64Array.of(3, 1) };
    expect(order(4, 5, stock)).toBe(4);
    expect(order(1, 2, stock)).toBe(0);
    expect(order(0, 5.500_000_000_1, stock)).toBe(0);
  });

  it('look at known demand up to their origin only', () => {
    const panel = panelOf(2, Number.NaN, 4, 100);
    expect(naiveLevel(panel, 0, 2, 2)).toBe(6);
    expect(movingAverageLevel(panel, 0, 2, 3, 0.5)).toBeCloseTo(9, 6);
    expect(movingAverageLevel(panelOf(Number.NaN, 1), 0, 0, 3, 0.9)).toBe(0);
  });
});
