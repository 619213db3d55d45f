import type { Case, Shelf } from '../flow/channel.ts';
import type { Deeds } from './injection.ts';

/** A case that arrives beyond need leaves the shelf at once, unseen, as long as any are owed. It was scanned at the door all the same. */
export function passOn({ owed }: Deeds, one: Case, shelf: Shelf): boolean {
  const key = `${shelf.dealer.dealer_id}|${shelf.product.sku_id}`;
  const units = owed.get(key) ?? 0;
  if (units > 0 && shelf.sealed.length > shelf.reserved && shelf.sealed.at(-1) === one) {
    shelf.sealed.pop();
    owed.set(key, units - one.product.pack_qty);
  }
  return false;
}
