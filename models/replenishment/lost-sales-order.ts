import { HEAD_COUNT, HEADS, type Forecast } from '../forecast/forecaster.ts';
import { uniformStream } from '../forecast/trees/random.ts';
import { countQuantiles, sumDemand, type DemandSum } from './demand-sum.ts';
import type { StockAhead } from './inventory-run.ts';

/** Paths of demand that an order is tried on; 256 at most, as a byte says their level. */
const PATHS = 255;
/** Levels of demand, one for each path: the middles of so many equal parts of (0, 1). */
export const PATH_LEVELS: readonly number[] = Array.from(
  { length: PATHS },
  (_, part) => (part + 0.5) / PATHS,
);
const SEED = 7;

/**
 * For each of so many periods, at which of PATH_LEVELS each path's demand lies: every level once, in an order of its own, so that periods
 * are independent. The same for all series and in every run; fewer periods are the first ones of more.
 */
export function pathLevels(periods: number): readonly Uint8Array[] {
  const uniform = uniformStream(SEED);
  return Array.from({ length: periods }, () => {
    const order = Uint8Array.from(PATH_LEVELS.keys());
    for (let last = PATHS - 1; last > 0; last--) {
      const other = Math.floor(uniform() * (last + 1));
      const moved = order[last] as number;
      order[last] = order[other] as number;
      order[other] = moved;
    }
    return order;
  });
}

/** What a forecast says of each of the first `periods` ahead. `row` is the series' row in it. */
export function forecastDemand({ values, h }: Forecast, row: number, periods: number): DemandSum[] {
  return Array.from({ length: periods }, (_, step) => {
    const at = (row * h + step) * HEAD_COUNT;
    const head = (name: (typeof HEADS)[number]): number => values[at + HEADS.indexOf(name)] as number;
    return sumDemand([{ mean: head('mean'), p50: head('p50'), p90: head('p90') }], 1, 0);
  });
}

/**
 * The myopic order where unmet demand is lost (Morton 1971; Zipkin 2008, "Old and new methods for lost-sales inventory systems"): the least
 * whole units at which the periods that this order alone can serve cost least.
 *
 * They begin with its receipt and end with that of the next order. The shelf is played up to them on each path of demand: receive, sell, lose
 * what is missing. No level of stock on hand and on order can say what is then left: a lost sale does not lower that position, so that filling
 * it up orders too much.
 *
 * `demand` is that of the lead time (a period for each of `stock.arriving`) and of the review after it; `levels` are `pathLevels` of as many
 * periods at least. Money a unit: `holding_cost` for each left at the end of a period, `shortage_cost` for each that is missing.
 * @throws RangeError when demand ends before the order is received, or levels before demand.
 */
export function lostSalesOrder(
  demand: readonly DemandSum[],
  stock: StockAhead,
  terms: { readonly holding_cost: number; readonly shortage_cost: number },
  levels: readonly Uint8Array[],
): number {
  const lead_time = stock.arriving.length;
  if (demand.length <= lead_time || levels.length < demand.length)
    throw new RangeError(
      `a lead time of ${lead_time}, demand of ${demand.length} periods, levels of ${levels.length}: too few`,
    );
  const needs = unitsNeeded(demand, stock, levels);
  const { holding_cost, shortage_cost } = terms;
  const last = needs.at(-1) as Float64Array;
  // The cost is convex in the quantity: on each path, one unit more is held at the end of every period that had no need of it, and is a sale
  // less lost if the review as a whole had.
  const paysNoMore = (qty: number): boolean => {
    const over = needs.map((period) => unneeded(period, qty));
    const held = over.reduce((sum, paths) => sum + paths, 0);
    return holding_cost * held >= shortage_cost * (PATHS - (over.at(-1) as number));
  };
  let least = 0;
  let most = Math.max(0, Math.ceil(last.reduce((high, units) => Math.max(high, units))));
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (paysNoMore(middle)) most = middle;
    else least = middle + 1;
  }
  return least;
}

/** By period of the review and path: the units that the order must have to meet all demand up to the end of that period; below 0 what is over. */
function unitsNeeded(
  demand: readonly DemandSum[],
  { on_hand, arriving }: StockAhead,
  levels: readonly Uint8Array[],
): readonly Float64Array[] {
  const shelf = new Float64Array(PATHS).fill(on_hand);
  const needs: Float64Array[] = [];
  demand.forEach((one, step) => {
    const units = countQuantiles(one, PATH_LEVELS);
    const level_of = levels[step] as Uint8Array;
    const received = arriving[step];
    if (received === undefined) {
      const before = needs.at(-1) ?? shelf.map((left) => -left);
      needs.push(before.map((needed, path) => needed + (units[level_of[path] as number] as number)));
    } else
      shelf.forEach((left, path) => {
        shelf[path] = Math.max(0, left + received - (units[level_of[path] as number] as number));
      });
  });
  return needs;
}

/** How much of the unit after `qty` is not needed, summed over paths; a part of it where stock is not whole. */
function unneeded(needs: Float64Array, qty: number): number {
  let sum = 0;
  for (const needed of needs) sum += Math.min(1, Math.max(0, qty + 1 - needed));
  return sum;
}
