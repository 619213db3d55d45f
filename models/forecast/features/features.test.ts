import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Panel } from '../panel.ts';
import { syntheticPanel } from '../synthetic-panel.ts';
import { calendarDay } from './calendar.ts';
import { learnEffects } from './effects.ts';
import { factorsOf } from './factors.ts';
import { FeatureRows } from './feature-rows.ts';
import { groupTotals } from './group-totals.ts';
import { drawTrainingRows } from './training-rows.ts';

const OPTIONS = { series: 24, periods: 150, seed: 5, level: 6, uplift: 3, promo_known: true };
const ORIGIN = 110;
const H = 14;

/** All features and anchors of all series at one origin, as a fit at that origin sees them. */
function featuresAt(panel: Panel, origin: number): number[] {
  const effects = learnEffects(panel, factorsOf(panel), origin);
  const rows = new FeatureRows(panel, effects, groupTotals(panel, effects, origin));
  const row = new Float32Array(rows.width);
  const all: number[] = [];
  for (let series = 0; series < panel.series_count; series++) {
    rows.load(series, origin);
    rows.moveTo(origin);
    for (let step = 1; step <= H; step++) {
      rows.write(step, row, 0);
      all.push(...row, rows.anchor);
    }
  }
  return all;
}

function withDemand(panel: Panel, change: (t: number, qty: number) => number): Panel {
  const demand = panel.demand.map((qty, cell) => change(cell % panel.periods, qty));
  return { ...panel, demand };
}

describe('features', () => {
  test('demand after the origin changes no feature', () => {
    const panel = syntheticPanel(OPTIONS);
    const plain = featuresAt(panel, ORIGIN);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (qty) => {
        expect(
          featuresAt(
            withDemand(panel, (t, was) => (t > ORIGIN ? qty : was)),
            ORIGIN,
          ),
        ).toEqual(plain);
      }),
      { numRuns: 5 },
    );
  });

  test('a covariate that is called like a factor of the date is read as itself', () => {
    const panel = syntheticPanel(OPTIONS);
    const named = (name: string): Panel => ({
      ...panel,
      covariates: panel.covariates.map((covariate) => ({ ...covariate, name })),
    });
    expect(featuresAt(named('season'), ORIGIN)).toEqual(featuresAt(named('promo'), ORIGIN));
  });

  test('a covariate that is not known in the future changes nothing beyond the origin', () => {
    const panel = syntheticPanel({ ...OPTIONS, promo_known: false });
    const [promo] = panel.covariates;
    if (promo === undefined) throw new Error('no covariate');
    const values = promo.values.map((value, cell) => (cell % panel.periods > ORIGIN ? 1 - value : value));
    expect(featuresAt({ ...panel, covariates: [{ ...promo, values }] }, ORIGIN)).toEqual(
      featuresAt(panel, ORIGIN),
    );
  });

  test('ratios do not depend on the unit of demand, anchors scale with it', () => {
    const panel = syntheticPanel(OPTIONS);
    const rows = (factor: number): { ratios: number[]; anchors: number[] } => {
      const scaled = withDemand(panel, (_, qty) => factor * qty);
      const effects = learnEffects(scaled, factorsOf(scaled), ORIGIN);
      const features = new FeatureRows(scaled, effects, groupTotals(scaled, effects, ORIGIN));
      const row = new Float32Array(features.width);
      features.load(3, ORIGIN);
      features.moveTo(ORIGIN);
      features.write(2, row, 0);
      const at = features.names.indexOf('log_level');
      return { ratios: [...row].filter((_, one) => one !== at), anchors: [features.anchor] };
    };
    const once = rows(1);
    rows(16).ratios.forEach((ratio, at) => {
      const plain = once.ratios[at] ?? 0;
      expect(Number.isNaN(ratio) ? Number.isNaN(plain) : Math.abs(ratio - plain) < 1e-3).toBe(true);
    });
    expect((rows(16).anchors[0] ?? 0) / (once.anchors[0] ?? 1)).toBeCloseTo(16, 3);
  });

  test('every row has as many values as names', () => {
    const panel = syntheticPanel(OPTIONS);
    const effects = learnEffects(panel, factorsOf(panel), ORIGIN);
    const features = new FeatureRows(panel, effects, groupTotals(panel, effects, ORIGIN));
    const row = new Float32Array(features.width + 8).fill(-12_345);
    features.load(0, ORIGIN);
    features.moveTo(ORIGIN);
    features.write(1, row, 0);
    expect(row.subarray(0, features.width).includes(-12_345)).toBe(false);
    expect([...row.subarray(features.width)]).toEqual(Array(8).fill(-12_345));
    expect(new Set(features.names).size).toBe(features.names.length);
  });
});

