import { settle } from './deliver-block.ts';
import { deliverRun, type BlockCodec } from './deliver-run.ts';
import type { Intent } from './intent.ts';
import type { Partition } from './partition.ts';
import type { Run } from './run.ts';
import { crossGap } from './take-over.ts';

/**
 * Delivers the next batch of a partition: crosses the gap before it, if there is one, and repeats the open block when
 * the batch is its range. `shared` names an insert that it may share with batches of other partitions. Resolves with what is
 * still open: the intent that `takeOver` found, until its range was met.
 */
export async function deliverBatch<R extends Run<R>>(
  partition: Partition,
  codec: BlockCodec<R>,
  batch: R,
  open: Intent | null,
  shared = '',
): Promise<Intent | null> {
  const first = batch.at(0)?.offset;
  if (first === undefined) return open;
  const still = first > partition.next ? await crossGap(partition, first, open) : open;
  // While the gap was looked into, a late insert may have stored the beginning of the batch, or all of it.
  const rest = partition.next > first ? batch.slice(partition.next - first) : batch;
  const repeated = still !== null && rest.at(0)?.offset === still.first ? still : null;
  await deliverRun(partition, codec, rest, repeated, shared);
  return repeated === null ? still : null;
}

/**
 * What to do when nothing waits: `expected` is where Kafka goes on. Crosses a gap up to there, and tells Kafka how far the
 * partition has come; but not while a block is open, whose intent stands in Kafka and nowhere else. Resolves with what is
 * still open.
 */
export async function settleIdle(
  partition: Partition,
  expected: number,
  open: Intent | null,
): Promise<Intent | null> {
  const still = expected > partition.next ? await crossGap(partition, expected, open) : open;
  if (still === null) await settle(partition);
  return still;
}
