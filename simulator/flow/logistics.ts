import { HOUR_MS, MINUTE_MS, month } from '../time.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import { after, newCase, shelfOf, type Case, type Channel } from './channel.ts';
import { dealerScanPlace, HQ, scanCase, scanUnit } from './scans.ts';

/** Packs new cases at the manufacturer: each case's label is commissioned, then each unit is packed into it. */
export function packCases(channel: Channel, product: Product, count: number): Case[] {
  return Array.from({ length: count }, () => {
    const one = newCase(channel, product, month(channel.stream.now_ms));
    scanCase(channel, one, HQ, 'commissioning');
    for (let n = 1; n <= product.pack_qty; n++)
      scanUnit(channel, one, n, HQ, 'packing', { parent_code: one.code });
    return one;
  });
}

/** Scans cases out of a supplier's door, for a dealer. They are in transit until they arrive. */
export function shipCases(
  channel: Channel,
  cases: readonly Case[],
  supplier: Dealer | null,
  to: Dealer,
): void {
  const random = channel.random.logistics;
  for (const one of cases) {
    const place = supplier === null ? {} : dealerScanPlace(supplier, random);
    scanCase(channel, one, supplier?.dealer_id ?? HQ, 'shipping', { to_dealer_id: to.dealer_id, ...place });
    const shelf = shelfOf(channel, to, one.product);
    if (shelf !== undefined) shelf.in_transit += one.units_left;
  }
}

/** Cases arrive at a dealer: most are scanned within the hour, all are on its shelf at once. */
export function receiveCases(channel: Channel, cases: readonly Case[], dealer: Dealer): void {
  const random = channel.random.logistics;
  // A benign look-alike of codes scraped off: nobody scans the delivery, but its units are scanned when they are sold.
  const is_forgotten = channel.random.benign.chance(channel.options.forgotten_share);
  for (const one of cases) {
    const shelf = shelfOf(channel, dealer, one.product);
    if (shelf === undefined)
      throw new Error(`${dealer.dealer_id} received ${one.product.sku_id}, which it does not hold`);
    shelf.in_transit -= one.units_left;
    shelf.sealed.push(one);
    const is_silent = channel.injections.received(channel, one, shelf) || is_forgotten;
    if (!is_silent && random.chance(dealer.scan_discipline))
      after(channel, random.between(2, 50) * MINUTE_MS, () => {
        scanCase(channel, one, dealer.dealer_id, 'receiving', dealerScanPlace(dealer, random));
      });
  }
}

/**
 * The stock that a dealer starts with, through the same doors as any other: packed, shipped and received within a day, so that
 * every code that is ever seen has its history. A lower tier's cases come straight from the manufacturer this once.
 */
export function openShelf(channel: Channel, dealer: Dealer, product: Product, count: number): void {
  const random = channel.random.logistics;
  after(channel, random.between(0, 4) * HOUR_MS, () => {
    const cases = packCases(channel, product, count);
    after(channel, random.between(1, 3) * HOUR_MS, () => {
      shipCases(channel, cases, null, dealer);
      after(channel, random.between(4, 14) * HOUR_MS, () => {
        receiveCases(channel, cases, dealer);
      });
    });
  });
}
