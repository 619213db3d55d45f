import { encodeNote, intentOf, queryIdOf, tokenOf, type Intent } from './intent.ts';
import { backoff_ms, loseTime, persist, type Partition } from './partition.ts';
import { ApartError, BrokenLedgerError, FencedError, RefusedError, type Block } from './ports.ts';

/** A fence older than this is renewed before the insert leaves: well inside the group's session timeout. */
const FENCE_VALID_MS = 3_000;

/** How many refusals of a block whose earlier try had no clear answer are about its data. */
const REFUSALS_TO_BELIEVE = 2;

/** Stored exactly once, or refused by ClickHouse for its data with no row of it stored. */
export type BlockOutcome =
  { readonly kind: 'stored' } | { readonly kind: 'refused'; readonly refusal: RefusedError };

type Answer =
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly refusal: RefusedError }
  | { readonly kind: 'apart' }
  | { readonly kind: 'unclear'; readonly error: unknown };

/**
 * Stores a block exactly once: intent → insert → read-back, until a read-back says that it is there. `earlier` is
 * the open intent of a former owner whose block this repeats; its token is used again. `shared` names the insert that the
 * block's first try shares with other partitions' blocks; whatever comes of it, each goes on by itself.
 *
 * Every acknowledgement is read back: ClickHouse also acknowledges a token that it knows, with the same figures of
 * written rows, and the token can be an orphan (logged, but its part was lost in a crash).
 * @throws FencedError when the assignment ended; BrokenLedgerError when ClickHouse holds a part of the block, or more.
 */
export async function deliverBlock(
  partition: Partition,
  block: Block,
  earlier: Intent | null = null,
  shared = '',
): Promise<BlockOutcome> {
  if (block.first !== partition.next || block.n !== block.last - block.first + 1) {
    throw new BrokenLedgerError(
      `block ${block.first}-${block.last} of ${block.n} is not the next: ${partition.next}`,
    );
  }
  const began_ms = partition.clock.now_ms();
  let intent =
    earlier === null
      ? intentOf(block, 0, 0, shared)
      : intentOf(block, earlier.attempt + 1, earlier.salt, earlier.shared);
  let refusals = 0;
  for (let tries = 0; ; tries += 1) {
    if (await isThereAlready(partition, block, intent)) return storedBy(partition, block, intent, began_ms);
    const sent_ms = partition.clock.now_ms();
    const answer = await insertBlock(partition, block, intent);
    if (answer.kind === 'acknowledged') {
      if (await readBack(partition, block, intent)) return storedBy(partition, block, intent, sent_ms);
      partition.tell({ kind: 'orphan_token', token: tokenOf(partition.name, intent) });
      intent = underOtherToken(intent);
    } else if (answer.kind === 'apart') {
      // The shared token may be, or become, the others'.
      intent = underOtherToken(intent);
    } else if (answer.kind === 'refused') {
      refusals += 1;
      // One refusal can be about a torn request. An earlier try may then still come, whole, when the block has been cut
      // into pieces: with other tokens, so it would be stored twice. What is refused twice is refused whenever it comes.
      if (intent.attempt === 0 || refusals === REFUSALS_TO_BELIEVE) return answer;
      intent = { ...intent, attempt: intent.attempt + 1 };
      await partition.clock.sleep(backoff_ms(0));
    } else {
      intent = { ...intent, attempt: intent.attempt + 1 };
      await loseTime(partition, 'insert', answer.error, began_ms, tries);
    }
  }
}

function underOtherToken(intent: Intent): Intent {
  const attempt = intent.attempt + 1;
  return { ...intent, attempt, salt: attempt };
}

/**
 * Declares the intent, and for a repeat looks whether an earlier try has landed. Nothing may come between that look and
 * the insert but a fresh fence: a try that lands later still has its token, unless the server has died since, and then the
 * insert does not arrive either.
 */
