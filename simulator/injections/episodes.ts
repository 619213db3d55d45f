import type { SimulationOptions } from '../options.ts';
import type { Random } from '../random.ts';
import { DAY_MS } from '../time.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import type { World } from '../world/world.ts';

/** A dealer does wrong with one product for some days, together with a dealer in another province. */
export interface Episode {
  readonly injection_id: string;
  readonly dealer: Dealer;
  readonly product: Product;
  readonly partner: Dealer;
  readonly starts_ms: number;
  readonly ends_ms: number;
}

/** Episodes are drawn for blocks of this many days, for ever. */
const BLOCK_DAYS = 30;
/** A block's episodes begin here at the earliest, so that in the first block shelves are filled. */
const FIRST_DAY = 4;

/** The episodes of one kind: `injection_rate` in 100 dealers and 30 days, at least one a block unless the rate is 0. */
export class Episodes {
  readonly #kind: string;
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #dealers: readonly Dealer[];
  readonly #blocks = new Map<number, Episode[]>();

  constructor(kind: string, options: SimulationOptions, world: World, random: Random) {
    this.#kind = kind;
    this.#options = options;
    this.#random = random;
    this.#dealers = world.dealers.filter((dealer) => dealer.tier === 2);
  }

  /** The episode of a dealer and product that runs at a time, if any. */
  at(dealer: Dealer, product: Product, time_ms: number): Episode | undefined {
    const block = Math.floor((time_ms - this.#options.start_ms) / (BLOCK_DAYS * DAY_MS));
    return this.#block(block).find(
      (one) =>
        one.dealer === dealer && one.product === product && time_ms >= one.starts_ms && time_ms < one.ends_ms,
    );
  }

  #block(block: number): Episode[] {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const random = this.#random.fork(String(block));
    const { injection_rate, dealers, start_ms } = this.#options;
    const count = injection_rate === 0 ? 0 : Math.max(1, Math.round((injection_rate * dealers) / 100));
    const episodes: Episode[] = [];
    for (let i = 0; i < count; i++) {
      const dealer = random.weighted(this.#dealers, (one) => one.daily_units);
      const far = this.#dealers.filter(
        (one) => one.prefecture.province_adcode !== dealer.prefecture.province_adcode,
      );
      if (far.length === 0) break;
      const starts_ms = start_ms + (block * BLOCK_DAYS + random.between(FIRST_DAY, BLOCK_DAYS - 12)) * DAY_MS;
      episodes.push({
        injection_id: `${this.#kind}-${block + 1}-${i + 1}`,
        dealer,
        product: random.weighted(dealer.range, (one) => one.popularity),
        partner: random.pick(far),
        starts_ms,
        // Within its block, so that one look-up finds it.
        ends_ms: Math.min(
          starts_ms + random.between(8, 20) * DAY_MS,
          start_ms + (block + 1) * BLOCK_DAYS * DAY_MS,
        ),
      });
    }
    this.#blocks.set(block, episodes);
    return episodes;
  }
}
