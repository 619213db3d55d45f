import type * as TensorFlow from '@tensorflow/tfjs';
import { LEVELS } from '../forecaster.ts';
import { uniformStream } from '../trees/random.ts';

/** TensorFlow.js with a backend that is ready: given in, so that models start nothing themselves. */
export type Tf = typeof TensorFlow;

export interface PerceptronOptions {
  /** Units of each of the two hidden layers. */
  readonly units: number;
  readonly steps: number;
  readonly batch: number;
  readonly learning_rate: number;
  readonly seed: number;
}

/** Weights as plain data. */
export interface Perceptron {
  readonly inputs: number;
  readonly units: number;
  readonly weights: readonly Float32Array[];
}

/** Outputs of a row: ln of the mean ratio, then the quantile ratios ascending. */
export const OUTPUTS = 1 + LEVELS.length;

/**
 * Trains two hidden layers with one head each for the mean (Poisson loss) and for the steps between the quantiles (pinball loss), by
 * Adam with a falling rate. `batchOf` gives row-major inputs and targets for a step; the same seed and rows, the same weights.
 */
export function trainPerceptron(
  tf: Tf,
  inputs: number,
  batchOf: (uniform: () => number) => { readonly inputs: Float32Array; readonly target: Float32Array },
  options: PerceptronOptions,
): Perceptron {
  const { units, steps, batch, learning_rate, seed } = options;
  const uniform = uniformStream(seed);
  const shapes = shapesOf(inputs, units);
  const variables = shapes.map((shape, at) =>
    tf.tidy(() =>
      tf.variable(
        tf.tensor2d(at % 2 === 1 ? new Float32Array(shape[1]) : startingWeights(shape, uniform), shape),
      ),
    ),
  );
  const optimizer = tf.train.adam(learning_rate);
  try {
    for (let step = 0; step < steps; step++) {
      const rows = batchOf(uniform);
      // From the full rate to a tenth of it: the last steps average the noise of single batches.
      (optimizer as unknown as { learningRate: number }).learningRate = learning_rate * 0.1 ** (step / steps);
      tf.tidy(() => {
        const x = tf.tensor2d(rows.inputs, [batch, inputs]);
        const y = tf.tensor2d(rows.target, [batch, 1]);
        optimizer.minimize(() => lossOf(tf, forward(tf, x, variables), y), false, variables);
      });
    }
    return { inputs, units, weights: variables.map((variable) => variable.dataSync<'float32'>().slice()) };
  } finally {
    optimizer.dispose();
    for (const variable of variables) variable.dispose();
  }
}

/** Outputs of rows (row-major, as wide as the inputs): row-major, OUTPUTS wide. */
export function runPerceptron(
  tf: Tf,
  { inputs, units, weights }: Perceptron,
  rows: Float32Array,
): Float32Array {
  return tf.tidy(() => {
    const shapes = shapesOf(inputs, units);
    const tensors = weights.map((values, at) => tf.tensor2d(values, shapes[at]));
    const heads = forward(tf, tf.tensor2d(rows, [rows.length / inputs, inputs]), tensors);
    return tf.concat(heads, 1).dataSync<'float32'>().slice();
  });
}

/** Weights, then biases, of both layers and of each head: biases have odd numbers. */
function shapesOf(inputs: number, units: number): [number, number][] {
  const heads = Array.from({ length: OUTPUTS }, (): [number, number][] => [
    [units, 1],
    [1, 1],
  ]);
  return [[inputs, units], [1, units], [units, units], [1, units], ...heads.flat()];
}

/** He et al. (2015): uniform with variance 2 ÷ inputs; a head, of one column, starts nearer to nothing. */
function startingWeights([rows, columns]: readonly [number, number], uniform: () => number): Float32Array {
  const bound = Math.sqrt(6 / rows) * (columns === 1 ? 0.1 : 1);
  return Float32Array.from({ length: rows * columns }, () => bound * (2 * uniform() - 1));
}

/** A head each, as a column: ln mean, and quantiles as sums of positive steps, so that they do not cross. */
function forward(
  tf: Tf,
  x: TensorFlow.Tensor2D,
  weights: readonly TensorFlow.Tensor[],
): TensorFlow.Tensor2D[] {
  const layer = (from: TensorFlow.Tensor, at: number): TensorFlow.Tensor2D =>
    tf.add(
      tf.matMul(from as TensorFlow.Tensor2D, weights[at] as TensorFlow.Tensor2D),
      weights[at + 1] as TensorFlow.Tensor,
    );
  const hidden = tf.relu(layer(tf.relu(layer(x, 0)), 2));
  const log_mean = layer(hidden, 4);
  const quantiles: TensorFlow.Tensor2D[] = [];
  LEVELS.forEach((_, head) => {
    const step = positive(tf, layer(hidden, 6 + 2 * head));
    const below = quantiles.at(-1);
    quantiles.push(below === undefined ? step : tf.add(below, step));
  });
  return [log_mean, ...quantiles];
}

/** ln(1 + eˣ), written so that neither tail overflows. */
function positive(tf: Tf, x: TensorFlow.Tensor2D): TensorFlow.Tensor2D {
  return tf.add(tf.relu(x), tf.log(tf.add(tf.exp(tf.neg(tf.abs(x))), 1)));
}

/** Poisson deviance of the mean (eᶠ − y f) and the pinball losses; rows are drawn by weight, so that they count alike. */
function lossOf(
  tf: Tf,
  [log_mean, ...quantiles]: readonly TensorFlow.Tensor2D[],
  y: TensorFlow.Tensor2D,
): TensorFlow.Scalar {
  const f = tf.clipByValue(log_mean as TensorFlow.Tensor2D, -10, 6);
  let loss: TensorFlow.Tensor = tf.mean(tf.sub(tf.exp(f), tf.mul(y, f)));
  LEVELS.forEach((level, head) => {
    const short = tf.sub(y, quantiles[head] as TensorFlow.Tensor2D);
    const pinball = tf.maximum(tf.mul(short, level), tf.mul(short, level - 1));
    loss = tf.add(loss, tf.mul(tf.mean(pinball), 2));
  });
  return loss as TensorFlow.Scalar;
}