async function isThereAlready(partition: Partition, block: Block, intent: Intent): Promise<boolean> {
  for (;;) {
    const fenced_ms = await declareIntent(partition, intent);
    if (intent.attempt === 0) return false;
    if (await readBack(partition, block, intent)) return true;
    if (partition.clock.now_ms() - fenced_ms <= FENCE_VALID_MS) return false;
  }
}

async function storedBy(
  partition: Partition,
  block: Block,
  intent: Intent,
  since_ms: number,
): Promise<BlockOutcome> {
  // The view's copy is not one step with the ledger's: only a clean first answer says that both were made.
  if (intent.attempt > 0) {
    await persist(partition, 'rederive', () => partition.ledger.rederive(block.first, block.last));
  }
  partition.next = block.last + 1;
  const insert_ms = partition.clock.now_ms() - since_ms;
  partition.tell({ kind: 'stored', rows: block.n, bytes: block.lines.length, insert_ms });
  return { kind: 'stored' };
}

/** Commits the intent: nobody else may write after this, and whoever comes next will know what was under way. */
export function declareIntent(partition: Partition, intent: Intent): Promise<number> {
  return passFence(partition, intent.first, intent);
}

/**
 * Commits until an answer comes in time; resolves with the instant from which on, for FENCE_VALID_MS, nobody else has
 * begun to write; unless another sink has started under the name of this one (predecessor.ts): what both then send is dropped by
 * its token. @throws FencedError when somebody may have.
 */
export async function passFence(partition: Partition, offset: number, open: Intent | null): Promise<number> {
  partition.unsettled = true;
  const metadata = encodeNote({ open, server_s: partition.server_s });
  for (;;) {
    const asked_ms = partition.clock.now_ms();
    await persist(partition, 'intent', () => partition.log.commit(offset, metadata));
    if (partition.clock.now_ms() - asked_ms <= FENCE_VALID_MS) return asked_ms;
  }
}

async function insertBlock(partition: Partition, block: Block, intent: Intent): Promise<Answer> {
  const query_id = queryIdOf(partition.name, intent);
  try {
    await partition.ledger.insert(block, tokenOf(partition.name, intent), query_id);
    return { kind: 'acknowledged' };
  } catch (error) {
    if (error instanceof FencedError || error instanceof BrokenLedgerError) throw error;
    if (error instanceof RefusedError) return { kind: 'refused', refusal: error };
    if (error instanceof ApartError) return { kind: 'apart' };
    partition.tell({ kind: 'unclear_answer', error, first: block.first, last: block.last });
    await persist(partition, 'kill', () => partition.ledger.kill(query_id));
    return { kind: 'unclear', error };
  }
}

async function readBack(partition: Partition, { first, last, n }: Block, intent: Intent): Promise<boolean> {
  const { rows, offsets } = await persist(partition, 'read-back', () => partition.ledger.count(first, last));
  try {
    return isWhole(partition, { first, last, n }, rows, offsets);
  } catch (error) {
    // Another owner may by now be storing the range in pieces of its own: then this is no contradiction, but the fence.
    await declareIntent(partition, intent);
    throw error;
  }
}

/** Whether a range is wholly there (true) or wholly absent (false). @throws BrokenLedgerError for anything between or beyond. */
export function isWhole(
  partition: Partition,
  range: { readonly first: number; readonly last: number; readonly n: number },
  rows: number,
  offsets: number,
): boolean {
  if (rows === 0) return false;
  if (rows === range.n && offsets === range.n) return true;
  const { topic, partition: number } = partition.name;
  throw new BrokenLedgerError(
    `${topic}/${number}: offsets ${range.first}-${range.last} should be ${range.n} rows, but ClickHouse has ${rows} rows of ${offsets} offsets`,
  );
}

/** Tells Kafka that everything below `next` is done. Under load the next intent says so and this is not called. */
export async function settle(partition: Partition): Promise<void> {
  if (!partition.unsettled) return;
  const note = encodeNote({ open: null, server_s: partition.server_s });
  await persist(partition, 'settle', () => partition.log.commit(partition.next, note));
  partition.unsettled = false;
}
