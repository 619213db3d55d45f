import { distanceKm } from '../../models/geo/distance.ts';
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
  /** The nearest dealer of its tier and province that holds the product too; itself where there is none. */
  readonly neighbour: Dealer;
  readonly starts_ms: number;
  readonly ends_ms: number;
}

/** How long episodes last, and the blocks of days that they are drawn for, for ever: an episode lies within one. */
export interface EpisodeDays {
  readonly block_days: number;
  readonly days: readonly [number, number];
}
const USUAL: EpisodeDays = { block_days: 30, days: [8, 20] };
/** A block's episodes leave at least so many days to its end. */
const LAST_DAYS = 12;
/** A block's episodes begin here at the earliest, so that in the first block shelves are filled. */
const FIRST_DAY = 4;

/** The episodes of one kind: `injection_rate` in 100 dealers and 30 days, at least one a block unless the rate is 0. */
export class Episodes {
  readonly #kind: string;
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #dealers: readonly Dealer[];
  readonly #lasts: EpisodeDays;
  readonly #blocks = new Map<number, Episode[]>();

  constructor(
    kind: string,
    options: SimulationOptions,
    world: World,
    random: Random,
    lasts: EpisodeDays = USUAL,
  ) {
    this.#lasts = lasts;
    this.#kind = kind;
    this.#options = options;
    this.#random = random;
    this.#dealers = world.dealers.filter((dealer) => dealer.tier === 2);
  }

  /** The episode of a dealer and product that runs at a time, if any. */
  at(dealer: Dealer, product: Product, time_ms: number): Episode | undefined {
    return this.#running(time_ms).find((one) => one.dealer === dealer && one.product === product);
  }

  /** The episode that a neighbour and product have a part in at a time, if any. */
  atNeighbour(neighbour: Dealer, product: Product, time_ms: number): Episode | undefined {
    return this.#running(time_ms).find(
      (one) => one.neighbour === neighbour && one.dealer !== neighbour && one.product === product,
    );
  }

  #running(time_ms: number): Episode[] {
    const block = Math.floor((time_ms - this.#options.start_ms) / (this.#lasts.block_days * DAY_MS));
    return this.#block(block).filter((one) => time_ms >= one.starts_ms && time_ms < one.ends_ms);
  }

  #block(block: number): Episode[] {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    const random = this.#random.fork(String(block));
    const { injection_rate, dealers, start_ms } = this.#options;
    const { block_days, days } = this.#lasts;
    const count =
      injection_rate === 0
        ? 0
        : Math.max(1, Math.round((((injection_rate * dealers) / 100) * block_days) / USUAL.block_days));
    const episodes: Episode[] = [];
    for (let i = 0; i < count; i++) {
      const dealer = random.weighted(this.#dealers, (one) => one.daily_units);
      const far = this.#dealers.filter(
        (one) => one.prefecture.province_adcode !== dealer.prefecture.province_adcode,
      );
      if (far.length === 0) break;
      const starts_ms =
        start_ms +
        (block * block_days + random.between(FIRST_DAY, block_days - Math.max(LAST_DAYS, days[0]))) * DAY_MS;
      const product = random.weighted(dealer.range, (one) => one.popularity);
      episodes.push({
        injection_id: `${this.#kind}-${block + 1}-${i + 1}`,
        dealer,
        product,
        partner: random.pick(far),
        neighbour: neighbourOf(dealer, product, this.#dealers),
        starts_ms,
        // Within its block, so that one look-up finds it.
        ends_ms: Math.min(
          starts_ms + random.between(...days) * DAY_MS,
          start_ms + (block + 1) * block_days * DAY_MS,
        ),
      });
    }
    this.#blocks.set(block, episodes);
    return episodes;
  }
}

function neighbourOf(dealer: Dealer, product: Product, dealers: readonly Dealer[]): Dealer {
  return dealers
    .filter(
      (one) =>
        one !== dealer &&
        one.prefecture.province_adcode === dealer.prefecture.province_adcode &&
        one.range.includes(product),
    )
    .reduce<Dealer>(
      (nearest, one) =>
        nearest === dealer ||
        distanceKm(one.position, dealer.position) < distanceKm(nearest.position, dealer.position)
          ? one
          : nearest,
      dealer,
    );
}
