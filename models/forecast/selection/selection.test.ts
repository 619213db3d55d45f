import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HEAD_COUNT, LEVELS, type Forecast } from '../forecaster.ts';
import type { Panel } from '../panel.ts';
import { uniformStream } from '../trees/random.ts';
import { calibrateRow, heldOut, learnCalibration, NO_CALIBRATION } from './calibration.ts';
import { choiceMargin, chooseModels, levelled, lossByClass, type HeldOutLosses } from './choice.ts';
import { demandClass, intermittency } from './demand-class.ts';
import { heldOutPlan, knowsLess, sampleSeries } from './held-out-plan.ts';
import { calibrate, learnCalibrations, segmentsAt } from './segments.ts';

function panelOf(demand: Float32Array, series_count: number): Panel {
  const periods = demand.length / series_count;
  return {
    series_count,
    periods,
    first_day: 0,
    period_days: 1,
    season_length: 1,
    demand,
    covariates: [],
    statics: [],
  };
}

const ALL = { series: () => true, step: () => true };

/** Every row alike. */
function constantForecast(series_count: number, origin: number, h: number, row: readonly number[]): Forecast {
  const values = new Float32Array(series_count * h * HEAD_COUNT);
  for (let at = 0; at < values.length; at++) values[at] = row[at % HEAD_COUNT] as number;
  return { origin, h, series: Int32Array.from({ length: series_count }, (_, one) => one), values };
}

describe('demand classes', () => {
  test('the four corners of Syntetos, Boylan and Croston', () => {
    expect(demandClass(Float32Array.of(4, 5, 4, 5, 4, 5))).toBe('smooth');
    expect(demandClass(Float32Array.of(1, 20, 1, 1, 30, 1))).toBe('erratic');
    expect(demandClass(Float32Array.of(4, 0, 5, 0, 4, 0, 0, 5))).toBe('intermittent');
    expect(demandClass(Float32Array.of(1, 0, 20, 0, 1, 0, 0, 30))).toBe('lumpy');
  });

  test('periods before the first demand and missing ones do not count', () => {
    const plain = intermittency(Float32Array.of(3, 0, 5, 0));
    expect(intermittency(Float32Array.of(0, 0, 3, Number.NaN, 0, 5, 0))).toEqual(plain);
    expect(plain).toEqual({ adi: 2, cv2: 1 / 16 });
  });
});

