import type { EventQueue } from '../event-queue.ts';
import type { Booms } from '../demand/booms.ts';
import type { Injections } from '../injections/injection.ts';
import type { Tenthousandths } from '../money.ts';
import type { SimulationOptions } from '../options.ts';
import type { Random } from '../random.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import type { World } from '../world/world.ts';
import type { EventStream } from './event-stream.ts';
import { caseCode, unitCode } from '../codes.ts';

/** A case on its way through the channel. Its units are numbered; those at the end are sold first. */
export interface Case {
  readonly serial: number;
  readonly code: string;
  readonly lot: string;
  readonly product: Product;
  units_left: number;
}

/** A dealer's stock of one product, in units; all that is on hand lies in cases that were shipped to it. */
export interface Shelf {
  readonly dealer: Dealer;
  readonly product: Product;
  /** Mean units a day that leave it, consumers and lower tier together: what orders are planned by. */
  readonly daily_mean: number;
  sealed: Case[];
  open: Case | null;
  on_order: number;
  in_transit: number;
  /** Sealed cases promised to the lower tier. */
  reserved: number;
}

export function onHand(shelf: Shelf): number {
  return shelf.sealed.length * shelf.product.pack_qty + (shelf.open?.units_left ?? 0);
}

/** Everything that the parts of the simulation share. */
export interface Channel {
  readonly world: World;
  readonly options: SimulationOptions;
  readonly stream: EventStream;
  readonly queue: EventQueue;
  /** One stream of chance per concern. */
  readonly random: Readonly<
    Record<'demand' | 'orders' | 'logistics' | 'retail' | 'accounts' | 'activity' | 'benign', Random>
  >;
  readonly shelves: ReadonlyMap<string, readonly Shelf[]>;
  readonly injections: Injections;
  readonly booms: Booms;
  /** Net purchases by `dealer_id|YYYY-MM`: what rebates are claimed on. */
  readonly purchases: Map<string, Tenthousandths>;
  /** Sequence numbers of things that are born in the course of the simulation. */
  readonly born: { cases: number; orders: number; documents: number; scans: number; acts: number };
}

export function dealerById(channel: Channel, dealer_id: string): Dealer | undefined {
  // Ids are D0001, D0002, … in the order of the list.
  return channel.world.dealers[Number(dealer_id.slice(1)) - 1];
}

export function shelfOf(channel: Channel, dealer: Dealer, product: Product): Shelf | undefined {
  return channel.shelves.get(dealer.dealer_id)?.find((shelf) => shelf.product === product);
}

/** Plans something for `delay_ms` from now. */
export function after(channel: Channel, delay_ms: number, happen: () => void): void {
  channel.queue.plan(channel.stream.now_ms + delay_ms, happen);
}

/** A new case with all its units, of the lot that is packed in that month. */
export function newCase(channel: Channel, product: Product, month: string): Case {
  const serial = ++channel.born.cases;
  const lot = `L${month.replace('-', '').slice(2)}${product.sku_id.slice(-3)}`;
  return { serial, code: caseCode(serial), lot, product, units_left: product.pack_qty };
}

/** The code of the `n`-th unit of a case, from 1. */
export function codeOfUnit({ serial, product }: Case, n: number): string {
  return unitCode(product.gtin, `${serial.toString(36).toUpperCase()}${String(n).padStart(2, '0')}`);
}
