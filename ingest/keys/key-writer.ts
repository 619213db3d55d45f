import { KEYS_TOPIC } from '../../models/contract/topics.ts';
import { topicName, type Kafka } from '../kafka.ts';
import type { KeyRecord } from './key-record.ts';

/** Writes a key, or its new state, to the topic. Resolves when every in-sync replica has it. */
export async function writeKeyRecord(kafka: Kafka, topicPrefix: string, record: KeyRecord): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({
      topic: topicName(KEYS_TOPIC, topicPrefix),
      acks: -1,
      messages: [{ key: record.key_id, value: JSON.stringify(record) }],
    });
  } finally {
    await producer.disconnect();
  }
}
