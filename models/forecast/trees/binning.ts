/** Most bins of a feature; bin 0 is for missing values, so that a feature has BINS − 1 bins of numbers. */
export const BINS = 64;
const SAMPLE_MAX = 40_000;

/** A row-major matrix of features: value of feature f in row i at `i * features + f`. NaN = missing. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly features: number;
  readonly values: Float32Array;
}

/** Ascending upper edges of each feature's bins; a value belongs to the first edge that is not below it. */
export type BinEdges = readonly Float32Array[];

/** Binned rows, feature-major for the histograms and row-major for walking trees. */
export interface BinnedMatrix {
  readonly rows: number;
  readonly features: number;
  readonly by_feature: Uint8Array;
  readonly by_row: Uint8Array;
}

/**
 * Edges at the quantiles of an even sample of the rows. A feature with fewer distinct values gets an edge at each, so that
 * flags and small counts are kept exactly.
 */
export function binEdges(matrix: FeatureMatrix): BinEdges {
  const { rows, features, values } = matrix;
  const stride = Math.max(1, Math.floor(rows / SAMPLE_MAX));
  const column = new Float32Array(Math.ceil(rows / stride));
  return Array.from({ length: features }, (_, feature) => {
    let known = 0;
    for (let row = 0; row < rows; row += stride) {
      const value = values[row * features + feature] ?? Number.NaN;
      if (!Number.isNaN(value)) column[known++] = value;
    }
    return quantileEdges(column.subarray(0, known).sort());
  });
}

function quantileEdges(sorted: Float32Array): Float32Array {
  const distinct: number[] = [];
  for (const value of sorted) {
    if (distinct.at(-1) !== value) distinct.push(value);
    if (distinct.length > BINS - 1) break;
  }
  if (distinct.length <= BINS - 1) return Float32Array.from(distinct.slice(0, -1));
  const edges: number[] = [];
  for (let bin = 1; bin < BINS - 1; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / (BINS - 1))] ?? 0;
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return Float32Array.from(edges);
}

/** The bin of one value: 0 when missing, else 1 + the number of edges below it. */
export function binOf(edges: Float32Array, value: number): number {
  if (Number.isNaN(value)) return 0;
  let below = 0;
  // Six halvings over BINS − 1 places; those beyond the edges are above every value.
  for (let step = BINS >> 1; step > 0; step >>= 1)
    if (below + step <= edges.length && value > (edges[below + step - 1] as number)) below += step;
  return below + 1;
}

/** Bins of all rows, row-major, into `into` (at least rows × features long). */
export function binRows(matrix: FeatureMatrix, edges: BinEdges, into: Uint8Array): void {
  const { rows, features, values } = matrix;
  edges.forEach((of_feature, feature) => {
    for (let cell = feature; cell < rows * features; cell += features)
      into[cell] = binOf(of_feature, values[cell] as number);
  });
}

/** Both layouts of the bins of all rows. */
export function binMatrix(matrix: FeatureMatrix, edges: BinEdges): BinnedMatrix {
  const { rows, features } = matrix;
  const by_row = new Uint8Array(rows * features);
  binRows(matrix, edges, by_row);
  const by_feature = new Uint8Array(rows * features);
  for (let feature = 0; feature < features; feature++)
    for (let row = 0; row < rows; row++)
      by_feature[feature * rows + row] = by_row[row * features + feature] as number;
  return { rows, features, by_feature, by_row };
}
