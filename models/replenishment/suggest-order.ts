import { demandQuantile, sumDemand, type PeriodForecast } from './demand-sum.ts';

/** Stock of one SKU at one dealer, units. */
export interface StockPosition {
  readonly on_hand: number;
  /** Ordered and not yet shipped. */
  readonly on_order: number;
  readonly in_transit: number;
  readonly committed: number;
}

/** How an order is to be made. Times in periods of the forecast. */
export interface OrderPolicy {
  /** From order to receipt. */
  readonly lead_time: number;
  /** Until the next order can be made. */
  readonly review_time: number;
  /** Cycle service level ∈ (0, 1): the chance that no unit is missing until the next order has arrived. */
  readonly service_level: number;
  /** Correlation of the forecast's errors between periods; see `sumDemand`. */
  readonly error_correlation: number;
  /** Orders are whole packs of so many units, > 0. */
  readonly pack_qty: number;
}

/** An order and what it is made of, all in units: `target` = demand + safety, qty = packs for target − position. */
export interface OrderSuggestion {
  readonly qty: number;
  /** Mean demand over lead and review time. */
  readonly demand: number;
  /** Of the demand, what promotions add: 0 where it is not known. */
  readonly promo_uplift: number;
  readonly safety: number;
  readonly target: number;
  readonly position: number;
  /** What rounding up to whole packs adds. */
  readonly rounding: number;
}

/** on_hand + on_order + in_transit − committed (domain: "Replenishment and transfers"). */
export function inventoryPosition(stock: StockPosition): number {
  return stock.on_hand + stock.on_order + stock.in_transit - stock.committed;
}

/**
 * Orders up to the demand's quantile at the service level over lead plus review time, in whole packs, when the position
 * lies below it; else 0. `promo_uplift` names how much of each period's mean is due to promotions.
 * @throws RangeError when the forecast does not cover lead and review time.
 */
export function suggestOrder(
  forecast: readonly PeriodForecast[],
  stock: StockPosition,
  policy: OrderPolicy,
  promo_uplift: readonly number[] = [],
): OrderSuggestion {
  const periods = policy.lead_time + policy.review_time;
  const sum = sumDemand(forecast, periods, policy.error_correlation);
  const target = Math.max(sum.mean, demandQuantile(sum, policy.service_level));
  const position = inventoryPosition(stock);
  const wanted = Math.max(0, target - position);
  const qty = Math.ceil(roundedOff(wanted / policy.pack_qty)) * policy.pack_qty;
  return {
    qty,
    demand: sum.mean,
    promo_uplift: promo_uplift
      .slice(0, Math.ceil(periods))
      .reduce((total, one, step) => total + one * Math.min(1, periods - step), 0),
    safety: target - sum.mean,
    target,
    position,
    rounding: qty - wanted,
  };
}

/** So that 12.000000000000002 packs are 12. */
function roundedOff(packs: number): number {
  return Number(packs.toFixed(9));
}

/** The same (dealer, SKU, cycle) has the same id in every run: a new run supersedes, and never doubles, a suggestion. */
export function orderSuggestionId(dealer_id: string, sku_id: string, cycle: string): string {
  return `rp:${encodeURIComponent(dealer_id)}:${encodeURIComponent(sku_id)}:${cycle}`;
}
