import type { AlertKind } from '../contract/alert.ts';

/** A stretch of whole days: from `from` to before `to`, counted from the first day that is looked at. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a rule says of a dealer and a product, on the evidence of a stretch of days. */
export interface HabitSignal extends Stretch {
  readonly kind: AlertKind;
  readonly origin_dealer_id: string;
  readonly sku_id: string;
  /** The other dealer of a pair; "" = none. */
  readonly found_dealer_id: string;
  /** ln of the likelihood ratio: what it adds to the log-odds of a diversion. */
  readonly log_odds: number;
  /** Units in question. */
  readonly units: number;
  /** What was to be expected, and what was seen instead: units, or a share of codes. */
  readonly expected: number;
  readonly observed: number;
}

/** What a dealer orders of a product, day by day. */
export interface OrderHabit {
  readonly dealer_id: string;
  readonly sku_id: string;
  /** Units of the lines placed on each day, cancelled ones left out. */
  readonly ordered: Float64Array;
  /** Their value, in the currency of most. */
  readonly value: Float64Array;
  /** Units that it sold, to consumers and to dealers below it; all 0 where nobody tells. */
  readonly sold: Float64Array;
  /** Of those the units that it was seen to sell to consumers. */
  readonly retail: Float64Array;
  /** Units that were shipped to it, less what it returned. */
  readonly shipped: Float64Array;
  /** Units on its shelves and on their way to it at the end of each day, by the last snapshot until then; NaN before the first. */
  readonly stock: Float64Array;
  /** 1 on each day with a snapshot, else 0: what was sold or came since the last one its `stock` does not show. */
  readonly counted: Uint8Array;
  /** Stretches in which a promotion of the product in the dealer's territory runs. */
  readonly promoted: readonly Stretch[];
  /** First day that counts (`beginsOf`). */
  readonly begins: number;
}

/** Running sums, so that any stretch is one subtraction: `sums[i]` is the sum of the first `i` values. */
export function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i += 1) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0);
  return sums;
}

/** Sum over a stretch, of running sums. */
export function sumIn(sums: Float64Array, { from, to }: Stretch): number {
  return (sums[to] ?? 0) - (sums[from] ?? 0);
}

/** Whether two stretches share a day. */
export function overlaps(a: Stretch, b: Stretch): boolean {
  return a.from < b.to && b.from < a.to;
}

/** All days on which a habit counts. */
export function wholeOf(habit: OrderHabit): Stretch {
  return { from: habit.begins, to: habit.ordered.length };
}

/**
 * First day on which a habit counts: that after the first order, which fills an empty shelf; where a snapshot before it shows that the
 * shelf was not empty, that after the snapshot.
 */
export function beginsOf({ ordered, stock }: Pick<OrderHabit, 'ordered' | 'stock'>): number {
  const first = ordered.findIndex((units) => units > 0);
  const known = stock.findIndex((units) => units > 0);
  return known !== -1 && known < first ? known + 1 : first + 1;
}
