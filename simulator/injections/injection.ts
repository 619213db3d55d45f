import type { AlertKind } from '../../models/contract/alert.ts';
import type { Case, Channel, Shelf } from '../flow/channel.ts';
import type { Tenthousandths } from '../money.ts';
import type { SimulationOptions } from '../options.ts';
import { Random } from '../random.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import type { World } from '../world/world.ts';
import { Episodes } from './episodes.ts';
import { TruthLog, type TruthRow } from './truth.ts';

/** What an injection knows besides the channel: when and where it acts, its own chance, and the log of its deeds. */
export interface Deeds {
  readonly episodes: Episodes;
  readonly random: Random;
  readonly truth: TruthLog;
}

/** One kind of labelled bad deed: what it does at the points of the flow where it may act. A new kind is its file and one line. */
export interface Injection {
  readonly kind: AlertKind;
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
}

/** All injections of a simulation, each with its own stream of chance: leaving one out changes no other's choices. */
export class Injections {
  readonly #active: readonly { readonly injection: Injection; readonly deeds: Deeds }[];
  readonly #truth = new TruthLog();

  constructor(injections: readonly Injection[], options: SimulationOptions, world: World) {
    this.#active = injections.map((injection) => {
      const random = new Random(`${options.seed}/injections/${injection.kind}`);
      const episodes = new Episodes(injection.kind, options, world, random.fork('episodes'));
      return { injection, deeds: { episodes, random, truth: this.#truth } };
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

  truth(): TruthRow[] {
    return this.#truth.rows();
  }
}
