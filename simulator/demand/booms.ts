import type { SimulationOptions } from '../options.ts';
import type { Random } from '../random.ts';
import { DAY_MS } from '../time.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import type { World } from '../world/world.ts';

/** A product sells far better than usual at one dealer for some days, and is ordered so: a fair, a new quarter, a canteen. */
interface Boom {
  readonly dealer: Dealer;
  readonly product: Product;
  readonly starts_ms: number;
  readonly ends_ms: number;
  readonly factor: number;
}

const BLOCK_DAYS = 30;

/** Local booms: a benign look-alike of orders that surge. `boom_rate` in 100 dealers and 30 days, for ever. */
export class Booms {
  readonly #options: SimulationOptions;
  readonly #world: World;
  readonly #random: Random;
  readonly #blocks = new Map<number, Boom[]>();

  constructor(options: SimulationOptions, world: World, random: Random) {
    this.#options = options;
    this.#world = world;
    this.#random = random;
  }

  /** How many times as much as usual consumers want of a product at a dealer. */
  factor(dealer: Dealer, product: Product, time_ms: number): number {
    const block = Math.floor((time_ms - this.#options.start_ms) / (BLOCK_DAYS * DAY_MS));
    const boom = this.#block(block).find(
      (one) =>
        one.dealer === dealer && one.product === product && time_ms >= one.starts_ms && time_ms < one.ends_ms,
    );
    return boom?.factor ?? 1;
  }

  #block(block: number): Boom[] {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const random = this.#random.fork(String(block));
    const { boom_rate, dealers, start_ms } = this.#options;
    const shops = this.#world.dealers.filter(({ tier }) => tier === 2);
    const count = shops.length === 0 ? 0 : Math.round((boom_rate * dealers) / 100);
    const booms = Array.from({ length: count }, () => {
      const dealer = random.pick(shops);
      const starts_ms = start_ms + (block * BLOCK_DAYS + random.between(0, BLOCK_DAYS - 10)) * DAY_MS;
      return {
        dealer,
        product: random.weighted(dealer.range, (one) => one.popularity),
        starts_ms,
        ends_ms: starts_ms + random.between(7, 10) * DAY_MS,
        factor: random.between(2.5, 3.5),
      };
    });
    this.#blocks.set(block, booms);
    return booms;
  }
}
