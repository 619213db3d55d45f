import type { Random } from '../random.ts';
import { day, weekday } from '../time.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import type { Promotion } from '../world/promotions.ts';

/** Sunday to Saturday; mean 1. */
const WEEKDAY = [1.18, 0.9, 0.88, 0.9, 0.95, 1.04, 1.15] as const;
/** January to December: spring festival in January and February, the sales of June and November, the holidays of October; mean 1. */
const MONTH = [1.22, 1.08, 0.86, 0.88, 0.97, 1.06, 0.9, 0.92, 1.02, 1.07, 1.1, 0.92] as const;
/** Standard deviation of the logarithm of a day's own luck. */
const DAY_NOISE = 0.25;

/**
 * Mean units a day of a product at a dealer without season or promotion: the dealer's size by the product's share among the
 * products that it holds. The tail of Zipf's law comes out well below one unit a day: intermittent demand.
 */
export function baseDemand(dealer: Dealer, product: Product): number {
  const held = dealer.range.reduce((sum, one) => sum + one.popularity, 0);
  return (dealer.daily_units * product.popularity) / held;
}

/** Factor of weekday, month and running promotions on a product's demand. */
export function seasonality(product: Product, time_ms: number, promotions: readonly Promotion[]): number {
  const uplift = runningPromotion(product, time_ms, promotions)?.uplift ?? 1;
  return (WEEKDAY[weekday(time_ms)] ?? 1) * (MONTH[Number(day(time_ms).slice(5, 7)) - 1] ?? 1) * uplift;
}

/** The promotion of a product that runs at a time. */
export function runningPromotion(
  product: Product,
  time_ms: number,
  promotions: readonly Promotion[],
): Promotion | undefined {
  return promotions.find(
    ({ sku_ids, starts_ms, ends_ms }) =>
      time_ms >= starts_ms && time_ms < ends_ms && sku_ids.has(product.sku_id),
  );
}

/** Units that consumers want on one day: Poisson around a mean that has its own luck, so more dispersed than Poisson. */
export function drawDemand(mean: number, random: Random): number {
  return random.poisson(random.logNormal(mean, DAY_NOISE));
}
