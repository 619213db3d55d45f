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

/** Binned rows, feature-major: the bin of feature f in row i at `f * rows + i`. Arrays may be longer. */
export interface BinnedMatrix {
  readonly rows: number;
  readonly features: number;
  readonly by_feature: Uint8Array;
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

/** Rows that are binned at once: few enough that their values stay in the cache while the features are gone through. */
const BLOCK_ROWS = 512;

/** Bins of all rows, in `into` (at least rows × features long): 0 when missing, else 1 + the number of edges below the value. */
export function binMatrix(
  matrix: FeatureMatrix,
  edges: BinEdges,
  into: Uint8Array = new Uint8Array(matrix.rows * matrix.features),
): BinnedMatrix {
  const { rows, features, values } = matrix;
  const searches = edges.map(searchOf);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const to = Math.min(rows, from + BLOCK_ROWS);
    for (let feature = 0; feature < features; feature++) {
      const { places, first_step } = searches[feature] as EdgeSearch;
      const column = feature * rows;
      for (let row = from; row < to; row++) {
        const value = values[row * features + feature] as number;
        let below = 0;
        // A comparison that is a factor, not a branch: that would be guessed wrong at every second look.
        for (let step = first_step; step > 0; step >>= 1)
          below += step * Number(value > (places[below + step - 1] as number));
        into[column + row] = Number.isNaN(value) ? 0 : below + 1;
      }
    }
  }
  return { rows, features, by_feature: into };
}

/** The edges of a feature as they are searched by halving. */
interface EdgeSearch {
  /** The edges, then places that are above every value. */
  readonly places: Float32Array;
  /** Where halving begins: the highest power of two among the edges, so that a flag takes one look. */
  readonly first_step: number;
}

function searchOf(edges: Float32Array): EdgeSearch {
  const places = new Float32Array(BINS).fill(Number.POSITIVE_INFINITY);
  places.set(edges);
  return { places, first_step: edges.length === 0 ? 0 : 1 << (31 - Math.clz32(edges.length)) };
}