describe('conformal calibration', () => {
  test('quantiles that are too narrow or too wide cover their level afterwards, on points not learned from', () => {
    const uniform = uniformStream(9);
    const exponential = (): number => -Math.log(1 - uniform()) * 10;
    const demand = Float32Array.from({ length: 200 * 60 }, exponential);
    const panel = panelOf(demand, 200);
    for (const wide of [0.5, 0.8, 1.7]) {
      const row = [10, 1 * wide, 7, 7 + 16 * wide, 7 + 23 * wide];
      const segments = new Uint8Array(200);
      const calibrations = learnCalibrations(panel, [constantForecast(200, 9, 20, row)], segments, {
        h: 20,
        learns_quantiles: false,
      });
      const later = constantForecast(200, 35, 20, row);
      calibrate(later, segments, calibrations);
      const { points, values, actual } = heldOut(panel, [later], ALL);
      [3, 4].forEach((head) => {
        let covered = 0;
        for (let point = 0; point < points; point++)
          if ((actual[point] as number) <= (values[point * HEAD_COUNT + head] as number)) covered++;
        expect(Math.abs(covered / points - (LEVELS[head - 1] as number))).toBeLessThan(0.02);
      });
    }
  });

  test('a calibrated row is finite, not negative and does not cross', () => {
    const factor = fc.float({ min: 0, max: 4, noNaN: true });
    const row = fc.array(fc.float({ min: 0, max: 1000, noNaN: true }), {
      minLength: HEAD_COUNT,
      maxLength: HEAD_COUNT,
    });
    fc.assert(
      fc.property(row, factor, fc.tuple(factor, factor, factor), (values, median, spread) => {
        const calibrated = Float32Array.from(values);
        calibrateRow(calibrated, 0, { median, spread });
        const quantiles = [...calibrated.subarray(1)];
        expect(quantiles.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
        expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
        expect(calibrated[0]).toBe(Math.fround(values[0] ?? 0));
      }),
    );
  });

  test('without calibration an ordered row stays as it is', () => {
    const row = Float32Array.of(5, 1, 4, 9, 12);
    calibrateRow(row, 0, NO_CALIBRATION);
    expect([...row]).toEqual([5, 1, 4, 9, 12]);
  });

  test('demand of zero with quantiles of zero is covered, and stays zero', () => {
    const panel = panelOf(new Float32Array(40 * 30), 40);
    const calibration = learnCalibration(heldOut(panel, [constantForecast(40, 5, 20, [0, 0, 0, 0, 0])], ALL));
    const row = new Float32Array(HEAD_COUNT);
    calibrateRow(row, 0, calibration);
    expect([...row]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('choice', () => {
  test('another model is chosen only where it is better by more than the margin', () => {
    const alike = (of: (number | null)[]): HeldOutLosses => ({ as_they_are: of, levelled: of });
    const losses = new Map([
      ['preferred', alike([1, 1, null, 1])],
      ['other', alike([0.9, 0.99, 0.5, null])],
    ]);
    expect(chooseModels(losses, 'preferred', 0.02)).toEqual({
      smooth: 'other',
      erratic: 'preferred',
      intermittent: 'other',
      lumpy: 'preferred',
    });
  });

  test('the less of the history the held-out fit has seen, the better another model has to be', () => {
    expect(choiceMargin(99, 99)).toBeCloseTo(0.02, 9);
    expect(choiceMargin(79, 99)).toBeCloseTo(0.12, 9);
  });

  test('a model that is better by its level alone is not chosen', () => {
    const losses = new Map([
      ['preferred', { as_they_are: [1, 1, 1, 1], levelled: [1, 1, 1, 1] }],
      ['other', { as_they_are: [0.8, 0.8, 0.99, 0.7], levelled: [0.8, 1.1, 0.7, 0.99] }],
    ]);
    expect(Object.values(chooseModels(losses, 'preferred', 0.02))).toEqual([
      'other',
      'preferred',
      'preferred',
      'preferred',
    ]);
  });

  test('a levelled forecast expects what was sold, by class', () => {
    const demand = Float32Array.from({ length: 80 }, (_, cell) => (cell < 40 ? 4 : cell % 2 === 0 ? 0 : 3));
    const panel = panelOf(demand, 2);
    const segments = segmentsAt(panel, 9);
    const { values } = levelled(panel, constantForecast(2, 9, 20, [2, 1, 2, 3, 4]), segments);
    expect([...values.subarray(0, HEAD_COUNT)]).toEqual([4, 2, 4, 6, 8]);
    expect(values[20 * HEAD_COUNT]).toBe(1.5);
  });

  test('a class with too few points is judged like all together, and nobody is where all are too few', () => {
    const smooth = 30;
    const series = smooth + 1;
    const demand = new Float32Array(series * 40).fill(4);
    // The last series sells every other day, now one and now twenty: too few points to be judged by itself.
    for (let day = 0; day < 40; day++) demand[smooth * 40 + day] = day % 2 === 0 ? 0 : day % 4 === 1 ? 1 : 20;
    const panel = panelOf(demand, series);
    const segments = segmentsAt(panel, 9);
    const losses = lossByClass(panel, [constantForecast(series, 9, 20, [4, 4, 4, 4, 4])], segments);
    expect(losses[segments[0] as number]).toBe(0);
    const own = losses[segments[smooth] as number];
    expect(own).toBeGreaterThan(0);
    expect(losses.filter((loss) => loss === own)).toHaveLength(3);
    expect(lossByClass(panel, [constantForecast(series, 9, 2, [4, 4, 4, 4, 4])], segments)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('the loss of a perfect forecast is nothing, of none at all is that of the mean and the quantiles', () => {
    const panel = panelOf(new Float32Array(30 * 40).fill(4), 30);
    const segments = segmentsAt(panel, 9);
    const loss = (row: readonly number[]): number | null | undefined =>
      lossByClass(panel, [constantForecast(30, 9, 20, row)], segments)[0];
    expect(loss([4, 4, 4, 4, 4])).toBe(0);
    expect(loss([0, 0, 0, 0, 0])).toBeCloseTo(0.5 + (0.1 + 0.5 + 0.9 + 0.95) / 4, 5);
  });
});

describe('held-out plan', () => {
  test('no held-out horizon reaches beyond the origin, the last ends there, and the fit sees none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 60 }), (origin, h) => {
        const plan = heldOutPlan(origin, h);
        if (plan === null) return;
        expect(plan.origins.at(-1)).toBe(origin - h);
        expect(plan.fit_origin).toBe(plan.origins[0]);
        expect(plan.origins).toEqual(plan.origins.toSorted((a, b) => a - b));
        expect(plan.fit_origin).toBeGreaterThan(0);
      }),
    );
    expect(heldOutPlan(30, 28)).toBeNull();
  });

  test('a fit that has not seen a year that the true one has is no judge', () => {
    const weeks = { ...panelOf(new Float32Array(300), 1), period_days: 7 as const };
    expect([50, 59, 90, 103, 110].map((fit) => knowsLess(weeks, fit, fit + 14))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(knowsLess(weeks, 62, 76)).toBe(false);
  });

  test('a sample is even, without repeats', () => {
    expect([...sampleSeries(10, 4)]).toEqual([0, 2, 5, 7]);
    expect([...sampleSeries(3, 9)]).toEqual([0, 1, 2]);
  });
});
