import { beforeAll, describe, expect, test } from 'vitest';
import { globalNetwork } from '../../models/forecast/network/global-network.ts';
import {
  OUTPUTS,
  runPerceptron,
  trainPerceptron,
  type Tf,
} from '../../models/forecast/network/perceptron.ts';
import { syntheticPanel } from '../../models/forecast/synthetic-panel.ts';
import { HEAD_COUNT } from '../../models/forecast/forecaster.ts';
import { loadTensorFlow } from './tensorflow.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadTensorFlow());
});

describe('the global network', () => {
  test('the mean and the quantiles of an exponential law are found on both sides of a step', () => {
    const batch = 512;
    const perceptron = trainPerceptron(
      tf,
      1,
      (uniform) => {
        const inputs = Float32Array.from({ length: batch }, () => (uniform() < 0.5 ? -1 : 1));
        const target = inputs.map((side) => -Math.log(1 - uniform()) * (side > 0 ? 4 : 1));
        return { inputs, target };
      },
      { units: 16, steps: 300, batch, learning_rate: 0.02, seed: 3 },
    );
    const got = runPerceptron(tf, perceptron, Float32Array.of(-1, 1));
    [1, 4].forEach((mean, side) => {
      const row = got.subarray(side * OUTPUTS, (side + 1) * OUTPUTS);
      expect(Math.exp(row[0] ?? 0) / mean).toBeCloseTo(1, 0);
      [0.1, 0.5, 0.9, 0.95].forEach((level, head) => {
        const truth = -Math.log(1 - level) * mean;
        expect(Math.abs((row[1 + head] ?? 0) - truth)).toBeLessThan(0.15 * mean);
      });
    });
  });

  test('the same seed gives the same bits, and a copy of the model the same forecast', () => {
    const panel = syntheticPanel({
      series: 12,
      periods: 80,
      seed: 1,
      level: 4,
      uplift: 2,
      promo_known: true,
    });
    const network = globalNetwork(tf, { units: 8, steps: 20, batch: 256, learning_rate: 0.01 });
    const fit = { origin: 70, h: 7, seed: 5 };
    const request = { origin: 70, h: 7 };
    const first = network.forecast(panel, network.fit(panel, fit), request).values;
    const model = structuredClone(network.fit(panel, fit));
    expect(network.forecast(panel, model, request).values).toEqual(first);
    expect(first.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    expect(first).toHaveLength(12 * 7 * HEAD_COUNT);
  });

  test('no tensor is left behind', () => {
    const panel = syntheticPanel({ series: 4, periods: 60, seed: 1, level: 4, uplift: 1, promo_known: true });
    const network = globalNetwork(tf, { units: 4, steps: 3, batch: 64, learning_rate: 0.01 });
    const before = tf.memory().numTensors;
    network.forecast(panel, network.fit(panel, { origin: 50, h: 7, seed: 1 }), { origin: 50, h: 7 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
