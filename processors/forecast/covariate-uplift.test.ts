import { describe, expect, test } from 'vitest';
import { allSeries, HEAD_COUNT } from '../../models/forecast/forecaster.ts';
import { covariateOf } from '../../models/forecast/panel.ts';
import { segmentsAt } from '../../models/forecast/selection/segments.ts';
import { syntheticPanel } from '../../models/forecast/synthetic-panel.ts';
import { covariateUplift } from './covariate-uplift.ts';
import { ForecastPool } from './worker-pool.ts';

const H = 14;
const ORIGIN = 185;

describe('what promotions add', () => {
  test('is most of what is sold on a promoted day that sells four times as much, and nothing where none is to come', async () => {
    const panel = syntheticPanel({
      series: 60,
      periods: 200,
      seed: 3,
      level: 6,
      uplift: 4,
      promo_known: true,
    });
    const [promo] = panel.covariates;
    if (promo === undefined) throw new Error('the panel has no promotions');
    // The last series has never sold.
    panel.demand.fill(Number.NaN, 59 * 200);
    const pool = new ForecastPool(panel, 1);
    const { model, forecasts } = await pool.run({
      ...{ forecaster: 'boosted-trees', fit: { origin: ORIGIN, h: H, seed: 1 } },
      forecasts: [{ origin: ORIGIN, h: H, series: allSeries(panel) }],
    });
    const [final] = forecasts;
    if (final === undefined) throw new Error('nothing was forecast');
    const result = {
      final,
      models: new Map([['boosted-trees', model]]),
      choice: {
        smooth: 'boosted-trees',
        intermittent: 'boosted-trees',
        erratic: 'boosted-trees',
        lumpy: 'boosted-trees',
      },
      segments: segmentsAt(panel, ORIGIN),
      cold_started: Int32Array.of(59),
    };
    const uplift = await covariateUplift(panel, pool, result, promo);
    expect(uplift.slice(59 * H)).toEqual(new Float32Array(H).fill(Number.NaN));

    let [sold, added, unpromoted] = [0, 0, 0];
    for (let series = 0; series < 59; series++) {
      const ahead = covariateOf(panel, promo, series).subarray(ORIGIN + 1);
      const own = uplift.subarray(series * H, (series + 1) * H);
      if (!ahead.includes(1)) expect(own).toEqual(new Float32Array(H));
      own.forEach((units, step) => {
        if (ahead[step] === 1) {
          sold += final.values[(series * H + step) * HEAD_COUNT] as number;
          added += units;
        } else unpromoted += Math.abs(units);
      });
    }
    // Of four times as much three quarters are added.
    expect(added / sold).toBeGreaterThan(0.65);
    expect(added / sold).toBeLessThan(0.85);
    expect(unpromoted).toBeLessThan(0.05 * added);
    await pool.close();
  });
});
