import { EVENT_TYPES, eventTypeByName, type EventTypeName } from '../../../models/contract/registry.ts';
import { EVENT_PARTITIONS } from '../../../models/contract/topics.ts';
import { createKafka, ensureTopics, topicName, type Admin, type Producer } from '../../../ingest/kafka.ts';
import { createLogger } from '../../../ingest/program/program.ts';
import { eventOf } from './events.ts';

const MESSAGES_A_SEND = 2_000;

/** Writes into a test's topics past the edge, so that also what the edge would refuse reaches the sink. */
export class Feed {
  readonly prefix: string;
  readonly admin: Admin;
  readonly #producer: Producer;

  private constructor(prefix: string, admin: Admin, producer: Producer) {
    this.prefix = prefix;
    this.admin = admin;
    this.#producer = producer;
  }

  static async open(brokers: string, prefix: string): Promise<Feed> {
    const log = createLogger('feed', 'silent');
    const kafka = createKafka({ brokers: [brokers], clientId: 'feed', log });
    const admin = kafka.admin();
    // Without repeats of its own, so that a test knows how many messages there are.
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await Promise.all([admin.connect(), producer.connect()]);
    await ensureTopics(admin, prefix);
    return new Feed(prefix, admin, producer);
  }

  topic(type: EventTypeName): string {
    const found = eventTypeByName(type);
    if (found === undefined) throw new Error(`no type ${type}`);
    return topicName(found.topic, this.prefix);
  }

  /** Events `from` to `from + count − 1` of a type, spread over the first `partitions`. */
  async events(type: EventTypeName, count: number, from = 0, partitions = EVENT_PARTITIONS): Promise<void> {
    for (let sent = 0; sent < count; sent += MESSAGES_A_SEND) {
      const some = Math.min(MESSAGES_A_SEND, count - sent);
      const messages = Array.from({ length: some }, (_, i) => {
        const number = from + sent + i;
        return {
          key: String(number),
          value: JSON.stringify(eventOf(type, number)),
          partition: number % partitions,
        };
      });
      await this.#producer.send({ topic: this.topic(type), acks: -1, messages });
    }
  }

  /** One message of raw bytes. */
  async raw(type: EventTypeName, value: Buffer | string | null, partition = 0, key = 'k'): Promise<void> {
    await this.#producer.send({ topic: this.topic(type), acks: -1, messages: [{ key, value, partition }] });
  }

  /** How many messages Kafka holds of each type that has any. */
  async counts(): Promise<Map<EventTypeName, number>> {
    const counts = new Map<EventTypeName, number>();
    for (const { type } of EVENT_TYPES) {
      let n = 0;
      for (const { high, low } of await this.admin.fetchTopicOffsets(this.topic(type)))
        n += Number(high) - Number(low);
      if (n > 0) counts.set(type, n);
    }
    return counts;
  }

  async close(): Promise<void> {
    await Promise.all([this.#producer.disconnect(), this.admin.disconnect()]);
  }
}
