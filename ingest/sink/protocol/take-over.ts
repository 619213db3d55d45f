import { isWhole, passFence } from './deliver-block.ts';
import { decodeNote, queryIdOf, type Intent } from './intent.ts';
import { persist, type Partition } from './partition.ts';
import { BrokenLedgerError, type MaxOffsets } from './ports.ts';

/** What a new owner starts from. */
export interface Takeover {
  /** The block that was under way and of which no row is stored: to be repeated with the same bounds; or null. */
  readonly open: Intent | null;
  /** The offset to fetch from: `partition.next`, or where Kafka's log starts by now. */
  readonly from: number;
}

/** Pause before a takeover that another owner disturbed begins again; by then this one usually knows that it is over. */
const DISTURBED_PAUSE_MS = 1_000;

/**
 * So long after its fence an insert may still reach ClickHouse: the fence's validity, the 30 s that a request may last,
 * and some time in a socket's buffer. Only then may other bounds than its own be used for its offsets.
 */
const LATE_INSERT_MS = 40_000;

/** Copied again at a takeover at most: more than the largest blocks of the last few commits. */
const COPIES_MAX = 1_000_000;

/** Of what the commit calls settled fewer: the partition waits for them, whenever ClickHouse was started anew. */
const RECENT_COPIES_MAX = 30_000;

/** The server tells how long it has been running, in whole seconds; no two starts are so close. */
const SERVER_START_BLUR_S = 2;

/** After an unclean stop a broker may for a moment show an end below what it has: asked again before it is believed. */
const END_CHECKS = 5;
const END_CHECK_PAUSE_MS = 2_000;

/**
 * Finds where a partition stands and sets `partition.next`. ClickHouse is the truth; Kafka's commit only says what was
 * under way. Idempotent, writes nothing but a missing copy of the view.
 * @throws BrokenLedgerError when ClickHouse holds a part of the open block, or offsets that Kafka has not given yet
 *   (the log was truncated: new messages would take the numbers of stored ones).
 */
export async function takeOver(partition: Partition): Promise<Takeover> {
  for (;;) {
    const committed = await persist(partition, 'committed', () => partition.log.committed());
    try {
      return await takeOverFrom(partition, committed);
    } catch (error) {
      if (!(error instanceof BrokenLedgerError)) throw error;
      // Whoever commits meanwhile is a later owner, in whose work this one has looked: no contradiction.
      const now = await persist(partition, 'committed', () => partition.log.committed());
      if (now.metadata === committed.metadata && now.offset === committed.offset) throw error;
      await partition.clock.sleep(DISTURBED_PAUSE_MS);
    }
  }
}

async function takeOverFrom(
  partition: Partition,
  committed: { readonly offset: number | null; readonly metadata: string },
): Promise<Takeover> {
  const { ledger, tell } = partition;
  const { open: intent, server_s } = decodeNote(committed.metadata);
  // First of all the former owner's insert must have ended, or what is read below could change.
  if (intent !== null) await persist(partition, 'kill', () => ledger.kill(queryIdOf(partition.name, intent)));
  const max = await persist(partition, 'max offsets', () => ledger.maxOffsets());
  const found = intent?.kind === 'insert' ? await examine(partition, intent, max) : 'settled';
  // An insert that was still on its way may have landed between the two questions: the second answer then holds.
  const accounted =
    found === 'stored' && intent !== null ? Math.max(intent.last, max.accounted ?? 0) : max.accounted;
  const stored = found === 'stored' ? accounted : max.stored;
  const isSameServer = server_s !== null && Math.abs(server_s - max.server_s) <= SERVER_START_BLUR_S;
  await completeCopies(partition, committed.offset, stored, isSameServer);
  partition.server_s = max.server_s;
  partition.unsettled = intent !== null || (stored !== null && !isSameServer);
  const { start, next } = await startingPoint(partition, accounted, committed.offset);
  const open = found === 'absent' ? intent : null;
  // A dead letter of an owner before that one can have come late, into the open range: the range is repeated all the same.
  partition.next = open === null ? next : Math.min(next, open.first);
  const from = Math.max(partition.next, start);
  tell({ kind: 'takeover', position: partition.next, open: open !== null, found });
  return { open, from };
}

async function examine(partition: Partition, intent: Intent, max: MaxOffsets): Promise<'stored' | 'absent'> {
  const { first, last } = intent;
  const { rows, offsets } = await persist(partition, 'read-back', () => partition.ledger.count(first, last));
  if (!isWhole(partition, intent, rows, offsets)) {
    if (max.stored === null || max.stored < first) return 'absent';
    const { topic, partition: number } = partition.name;
    throw new BrokenLedgerError(
      `${topic}/${number}: ClickHouse holds offset ${max.stored}, but nothing of ${first}-${last} before it: rows were lost there`,
    );
  }
  return 'stored';
}

