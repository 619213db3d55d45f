import { partitionOf } from '../../ingest/key-partitioner.ts';

/**
 * How a frame at a client tells which orders it includes. Marked orders are the only ones in the reporting currency, and
 * each is worth a power of RADIX by its partition: the value of `orders_today_value` is then, digit by digit, how many
 * marked orders of each partition it includes. Within a partition orders are taken in by their offsets, so the k-th one
 * is included as soon as its digit is k: exact for every marked order, and nothing is added to the product for it.
 */
export const PARTITIONS = 4;
/** More than there are marked orders of a partition in a run. 9000^4 is below 2^53: the value is exact. */
export const RADIX = 9_000;
/** A tick marks one order of each partition: so many ticks can be told apart. */
export const TICKS_MAX = RADIX - 1;
/** The reporting currency of the run, and that of all orders without a mark. */
export const MARK_CURRENCY = 'CNY';
export const OTHER_CURRENCY = 'USD';

/** What a marked order of a partition is worth, as the contract writes money. */
export function worthOf(partition: number): string {
  return String(RADIX ** partition);
}

/** How many marked orders of each partition a value includes. */
export function includedIn(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    digits.push(rest % RADIX);
    rest = Math.floor(rest / RADIX);
  }
  return digits;
}

/** The id of the n-th marked order of a partition: one that Kafka's default partitioner puts there. */
export function markedOrderId(partition: number, n: number): string {
  for (let salt = 0; ; salt += 1) {
    const id = `mark-${n}-${salt}`;
    if (partitionOf(id, PARTITIONS) === partition) return id;
  }
}
