import type { ServerDoubt } from '../../ingest/program/server-doubt.ts';
import { StoredPositions } from '../../ingest/sink/batch/stored-positions.ts';
import { eventTypeByTopic } from '../../models/contract/registry.ts';
import type { SqlClient } from '../../sql/client.ts';
import { lagOf, notBeyond, type Offsets } from './offsets.ts';
import type { Settled } from './settled.ts';

/** What the ledgers hold is asked again after so many times as long as the answer took: it takes the longer the more they hold. */
const ASK_PAUSE_FACTOR = 20;
const ASK_PAUSE_MS_MIN = 1_000;

/**
 * What is settled, but of no partition more than ClickHouse holds. The sink commits nothing that is not there: only where an earlier copy
 * of ClickHouse alone was put back Kafka knows of more, until the sink has taken its partitions over and stores all that once more.
 * Whoever went by Kafka would take in nothing for it, and never look there again. Once all that is committed is there, Kafka is
 * believed for good: of a ClickHouse that is put back after that `unlessPutBack` knows.
 */
export function settledAndStored(settled: Settled, sql: SqlClient): Settled {
  const positions = new StoredPositions(sql);
  let stored: Offsets = new Map();
  let is_believed = false;
  let ask_again_ms = -Infinity;
  return async () => {
    if (!is_believed && performance.now() >= ask_again_ms) {
      const began_ms = performance.now();
      stored = await storedOf(positions, await settled());
      const took_ms = performance.now() - began_ms;
      ask_again_ms = performance.now() + Math.max(ASK_PAUSE_MS_MIN, ASK_PAUSE_FACTOR * took_ms);
    }
    // Asked after what is stored: an owner that stores more commits before it does.
    const committed = await settled();
    if (is_believed) return committed;
    const topics = [...committed.keys()];
    is_believed = lagOf(topics, committed, stored) === 0;
    return notBeyond(committed, stored, topics);
  };
}

/**
 * The same, while ClickHouse holds what was written there; asked again whenever it may have been started anew.
 * @param onPutBack what the process believes of the marts is no longer so: it must be started anew too
 */
export function unlessPutBack(
  settled: Settled,
  doubt: ServerDoubt,
  isThere: () => Promise<boolean>,
  onPutBack: () => never,
): Settled {
  let { causes: looked } = doubt;
  return async () => {
    const { causes } = doubt;
    if (causes !== looked) {
      if (!(await isThere())) onPutBack();
      looked = causes;
    }
    return settled();
  };
}

/** The first offset that ClickHouse lacks, of each partition that `about` names. */
async function storedOf(positions: StoredPositions, about: Offsets): Promise<Offsets> {
  const stored = new Map<string, ReadonlyMap<number, number>>();
  const ask = async (topic: string, partitions: readonly number[]): Promise<void> => {
    const type = eventTypeByTopic(topic);
    if (type === undefined) throw new Error(`no event type travels on ${topic}`);
    const max = await Promise.all(partitions.map((partition) => positions.ask(type, partition)));
    stored.set(topic, new Map(partitions.map((partition, i) => [partition, (max[i]?.accounted ?? -1) + 1])));
  };
  await Promise.all([...about].map(([topic, partitions]) => ask(topic, [...partitions.keys()])));
  return stored;
}
