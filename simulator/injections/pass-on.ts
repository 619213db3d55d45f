import type { Case, Shelf } from '../flow/channel.ts';
import type { Deeds } from './injection.ts';

/** A case that arrives beyond need leaves the shelf at once, unseen, as long as any are owed. It was scanned at the door all the same. */
export function passOn({ owed }: Deeds, one: Case, shelf: Shelf): boolean {
  const key = `${shelf.dealer.dealer_id}|${shelf.product.sku_id}`;
  const units = owed.get(key) ?? 0;
  if (units > 0 && takeOff(shelf, one)) owed.set(key, units - one.product.pack_qty);
  return false;
}

/** Takes a case that has just arrived off the shelf again; false when it is promised, or gone to another deed already. */
export function takeOff({ sealed, reserved }: Shelf, one: Case): boolean {
  if (sealed.length <= reserved || sealed.at(-1) !== one) return false;
  sealed.pop();
  return true;
}