/**
 * The view's copy is not one step with the ledger's rows: whatever is stored from the committed offset on is copied again.
 * That is the open block at most, unless a power cut made Kafka forget its last commits.
 *
 * Below the commit copies are whole as long as the server lives under which they were made. One that has started since may
 * have lost the latest to a power cut, though not their rows (the two are files of their own), or with them.
 */
async function completeCopies(
  partition: Partition,
  committed: number | null,
  stored: number | null,
  isSameServer: boolean,
): Promise<void> {
  if (stored === null) return;
  const { ledger } = partition;
  const from = committed ?? 0;
  const least = Math.max(0, stored - RECENT_COPIES_MAX + 1);
  const recent = isSameServer
    ? from
    : await persist(partition, 'recent', () => ledger.recentFrom(stored, least));
  const first = Math.max(Math.min(from, recent), stored - COPIES_MAX + 1);
  if (first > stored) return;
  await persist(partition, 'rederive', () => ledger.rederive(first, stored));
}

/** One beyond the highest stored offset, and the first one that Kafka still has: it may have forgotten the former. */
async function startingPoint(
  partition: Partition,
  max: number | null,
  committed: number | null,
): Promise<{ readonly start: number; readonly next: number }> {
  const { topic, partition: number } = partition.name;
  const next = max === null ? null : max + 1;
  let bounds = await persist(partition, 'bounds', () => partition.log.bounds());
  for (let check = 1; next !== null && bounds.end < next; check += 1) {
    if (check === END_CHECKS) {
      throw new BrokenLedgerError(
        `${topic}/${number}: Kafka's log ends at ${bounds.end}, but ClickHouse holds offsets up to ${next - 1}: the log was truncated`,
      );
    }
    await partition.clock.sleep(END_CHECK_PAUSE_MS);
    bounds = await persist(partition, 'bounds', () => partition.log.bounds());
  }
  const { start } = bounds;
  // An empty table and a group that never committed: a first start, which lost nothing.
  return { start, next: next ?? (committed === null ? start : Math.min(committed, start)) };
}

/**
 * Kafka went on at `offset` instead of `partition.next`. If its log now starts beyond that, the range is lost and is
 * declared; otherwise the broker has no record there (marks of transactions) and nothing was lost. Returns what is then
 * still open: a block that Kafka no longer gives from its first offset on cannot be repeated. If its insert has landed
 * meanwhile, `partition.next` is beyond `offset`.
 * @throws BrokenLedgerError when the first message of the open block is gone and was not deleted by its age.
 */
export async function crossGap(
  partition: Partition,
  offset: number,
  open: Intent | null,
): Promise<Intent | null> {
  const { start } = await persist(partition, 'bounds', () => partition.log.bounds());
  const kept = open !== null && open.first < offset ? null : open;
  if (open !== null && kept === null) {
    if (start <= open.first) {
      throw new BrokenLedgerError(
        `Kafka has no message at offset ${open.first} any more, where an insert of ${open.first}-${open.last} was begun`,
      );
    }
    await giveUp(partition, open);
  }
  const first = partition.next;
  if (first >= offset) return kept;
  if (start > first) await declareLoss(partition, first, Math.min(start, offset) - 1, kept);
  else partition.tell({ kind: 'gap', first, last: offset - 1 });
  partition.next = offset;
  return kept;
}

/** Waits until the insert of a block that cannot be repeated has either landed or never will. */
async function giveUp(partition: Partition, open: Intent): Promise<void> {
  const { ledger, clock, name } = partition;
  await clock.sleep(LATE_INSERT_MS);
  await persist(partition, 'kill', () => ledger.kill(queryIdOf(name, open)));
  const max = await persist(partition, 'max offsets', () => ledger.maxOffsets());
  // Another owner may have gone on by now: then what is found is no contradiction, but the fence.
  await passFence(partition, open.first, open);
  if ((await examine(partition, open, max)) === 'absent') return;
  await persist(partition, 'rederive', () => ledger.rederive(open.first, open.last));
  partition.next = open.last + 1;
}

/** Under the fence: whoever is no longer the owner does not know what has been stored since. */
async function declareLoss(
  partition: Partition,
  first: number,
  last: number,
  open: Intent | null,
): Promise<void> {
  await persist(partition, 'declare loss', async () => {
    await passFence(partition, open?.first ?? first, open);
    await partition.ledger.declareLoss(first, last);
  });
  partition.tell({ kind: 'loss', first, last });
}
