import type { SimulationOptions } from '../options.ts';
import type { Random } from '../random.ts';
import { DAY_MS, midnight } from '../time.ts';
import type { Product } from './products.ts';

/** A discount on some products for some days, in every territory. */
export interface Promotion {
  readonly promo_id: string;
  readonly sku_ids: ReadonlySet<string>;
  readonly starts_ms: number;
  readonly ends_ms: number;
  /** Whole percent off the guide price. */
  readonly discount_pct: number;
  /** Factor on consumers' demand while it runs. */
  readonly uplift: number;
}

/** One promotion for every two weeks of the simulated days, of 7 to 12 days on one category each. */
export function makePromotions(
  options: SimulationOptions,
  products: readonly Product[],
  random: Random,
): Promotion[] {
  const categories = [...new Set(products.map((product) => product.category))];
  const count = Math.max(1, Math.floor(options.days / 14));
  return Array.from({ length: count }, (_, i) => {
    const starts_ms = midnight(
      options.start_ms + ((i + random.between(0.1, 0.6)) * options.days * DAY_MS) / count,
    );
    const category = random.pick(categories);
    const discount_pct = random.int(4, 9);
    return {
      promo_id: `PROMO-${String(i + 1).padStart(2, '0')}`,
      sku_ids: new Set(products.filter((one) => one.category === category).map((one) => one.sku_id)),
      starts_ms,
      ends_ms: starts_ms + random.int(7, 12) * DAY_MS,
      discount_pct,
      uplift: 1 + discount_pct * random.between(0.08, 0.16),
    };
  });
}
