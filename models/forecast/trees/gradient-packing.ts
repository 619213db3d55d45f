/**
 * A row's gradient and hessian in one double, so that a histogram is one addition per row and feature, and sums are exact: the
 * same in whatever order they are added. value = g · 2²⁶ + h with whole g in ±255 and h in 1 … 127; over at most 2¹⁸ rows the
 * sums keep |Σg| < 2²⁶ and Σh < 2²⁵, so |Σvalue| < 2⁵², which a double holds exactly. Rounding is stochastic and so without
 * bias (Shi et al. 2022, "Quantized training of gradient boosting decision trees"); leaf values are computed from the exact rows.
 */
export const PACK = 2 ** 26;
export const PACKED_ROWS_MAX = 2 ** 18;
const GRADIENT_STEPS = 255;
const HESSIAN_STEPS = 127;

/**
 * Packs `count` gradients and hessians. Gradients beyond the bound (nine in ten thousand at most: the largest shocks) are cut to
 * it, so that one absurd row neither takes the resolution from all others nor makes a split of its own.
 */
export function packGradients(
  gradient: Float32Array,
  hessian: Float32Array,
  count: number,
  uniform: () => number,
  packed: Float64Array,
): void {
  const per_gradient = GRADIENT_STEPS / upperBound(gradient, count);
  const per_hessian = HESSIAN_STEPS / upperBound(hessian, count);
  for (let at = 0; at < count; at++) {
    const random = uniform();
    const g = Math.floor((gradient[at] as number) * per_gradient + random);
    const h = Math.floor((hessian[at] as number) * per_hessian + random);
    packed[at] =
      Math.max(-GRADIENT_STEPS, Math.min(GRADIENT_STEPS, g)) * PACK + Math.max(1, Math.min(HESSIAN_STEPS, h));
  }
}

const BOUND_SAMPLE = 8192;
const BOUND_QUANTILE = 0.9991;

/** A bound that nearly all magnitudes stay under; at least the smallest positive number. */
function upperBound(values: Float32Array, count: number): number {
  const stride = Math.max(1, Math.floor(count / BOUND_SAMPLE));
  const length = Math.ceil(count / stride);
  // The few largest, ascending; the quantile is the least of them.
  const largest = new Float32Array(length - Math.floor(BOUND_QUANTILE * (length - 1)));
  for (let at = 0; at < count; at += stride) {
    const magnitude = Math.abs(values[at] as number);
    if (!(magnitude > (largest[0] as number))) continue;
    let place = 1;
    for (; place < largest.length && magnitude > (largest[place] as number); place++)
      largest[place - 1] = largest[place] as number;
    largest[place - 1] = magnitude;
  }
  return Math.max(largest[0] ?? 0, 1e-12);
}
