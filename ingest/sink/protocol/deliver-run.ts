import { backoff_ms, persist, type Partition } from './partition.ts';
import { declareIntent, deliverBlock } from './deliver-block.ts';
import type { Intent } from './intent.ts';
import {
  BrokenLedgerError,
  type Block,
  type DeadLetter,
  type Delivery,
  type Reason,
  type RefusedError,
} from './ports.ts';
import type { Run } from './run.ts';

/** How deliveries become a block, and what is seen to be wrong with one before ClickHouse is asked. */
export interface BlockCodec<R extends Run<R>> {
  /** null = looks sound. */
  inspect(delivery: Delivery): Reason | null;
  /** Whether every delivery of a run is known to look sound, so that none need be inspected. */
  areSound(run: R): boolean;
  encode(run: R, ingested_at_ms: number): Block;
}

/** A single delivery must be refused this often before it is set aside: one answer can be about a torn request. */
const REFUSALS_TO_DIE = 2;

/**
 * Accounts for deliveries of consecutive offsets, in order: each is stored exactly once or becomes a dead letter. What
 * ClickHouse refuses is cut in pieces until the guilty stand alone; the others are stored.
 *
 * `open` is the intent to finish first: when given, `deliveries` must be exactly its range. `shared` names an insert that
 * they may share with other partitions' deliveries.
 * @throws BrokenLedgerError when Kafka now gives other bytes than those the intent was made of.
 */
export async function deliverRun<R extends Run<R>>(
  partition: Partition,
  codec: BlockCodec<R>,
  deliveries: R,
  open: Intent | null = null,
  shared = '',
): Promise<void> {
  const ingested_at_ms = open?.ingested_at_ms ?? partition.clock.now_ms();
  const pieces = splitAtUnsound(codec, deliveries).reverse();
  let earlier = open;
  // Only a batch that is one block can share an insert: others wait for it.
  let share = pieces.length === 1 && open === null ? shared : '';
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const only = piece.length === 1 ? piece.at(0) : undefined;
    const unsound = only === undefined ? null : codec.inspect(only);
    if (only !== undefined && unsound !== null) {
      if (earlier !== null) throw changed(earlier, 'they now hold a message that cannot be stored');
      await setAside(partition, only, unsound);
      continue;
    }
    const block = codec.encode(piece, ingested_at_ms);
    if (earlier !== null && earlier.hash !== '' && earlier.hash !== block.hash) {
      throw changed(earlier, `their digest is now ${block.hash}`);
    }
    const outcome = await deliverBlock(partition, block, earlier, share);
    earlier = null;
    share = '';
    if (outcome.kind === 'stored') continue;
    partition.tell({
      kind: 'refused',
      first: block.first,
      last: block.last,
      code: outcome.refusal.reason.code,
    });
    if (only === undefined) pieces.push(...cut(piece, outcome.refusal).reverse());
    else await condemn(partition, only, block, outcome.refusal);
  }
}

/** Runs of sound deliveries, and unsound ones alone, in order. */
function splitAtUnsound<R extends Run<R>>(codec: BlockCodec<R>, deliveries: R): R[] {
  if (deliveries.length === 0) return [];
  if (codec.areSound(deliveries)) return [deliveries];
  const pieces: R[] = [];
  let begin = 0;
  for (let index = 0; index < deliveries.length; index += 1) {
    const delivery = deliveries.at(index);
    if (delivery === undefined || codec.inspect(delivery) === null) continue;
    if (index > begin) pieces.push(deliveries.slice(begin, index));
    pieces.push(deliveries.slice(index, index + 1));
    begin = index + 1;
  }
  if (begin < deliveries.length) pieces.push(deliveries.slice(begin));
  return pieces;
}

/** Around the row that ClickHouse named, if it named one; else in halves. Every piece is smaller than the whole. */
function cut<R extends Run<R>>(piece: R, refusal: RefusedError): R[] {
  const row = refusal.row_hint;
  const parts =
    row !== null && row >= 1 && row <= piece.length
      ? [piece.slice(0, row - 1), piece.slice(row - 1, row), piece.slice(row)]
      : [piece.slice(0, piece.length >> 1), piece.slice(piece.length >> 1)];
  return parts.filter((part) => part.length > 0);
}

/** Asks again for a single refused delivery; sets it aside when the answer stays. */
async function condemn(
  partition: Partition,
  delivery: Delivery,
  block: Block,
  first: RefusedError,
): Promise<void> {
  let refusal = first;
  for (let refusals = 1; refusals < REFUSALS_TO_DIE; refusals += 1) {
    await partition.clock.sleep(backoff_ms(0));
    const outcome = await deliverBlock(partition, block);
    if (outcome.kind === 'stored') return;
    refusal = outcome.refusal;
  }
  await setAside(partition, delivery, refusal.reason);
}

/**
 * Makes a dead letter: fence, topic, table, read-back. The table's row accounts for the offset, so it is written last;
 * a crash before it leads to the same letter again, under the same key.
 */
async function setAside(partition: Partition, delivery: Delivery, reason: Reason): Promise<void> {
  const { offset } = delivery;
  const dead_at_ms = partition.clock.now_ms();
  const letter: DeadLetter = { delivery, reason, dead_at_ms };
  if (offset !== partition.next)
    throw new BrokenLedgerError(`dead letter ${offset} is not the next: ${partition.next}`);
  const range = { first: offset, last: offset, n: 1, hash: '', ingested_at_ms: dead_at_ms };
  const intent: Intent = { kind: 'dead_letter', ...range, attempt: 0, salt: 0, shared: '' };
  // Each try passes the fence anew: the first one may have been long ago.
  await persist(partition, 'publish dead letter', async () => {
    await declareIntent(partition, intent);
    await partition.log.publishDeadLetter(letter);
  });
  await persist(partition, 'set aside', async () => {
    await declareIntent(partition, intent);
    await storeLetter(partition, letter);
  });
  partition.next = offset + 1;
  partition.tell({ kind: 'dead_letter', offset, code: reason.code, detail: reason.detail });
}

async function storeLetter(partition: Partition, letter: DeadLetter): Promise<void> {
  const { offset } = letter.delivery;
  await partition.ledger.setAside(letter);
  if (!(await partition.ledger.isSetAside(offset)))
    throw new Error(`the dead letter of offset ${offset} was acknowledged but is not there`);
}

function changed(intent: Intent, how: string): BrokenLedgerError {
  return new BrokenLedgerError(
    `offsets ${intent.first}-${intent.last} are not what they were when their insert was begun: ${how}`,
  );
}
