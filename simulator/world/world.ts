import type { Prefecture } from '../../sql/geo/load.ts';
import { Random } from '../random.ts';
import type { SimulationOptions } from '../options.ts';
import { makeDealers, type Dealer } from './dealers.ts';
import { makeProducts, type Product } from './products.ts';
import { makePromotions, type Promotion } from './promotions.ts';

/** Everything that stands before the first order: who sells what where, and on which terms. */
export interface World {
  readonly prefectures: readonly Prefecture[];
  readonly dealers: readonly Dealer[];
  readonly products: readonly Product[];
  readonly promotions: readonly Promotion[];
}

/** The world of a seed. Pure: the map is an argument. */
export function makeWorld(options: SimulationOptions, prefectures: readonly Prefecture[]): World {
  const random = new Random(`${options.seed}/world`);
  const products = makeProducts(options.skus, random.fork('products'));
  const dealers = makeDealers(options, prefectures, products, random.fork('dealers'));
  const promotions = makePromotions(options, products, random.fork('promotions'));
  return { prefectures, dealers, products, promotions };
}
