import { share, type Tenthousandths } from '../money.ts';
import type { Product } from './products.ts';

/** What a dealer of a tier pays for a unit, as a share of the list price. */
const GUIDE_OF_LIST: Readonly<Record<number, number>> = { 1: 0.7, 2: 0.8 };
/** The floor as a share of the guide price: below every promotion (at most 9 %) and every haggling (at most 2 %). */
const FLOOR_OF_GUIDE = 0.88;

export function guidePrice(product: Product, tier: number): Tenthousandths {
  return share(product.list_price, GUIDE_OF_LIST[tier] ?? 1);
}

export function floorPrice(product: Product, tier: number): Tenthousandths {
  return share(guidePrice(product, tier), FLOOR_OF_GUIDE);
}

/** The rebate programme on net purchases of a month, in yuan; the rate reached holds for the whole month. */
export const REBATE_PROGRAM = {
  program_id: 'REBATE-NET-SALES',
  tiers: [
    { from: 5_000, rate_pct: 1 },
    { from: 20_000, rate_pct: 1.5 },
    { from: 100_000, rate_pct: 2.5 },
  ],
} as const;

/** Rate in percent for a month's net purchases in yuan. */
export function rebateRate(net_sales_yuan: number): number {
  return REBATE_PROGRAM.tiers.reduce<number>(
    (rate, tier) => (net_sales_yuan >= tier.from ? tier.rate_pct : rate),
    0,
  );
}
