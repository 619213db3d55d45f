import type { ShopChannel, ShopShelf } from './shop-channel.ts';

/** What a policy may know of a shelf on an evening: all up to that day, nothing of what comes. */
export interface ShelfView {
  readonly index: number;
  readonly shelf: Pick<ShopShelf, 'dealer' | 'product' | 'daily_mean'>;
  readonly on_hand: number;
  readonly on_order: number;
  /** Units sold on each day so far. */
  readonly sold: Int32Array;
  /** Units on hand at the end of each day so far. */
  readonly left: Int32Array;
}

export interface OrderPolicy {
  /** Called each evening before the orders of all shelves. */
  readonly beginEvening?: (day: number, views: readonly ShelfView[]) => Promise<void>;
  /** Cases to order. */
  readonly casesFor: (view: ShelfView, day: number) => number;
}

/** Stock and what is under way, at the end of a day. */
export interface ShelfState {
  on_hand: number;
  /** Units that arrive in the morning of each day. */
  readonly arrivals: Int32Array;
  readonly sold: Int32Array;
  readonly left: Int32Array;
}

/** Sums over the shelf-days that are counted. */
export interface LoopFigures {
  /** Shelf-days that ended with nothing on hand while the product was in demand in 28 days ÷ shelf-days (D9). */
  readonly stockout_ratio: number;
  /** Σ sold ÷ Σ wanted. */
  readonly fill_rate: number;
  /** Mean value on hand at the end of a day at unit cost, ¥. */
  readonly stock_value: number;
  /** stock_value ÷ cost of goods sold a day. */
  readonly turnover_days: number;
}

/** Longest time that an order of the last day may take. */
const ROOM_DAYS = 30;
const DEMAND_DAYS = 28;
/** The simulator's money is in ten-thousandths of a yuan. */
const PER_YUAN = 10_000;

export function emptyStates(
  { shelves, days }: ShopChannel,
  openingOf: (shelf: ShopShelf) => number,
): ShelfState[] {
  return shelves.map((shelf) => ({
    on_hand: openingOf(shelf),
    arrivals: new Int32Array(days + ROOM_DAYS),
    sold: new Int32Array(days),
    left: new Int32Array(days),
  }));
}

export function copyOf(states: readonly ShelfState[]): ShelfState[] {
  return states.map(({ on_hand, arrivals, sold, left }) => ({
    on_hand,
    arrivals: arrivals.slice(),
    sold: sold.slice(),
    left: left.slice(),
  }));
}

/**
 * Plays days `from` to `to` (exclusive): in the morning what is due arrives, by day consumers buy what is there (the rest is lost), in the
 * evening orders are made. Changes `states`.
 */
export async function play(
  channel: ShopChannel,
  states: readonly ShelfState[],
  policy: OrderPolicy,
  from: number,
  to: number,
): Promise<void> {
  for (let day = from; day < to; day++) {
    const views = states.map((state, index): ShelfView => {
      const shelf = channel.shelves[index] as ShopShelf;
      const stock = state.on_hand + (state.arrivals[day] as number);
      const sold = Math.min(stock, shelf.wanted[day] as number);
      state.on_hand = stock - sold;
      state.sold[day] = sold;
      state.left[day] = state.on_hand;
      const { dealer, product, daily_mean } = shelf;
      return {
        index,
        shelf: { dealer, product, daily_mean },
        on_hand: state.on_hand,
        on_order: state.arrivals.subarray(day + 1).reduce((sum, units) => sum + units, 0),
        sold: state.sold.subarray(0, day + 1),
        left: state.left.subarray(0, day + 1),
      };
    });
    await policy.beginEvening?.(day, views);
    for (const view of views) {
      const cases = policy.casesFor(view, day);
      if (cases <= 0) continue;
      const { lead_days, product } = channel.shelves[view.index] as ShopShelf;
      const { arrivals } = states[view.index] as ShelfState;
      const due = day + (lead_days[day] as number);
      arrivals[due] = (arrivals[due] as number) + cases * product.pack_qty;
    }
  }
}

/** What days `from` to `to` (exclusive) came to. */
export function figuresOf(
  { shelves }: ShopChannel,
  states: readonly ShelfState[],
  from: number,
  to: number,
): LoopFigures {
  const sums = { out: 0, days: 0, sold: 0, wanted: 0, value: 0, cost: 0 };
  states.forEach(({ sold, left }, index) => {
    const { wanted, product } = shelves[index] as ShopShelf;
    const unit_cost = product.unit_cost / PER_YUAN;
    for (let day = from; day < to; day++) {
      const recent = wanted.subarray(Math.max(0, day - DEMAND_DAYS + 1), day + 1);
      if (left[day] === 0 && recent.some((units) => units > 0)) sums.out++;
      sums.days++;
      sums.sold += sold[day] as number;
      sums.wanted += wanted[day] as number;
      sums.value += (left[day] as number) * unit_cost;
      sums.cost += (sold[day] as number) * unit_cost;
    }
  });
  const days = to - from;
  return {
    stockout_ratio: sums.out / sums.days,
    fill_rate: sums.sold / sums.wanted,
    stock_value: sums.value / days,
    turnover_days: sums.value / sums.cost,
  };
}
