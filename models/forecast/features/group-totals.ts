import type { Panel, StaticCategory } from '../panel.ts';
import type { Effects } from './effects.ts';
import { SeriesHistory } from './series-history.ts';

/** Most static categories whose groups get running totals of their own. */
const GROUPINGS_MAX = 3;
/** Share of the prior in a small group: known cells by which it is joined to the total. */
const PRIOR_CELLS = 200;

/** Running totals of demand and effects over the series of each group of a grouping. */
export interface Grouping {
  /** Group of each series. */
  readonly codes: Int32Array;
  /** groups × (periods + 1). */
  readonly sold: Float64Array;
  readonly usual: Float64Array;
  readonly width: number;
}

/** The total, and for each useful static category its groups. */
export interface GroupTotals {
  readonly groupings: readonly Grouping[];
}

/** Statics that group series: more than one group, and on average at least three series in one. */
export function groupingStatics(panel: Panel): readonly StaticCategory[] {
  return panel.statics
    .filter(({ cardinality }) => cardinality > 1 && cardinality * 3 <= panel.series_count)
    .slice(0, GROUPINGS_MAX);
}

export function groupTotals(panel: Panel, effects: Effects, until: number): GroupTotals {
  const width = panel.periods + 1;
  const all = { codes: new Int32Array(panel.series_count), cardinality: 1 };
  const groupings = [all, ...groupingStatics(panel)].map(({ codes, cardinality }) => ({
    codes,
    sold: new Float64Array(cardinality * width),
    usual: new Float64Array(cardinality * width),
    width,
  }));
  const history = new SeriesHistory(panel, effects);
  for (let series = 0; series < panel.series_count; series++) {
    history.load(series, until);
    if (history.first < 0) continue;
    const { demand, first } = history;
    const { product } = history.cells;
    for (const { codes, sold, usual } of groupings) {
      const offset = (codes[series] as number) * width + 1;
      for (let t = first; t <= until; t++) {
        const qty = demand[t] as number;
        if (Number.isNaN(qty)) continue;
        (sold[offset + t] as number) += qty;
        (usual[offset + t] as number) += product[t] as number;
      }
    }
  }
  for (const { sold, usual } of groupings) for (const sums of [sold, usual]) accumulate(sums, width);
  return { groupings };
}

function accumulate(sums: Float64Array, width: number): void {
  for (let at = 0; at < sums.length; at++)
    if (at % width !== 0) (sums[at] as number) += sums[at - 1] as number;
}

/** Level of a series' group over a window ending at t: Σ demand ÷ Σ effects; NaN when nothing is known. */
export function groupLevel(grouping: Grouping, series: number, t: number, window: number): number {
  if (t < 0) return Number.NaN;
  const offset = (grouping.codes[series] as number) * grouping.width;
  const to = offset + t + 1;
  const from = offset + Math.max(0, t + 1 - window);
  const usual = (grouping.usual[to] as number) - (grouping.usual[from] as number);
  return usual > 0 ? ((grouping.sold[to] as number) - (grouping.sold[from] as number)) / usual : Number.NaN;
}

/** What a series of these groups usually sells, for one of which little is known: groups shrunk to the total, in turn. */
export function priorLevel({ groupings }: GroupTotals, series: number, t: number, window: number): number {
  let prior = 0;
  for (const grouping of groupings) {
    const offset = (grouping.codes[series] as number) * grouping.width;
    const from = offset + Math.max(0, t + 1 - window);
    const usual = (grouping.usual[offset + t + 1] as number) - (grouping.usual[from] as number);
    const sold = (grouping.sold[offset + t + 1] as number) - (grouping.sold[from] as number);
    const joined = prior > 0 ? PRIOR_CELLS : 1e-9;
    prior = (sold + joined * prior) / (usual + joined);
  }
  return prior;
}