describe('effects', () => {
  test('the uplift of a promotion and the profile of the week are found', () => {
    const panel = syntheticPanel({ ...OPTIONS, series: 120, periods: 200 });
    const { factors, by_code } = learnEffects(panel, factorsOf(panel), 199);
    const effect = (name: string, code: number): number =>
      by_code[factors.findIndex((factor) => factor.name === name)]?.[code] ?? Number.NaN;
    expect(effect('promo', 2) / effect('promo', 1)).toBeCloseTo(3, 0);
    expect(effect('season', 6) / effect('season', 1)).toBeCloseTo(1.3 / 0.8, 1);
  });

  test('a month that only the first weeks have seen has no effect, whatever their noise; one that is over has its own', () => {
    // 60 weeks from the first of January on of which 52 are known: 10 a week, 13 in the fifth; then 20 in each week of August.
    const first_day = Date.UTC(2024, 0, 1) / 86_400_000;
    const [series_count, periods] = [30, 60];
    const monthOf = (t: number): number => calendarDay(first_day + t * 7).month;
    const usual = (t: number): number => (t === 4 ? 13 : monthOf(t) === 8 ? 20 : 10);
    const demand = Float32Array.from({ length: series_count * periods }, (_, at) => usual(at % periods));
    const weekly = { ...({ period_days: 7, season_length: 52 } as const), covariates: [], statics: [] };
    const panel: Panel = { ...{ series_count, periods, first_day, demand }, ...weekly };
    const [effects] = learnEffects(panel, factorsOf(panel), 51).by_code;
    for (const month of [1, 2]) expect(Math.abs((effects?.[month] ?? NaN) - 1)).toBeLessThan(0.1);
    expect(effects?.[8]).toBeGreaterThan(1.5);
  });
});

describe('training rows', () => {
  test('the ratio to the anchor averages one, and no target lies after the origin', () => {
    const panel = withDemand(syntheticPanel({ ...OPTIONS, uplift: 1 }), (t, qty) => (t > ORIGIN ? 1e6 : qty));
    const effects = learnEffects(panel, factorsOf(panel), ORIGIN);
    const features = new FeatureRows(panel, effects, groupTotals(panel, effects, ORIGIN));
    const { target, anchor } = drawTrainingRows(panel, features, {
      origin: ORIGIN,
      h: H,
      seed: 1,
      rows_max: 5000,
    });
    expect(target.length).toBeGreaterThan(1000);
    expect(Math.max(...target)).toBeLessThan(30);
    const sold = target.reduce((sum, ratio, row) => sum + ratio * (anchor[row] as number), 0);
    expect(sold / anchor.reduce((sum, units) => sum + units, 0)).toBeCloseTo(1, 1);
  });

  test('a small panel is learned from at each of its origins, a larger one at every third', () => {
    const rowsOf = (rows_max: number): number => {
      const panel = syntheticPanel({ ...OPTIONS, series: 6 });
      const effects = learnEffects(panel, factorsOf(panel), ORIGIN);
      const features = new FeatureRows(panel, effects, groupTotals(panel, effects, ORIGIN));
      return drawTrainingRows(panel, features, { origin: ORIGIN, h: H, seed: 1, rows_max }).target.length;
    };
    // 6 series × about 100 origins × 6 steps, but for those whose target lies after the origin of the fit.
    expect(rowsOf(100_000)).toBeGreaterThan(3_000);
    expect(rowsOf(3_960)).toBeLessThan(1_300);
  });
});

test('calendar: 2024-12-31 is a Tuesday, the 366th of 366 days', () => {
  expect(calendarDay(Date.UTC(2024, 11, 31) / 86_400_000)).toEqual({
    weekday: 1,
    day_of_month: 31,
    month: 12,
    year_fraction: 365 / 366,
  });
});
