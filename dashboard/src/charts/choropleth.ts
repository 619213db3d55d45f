/** How many shades a map has: more cannot be told apart in a legend. */
export const CHOROPLETH_STEPS = 5;

/** Shades of a map by quantiles, so that a few great regions do not make all others look alike. */
export interface Choropleth {
  /** 0 to CHOROPLETH_STEPS - 1, or null for a region without a value. */
  readonly step: (value: number | undefined) => number | null;
  /** Lower bounds of the steps, ascending; fewer than CHOROPLETH_STEPS where values repeat. */
  readonly bounds: readonly number[];
}

/** @param values one per region; zeros and less count as no value */
export function choropleth(values: readonly number[]): Choropleth {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const bounds = Array.from({ length: CHOROPLETH_STEPS }, (_, step) => {
    return sorted[Math.floor((step * sorted.length) / CHOROPLETH_STEPS)];
  }).filter((bound, at, all) => bound !== undefined && bound !== all[at - 1]) as number[];
  return {
    bounds,
    step: (value) => {
      if (value === undefined || value <= 0) return null;
      const step = bounds.findLastIndex((bound) => value >= bound);
      return step === -1 ? null : step;
    },
  };
}
