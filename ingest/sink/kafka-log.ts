import { DEAD_LETTERS_TOPIC } from '../../models/contract/topics.ts';
import { bareTopic, topicName, type Producer } from '../kafka.ts';
import type { Epoch } from './epoch.ts';
import type { KafkaPositions } from './kafka-positions.ts';
import type { DeadLetter, PartitionLog } from './protocol/ports.ts';

/** What the partitions of one process share. */
export interface KafkaSide {
  readonly positions: KafkaPositions;
  readonly producer: Producer;
  readonly prefix: string;
}

/** The log of one partition; `topic` is the broker's name for it. Commits go through the epoch of its assignment. */
export function createKafkaLog(
  side: KafkaSide,
  epoch: Epoch,
  topic: string,
  partition: number,
): PartitionLog {
  return {
    commit: (offset, metadata) => epoch.commit(topic, partition, offset, metadata),
    committed: () => side.positions.committed(topic, partition),
    bounds: () => side.positions.bounds(topic, partition),
    publishDeadLetter: (letter) => publish(side, bareTopic(topic, side.prefix), partition, letter),
  };
}

async function publish(side: KafkaSide, topic: string, partition: number, letter: DeadLetter): Promise<void> {
  const { delivery, reason, dead_at_ms } = letter;
  const headers = {
    reason: reason.code,
    detail: reason.detail,
    topic,
    partition: String(partition),
    offset: String(delivery.offset),
    dead_at: new Date(dead_at_ms).toISOString(),
    ...(delivery.key === null ? {} : { key: delivery.key }),
  };
  const send = async (value: Buffer | null, extra: Record<string, string>): Promise<void> => {
    await side.producer.send({
      topic: topicName(DEAD_LETTERS_TOPIC, side.prefix),
      acks: -1,
      // The same letter again has the same key: a reader can drop it.
      messages: [
        { key: `${topic}:${partition}:${delivery.offset}`, value, headers: { ...headers, ...extra } },
      ],
    });
  };
  try {
    await send(delivery.value, {});
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    // With its headers it no longer fits; the table has the bytes.
    await send(null, { value_bytes: String(delivery.value?.length ?? 0) });
  }
}

function isTooLarge(error: unknown): boolean {
  const types = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('type' in at && typeof at.type === 'string' && types.has(at.type)) return true;
  }
  return false;
}
