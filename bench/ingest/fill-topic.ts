import { createHash } from 'node:crypto';
import { ensureTopics, topicName, type Kafka } from '../../ingest/kafka.ts';
import { scanEvents } from './scan-events.ts';

const PARTITIONS = 4;
const MESSAGES_A_SEND = 8_000;
/** Sends in flight: the next one is made ready while the broker writes. */
const SENDS_AHEAD = 2;

/** Fills the topic of scans with single-event JSON messages, a code's scans in one partition. Returns the values' bytes. */
export async function fillTopic(
  kafka: Kafka,
  prefix: string,
  events: number,
  onProgress: (sent: number) => void,
): Promise<number> {
  const topic = topicName('dms.scans.v1', prefix);
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, prefix);
  await admin.disconnect();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  let bytes = 0;
  let sent = 0;
  let batch: { key: string; value: string; partition: number }[] = [];
  const inFlight: Promise<unknown>[] = [];
  const send = async (): Promise<void> => {
    const messages = batch;
    batch = [];
    sent += messages.length;
    inFlight.push(producer.send({ topic, acks: -1, messages }));
    if (inFlight.length >= SENDS_AHEAD) await inFlight.shift();
    onProgress(sent);
  };
  for (const { key, value } of scanEvents(events, 'bench-ingest')) {
    bytes += value.length;
    batch.push({ key, value, partition: partitionOf(key) });
    if (batch.length === MESSAGES_A_SEND) await send();
  }
  if (batch.length > 0) await send();
  await Promise.all(inFlight);
  await producer.disconnect();
  return bytes;
}

function partitionOf(key: string): number {
  return (createHash('md5').update(key).digest()[0] ?? 0) % PARTITIONS;
}
