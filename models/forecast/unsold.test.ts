import { describe, expect, test } from 'vitest';
import { boostedTrees } from './boosted-trees.ts';
import { HEAD_COUNT } from './forecaster.ts';
import type { Panel } from './panel.ts';
import { syntheticPanel } from './synthetic-panel.ts';
import { unsoldRow } from './unsold.ts';

const OPTIONS = { series: 30, periods: 150, seed: 5, level: 6, uplift: 3, promo_known: true };
const ORIGIN = 120;
const H = 20;

/** The first ten series sell nothing until `begins`, which is recorded. */
function standing(begins: (series: number) => number): Panel {
  const panel = syntheticPanel(OPTIONS);
  const demand = panel.demand.map((qty, cell) => {
    const series = Math.floor(cell / panel.periods);
    return series < 10 && cell % panel.periods < begins(series) ? 0 : qty;
  });
  return { ...panel, demand };
}

describe('series that have sold nothing yet', () => {
  test('are expected to go on as those before them', () => {
    const none = standing(() => 150);
    expect([...unsoldRow(none, ORIGIN, H)]).toEqual([0, 0, 0, 0, 0]);
    const one = standing((series) => (series === 0 ? 105 : 150));
    const sold = one.demand.subarray(105, ORIGIN + 1).reduce((sum, qty) => sum + qty, 0);
    const row = unsoldRow(one, ORIGIN, H);
    expect(row[0]).toBeCloseTo(sold / (10 * H), 5);
    expect([row[2], row[3]]).toEqual([0, 0]);
    expect(row[4]).toBeGreaterThan(0);
  });

  test('are expected to sell nothing where too few stood so', () => {
    const few = standing((series) => (series < 4 ? 111 : 0));
    expect([...unsoldRow(few, ORIGIN, H)]).toEqual([0, 0, 0, 0, 0]);
    expect([...unsoldRow(few, H - 1, H)]).toEqual([0, 0, 0, 0, 0]);
  });

  test('are not forecast at the level of those that sell', () => {
    const panel = standing(() => 150);
    const model = boostedTrees.fit(panel, { origin: ORIGIN, h: H, seed: 1 });
    const { values } = boostedTrees.forecast(panel, model, { origin: ORIGIN, h: H });
    expect(values.subarray(0, 10 * H * HEAD_COUNT).every((value) => value === 0)).toBe(true);
    expect(values[10 * H * HEAD_COUNT]).toBeGreaterThan(1);
  });
});
