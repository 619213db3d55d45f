import { demandOf, type Panel } from '../forecast/panel.ts';

/** Terms of one series. Units, periods, and money a unit. */
export interface InventoryTerms {
  /** Stock before the first period. */
  readonly initial: number;
  /** What was ordered before: units received before the first period, the second, and so on. */
  readonly in_transit: readonly number[];
  /** Whole periods from order to receipt: an order made before period t can be sold from period t + lead_time on. */
  readonly lead_time: number;
  /** For each unit left at the end of a period. */
  readonly holding_cost: number;
  /** For each unit asked for and not there. */
  readonly shortage_cost: number;
}

/** The periods that are played, and how often orders are made. */
export interface InventoryPlan {
  readonly first: number;
  readonly periods: number;
  /** Periods between orders, ≥ 1. */
  readonly review: number;
}

/** What a series has when an order is made, units. */
export interface StockAhead {
  readonly on_hand: number;
  /** What was ordered before and is received in each period of the lead time, the coming period first. */
  readonly arriving: Float64Array;
}

/** A policy: the whole units that it orders. It may look at demand up to `origin` only, the last period before the order. */
export type OrderQuantity = (series: number, origin: number, stock: StockAhead) => number;

/** What a policy has cost and reached over all series. A ratio without a denominator is null. */
export interface InventoryFigures {
  readonly holding_cost: number;
  readonly shortage_cost: number;
  readonly total_cost: number;
  /** Series-periods in which demand was not met whole ÷ series-periods with known demand. */
  readonly stockout_ratio: number | null;
  /** Σ sold ÷ Σ demand. */
  readonly fill_rate: number | null;
  /** Mean units at the end of a period, summed over series. */
  readonly average_stock: number;
  /** average_stock ÷ units sold a day. */
  readonly turnover_days: number | null;
}

/**
 * Plays a policy against the demand that came. In each period: order (when it is time to), receive, sell, pay. What is missing is lost, not
 * delivered later. Orders are whole units. A period whose demand is missing receives but neither sells nor costs.
 */
export function runInventory(
  panel: Panel,
  plan: InventoryPlan,
  termsOf: (series: number) => InventoryTerms,
  order: OrderQuantity,
): InventoryFigures {
  const sums = { holding: 0, shortage: 0, stock: 0, sold: 0, asked: 0, short: 0, known: 0 };
  for (let series = 0; series < panel.series_count; series++) {
    const terms = termsOf(series);
    const demand = demandOf(panel, series);
    const arrivals = new Float64Array(Math.max(plan.periods + terms.lead_time, terms.in_transit.length));
    arrivals.set(terms.in_transit);
    let on_hand = terms.initial;
    for (let step = 0; step < plan.periods; step++) {
      const t = plan.first + step;
      const receipt = step + terms.lead_time;
      if (step % plan.review === 0)
        // What was in transit for longer than the lead time, and is received with the order, need not be ordered.
        arrivals[receipt] = Math.max(
          arrivals[receipt] as number,
          order(series, t - 1, { on_hand, arriving: arrivals.slice(step, receipt) }),
        );
      on_hand += arrivals[step] as number;
      const asked = demand[t] as number;
      if (Number.isNaN(asked)) continue;
      const sold = Math.min(asked, on_hand);
      on_hand -= sold;
      sums.known++;
      sums.asked += asked;
      sums.sold += sold;
      if (sold < asked) sums.short++;
      sums.stock += on_hand;
      sums.holding += terms.holding_cost * on_hand;
      sums.shortage += terms.shortage_cost * (asked - sold);
    }
  }
  return figuresOf(sums, panel);
}

interface InventorySums {
  readonly holding: number;
  readonly shortage: number;
  /** Units left, summed over series and periods. */
  readonly stock: number;
  readonly sold: number;
  readonly asked: number;
  /** Series-periods: in which something was missing, and whose demand is known. */
  readonly short: number;
  readonly known: number;
}

function figuresOf(sums: InventorySums, { series_count, period_days }: Panel): InventoryFigures {
  const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
  return {
    holding_cost: sums.holding,
    shortage_cost: sums.shortage,
    total_cost: sums.holding + sums.shortage,
    stockout_ratio: ratio(sums.short, sums.known),
    fill_rate: ratio(sums.sold, sums.asked),
    average_stock: ratio(sums.stock * series_count, sums.known) ?? 0,
    turnover_days: ratio(sums.stock * period_days, sums.sold),
  };
}
