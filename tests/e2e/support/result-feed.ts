import { createKafka, topicName, type Producer } from '../../../ingest/kafka.ts';
import { createLogger } from '../../../ingest/program/program.ts';
import type { LiveRow, LiveTopic } from '../../../models/contract/live.ts';
import type { ResultMessage } from '../../../models/contract/results.ts';
import { RESULTS_TOPIC } from '../../../models/contract/topics.ts';
import type { WallRows } from './wall-fixture.ts';

/** Publishes results as the processors do, so that a real server shows whatever a test wants to see. */
export class ResultFeed {
  readonly #producer: Producer;
  readonly #topic: string;

  private constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
  }

  static async open(brokers: string, prefix: string): Promise<ResultFeed> {
    const log = createLogger('test', 'silent');
    const producer = createKafka({ brokers: [brokers], clientId: 'e2e-results', log }).producer();
    await producer.connect();
    return new ResultFeed(producer, topicName(RESULTS_TOPIC, prefix));
  }

  /** Puts rows of some topics. */
  async put(rows: Partial<WallRows>): Promise<void> {
    for (const [topic, by_key] of Object.entries(rows))
      await this.#send(
        topic as LiveTopic,
        Object.entries(by_key).map(([key, row]) => ({ op: 'put', key, row: row as LiveRow<LiveTopic> })),
      );
  }

  async remove(topic: LiveTopic, keys: readonly string[]): Promise<void> {
    await this.#send(
      topic,
      keys.map((key) => ({ op: 'del', key })),
    );
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }

  async #send(topic: LiveTopic, ops: ResultMessage['ops']): Promise<void> {
    const result: ResultMessage = { topic, as_of: new Date().toISOString(), processor: 'e2e', ops };
    await this.#producer.send({
      topic: this.#topic,
      acks: -1,
      messages: [{ key: topic, value: JSON.stringify(result) }],
    });
  }
}
