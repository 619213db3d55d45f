import type { AlertKind } from '../../models/contract/alert.ts';
import type { Case, Channel, Shelf } from '../flow/channel.ts';
import type { Tenthousandths } from '../money.ts';
import type { SimulationOptions } from '../options.ts';
import { Random } from '../random.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import type { World } from '../world/world.ts';
import { Episodes, type EpisodeDays } from './episodes.ts';
import { TruthLog, type TruthRow } from './truth.ts';

/** What an injection knows besides the channel: when and where it acts, its own chance, and the log of its deeds. */
export interface Deeds {
  readonly episodes: Episodes;
  readonly random: Random;
  readonly truth: TruthLog;
  /** Cases that the deed has hold of: what that means is the injection's affair. */
  readonly held: Set<Case>;
  /** Units that a dealer (`dealer_id|sku_id`) will pass on unseen as soon as they arrive. */
  readonly owed: Map<string, number>;
  /** Units that it still has to order for that. */
  readonly due: Map<string, number>;
}

/** One kind of labelled bad deed: what it does at the points of the flow where it may act. A new kind is its file and one line. */
export interface Injection {
  readonly kind: AlertKind;
  /** How long its episodes last. Default: 8 to 20 days within blocks of 30. */
  readonly lasts?: EpisodeDays;
  /** A case has arrived (it lies last among the shelf's sealed ones). True when the dealer does not scan it as received. */
  readonly received?: (deeds: Deeds, channel: Channel, one: Case, shelf: Shelf) => boolean;
  /** The `n`-th unit of a case has been sold to a consumer. */
  readonly sold?: (deeds: Deeds, channel: Channel, one: Case, n: number, shelf: Shelf) => void;
  /** A dealer orders at a fair price: the price that it is charged. */
  readonly priced?: (
    deeds: Deeds,
    channel: Channel,
    dealer: Dealer,
    product: Product,
    fair: Tenthousandths,
  ) => Tenthousandths;
  /** A dealer looks through a shelf: units that it orders beyond its need. */
  readonly surplus?: (deeds: Deeds, channel: Channel, shelf: Shelf) => number;
  /** Share of what consumers want of a shelf that it meets from goods of its own, seen by scans. Default: 1. */
  readonly openly?: (deeds: Deeds, channel: Channel, shelf: Shelf) => number;
  /** Whether the codes of a case have been scraped off, so that nobody scans what is in it. */
  readonly isScraped?: (deeds: Deeds, one: Case) => boolean;
}

/** All injections of a simulation, each with its own stream of chance: leaving one out changes no other's choices. */
export class Injections {
  readonly #active: readonly { readonly injection: Injection; readonly deeds: Deeds }[];
  readonly #truth = new TruthLog();

  constructor(injections: readonly Injection[], options: SimulationOptions, world: World) {
    this.#active = injections.map((injection) => {
      const random = new Random(`${options.seed}/injections/${injection.kind}`);
      const episodes = new Episodes(injection.kind, options, world, random.fork('episodes'), injection.lasts);
      const deeds = {
        episodes,
        random,
        truth: this.#truth,
        held: new Set<Case>(),
        owed: new Map<string, number>(),
        due: new Map<string, number>(),
      };
      return { injection, deeds };
    });
  }

  received(channel: Channel, one: Case, shelf: Shelf): boolean {
    return this.#active.some(
      ({ injection, deeds }) => injection.received?.(deeds, channel, one, shelf) ?? false,
    );
  }

  sold(channel: Channel, one: Case, n: number, shelf: Shelf): void {
    for (const { injection, deeds } of this.#active) injection.sold?.(deeds, channel, one, n, shelf);
  }

  priced(channel: Channel, dealer: Dealer, product: Product, fair: Tenthousandths): Tenthousandths {
    return this.#active.reduce(
      (price, { injection, deeds }) => injection.priced?.(deeds, channel, dealer, product, price) ?? price,
      fair,
    );
  }

  surplus(channel: Channel, shelf: Shelf): number {
    return this.#active.reduce(
      (units, { injection, deeds }) => units + (injection.surplus?.(deeds, channel, shelf) ?? 0),
      0,
    );
  }

  /** Units on order that the dealer will not keep: it reckons without them. */
  owed({ dealer, product }: Shelf): number {
    const key = `${dealer.dealer_id}|${product.sku_id}`;
    return this.#active.reduce((units, { deeds }) => units + Math.max(0, deeds.owed.get(key) ?? 0), 0);
  }

  openly(channel: Channel, shelf: Shelf): number {
    return this.#active.reduce(
      (share, { injection, deeds }) => share * (injection.openly?.(deeds, channel, shelf) ?? 1),
      1,
    );
  }

  isScraped(one: Case): boolean {
    return this.#active.some(({ injection, deeds }) => injection.isScraped?.(deeds, one) ?? false);
  }

  truth(): TruthRow[] {
    return this.#truth.rows();
  }
}
