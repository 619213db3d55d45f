import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import { startEdge, type EdgeConfig, type RunningEdge } from '../../ingest/edge/edge.ts';
import { createKafka, ensureTopics, fetchTopicOffsets, topicName, type Kafka } from '../../ingest/kafka.ts';
import { createKeyRecord, createSecret, type KeyScope } from '../../ingest/keys/key-record.ts';
import { writeKeyRecord } from '../../ingest/keys/key-writer.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import { programArgs } from '../../stack/lab/pipeline.ts';

const log = createLogger('test', 'silent');

/** A message as Kafka holds it. */
export interface StoredMessage {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

/** A running edge process; `exited` has its exit code, null after a signal that killed it. */
export interface EdgeProcess {
  readonly url: string;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
}

/** Topics of its own on a Kafka, and what a test needs to look into them. */
export class EdgeSetting {
  readonly config: EdgeConfig;
  readonly kafka: Kafka;

  private constructor(brokers: string, overrides: Partial<EdgeConfig>) {
    this.config = {
      KAFKA_BROKERS: brokers.split(','),
      DMS_TOPIC_PREFIX: `edge_${randomBytes(4).toString('hex')}.`,
      DMS_ADMIN_TOKEN: `admin-${randomBytes(16).toString('hex')}`,
      EDGE_HOST: '127.0.0.1',
      EDGE_PORT: 0,
      EDGE_HELD_BYTES_MAX: 64 * 1024 * 1024,
      EDGE_KEY_EVENTS_PER_S_MAX: 0,
      DMS_GS1_RESOLVER: 'https://id.gs1.org',
      ...overrides,
    };
    this.kafka = createKafka({ brokers: this.config.KAFKA_BROKERS, clientId: 'test', log });
  }

  /** Creates its topics, on the stack's Kafka unless another one is named. */
  static async create(
    overrides: Partial<EdgeConfig> = {},
    brokers = inject('stack').kafka_brokers,
  ): Promise<EdgeSetting> {
    const setting = new EdgeSetting(brokers, overrides);
    const admin = setting.kafka.admin();
    await admin.connect();
    await ensureTopics(admin, setting.config.DMS_TOPIC_PREFIX);
    await admin.disconnect();
    return setting;
  }

  /** The environment that makes `ingest/edge/main.ts` or `ingest/keys/cli.ts` work in this setting. */
  get env(): Record<string, string> {
    const { KAFKA_BROKERS, ...rest } = this.config;
    return {
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
      KAFKA_BROKERS: KAFKA_BROKERS.join(','),
    };
  }

  /** The real edge on a free port, in this process. */
  startEdge(): Promise<RunningEdge> {
    return startEdge(this.config, log, (error) => {
      throw error;
    });
  }

  /** The edge as a process of its own, as in production. */
  async spawnEdge(): Promise<EdgeProcess> {
    const child = spawn(process.execPath, programArgs('ingest/edge/main.ts'), {
      env: { ...process.env, ...this.env, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.includes('"msg":"listening"')) continue;
      // What follows is read and dropped: a full pipe would halt the edge.
      child.stdout.resume();
      return { url: (JSON.parse(line) as { url: string }).url, child, exited };
    }
    throw new Error(`the edge ended with ${String(await exited)} before it listened`);
  }

  /** Registers a new ingest key (or display token) and returns its secret. */
  async addKey(scope: Partial<Omit<KeyScope, 'name'>> = {}): Promise<string> {
    const secret = createSecret(scope.kind ?? 'ingest');
    const record = createKeyRecord(
      secret,
      { kind: 'ingest', sources: '*', dealers: '*', name: 'test', ...scope },
      new Date(),
    );
    await writeKeyRecord(this.kafka, this.config.DMS_TOPIC_PREFIX, record);
    return secret;
  }

  /** How many messages all event topics together have ever had: it moves when anything is stored. */
  async storedEvents(): Promise<bigint> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      let total = 0n;
      for (const { topic } of POSTED_TYPES) {
        const ends = await fetchTopicOffsets(admin, topicName(topic, this.config.DMS_TOPIC_PREFIX));
        for (const { high } of ends) total += BigInt(high);
      }
      return total;
    } finally {
      await admin.disconnect();
    }
  }

  /** Every message of a topic, partition by partition in the order of its offsets. */
  async readTopic(bareTopic: string): Promise<StoredMessage[]> {
    const topic = topicName(bareTopic, this.config.DMS_TOPIC_PREFIX);
    const groupId = `test.${randomUUID()}`;
    const admin = this.kafka.admin();
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
    await Promise.all([admin.connect(), consumer.connect()]);
    try {
      const open = new Map(
        (await fetchTopicOffsets(admin, topic))
          .filter(({ low, high }) => low !== high)
          .map(({ partition, high }) => [partition, BigInt(high)]),
      );
      const messages: StoredMessage[] = [];
      if (open.size === 0) return messages;
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer
          .run({
            autoCommit: false,
            eachBatch: ({ batch }) => {
              for (const { key, value } of batch.messages) {
                if (!key || !value) throw new Error('an event without key or value');
                messages.push({ partition: batch.partition, key: key.toString(), value });
              }
              if (BigInt(batch.lastOffset()) + 1n >= (open.get(batch.partition) ?? 0n))
                open.delete(batch.partition);
              if (open.size === 0) resolve();
              return Promise.resolve();
            },
          })
          .catch(reject);
      });
      return messages;
    } finally {
      await consumer.disconnect();
      await admin.deleteGroups([groupId]).catch(() => undefined);
      await admin.disconnect();
    }
  }
}

/** A valid order event; `changes` replaces fields. */
export function orderEvent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    event_id: randomUUID(),
    source: 'erp-huadong',
    event_time: '2026-11-20T14:32:07.123+08:00',
    dealer_id: 'D-1',
    order_id: 'O-1',
    line_no: 1,
    sku_id: 'S-1',
    stage: 'placed',
    qty: 2.5,
    unit_price: '12.3400',
    currency: 'CNY',
    channel: 'portal',
    ...changes,
  };
}

/** Posts a body; `type` order and JSON unless said otherwise. */
export function postEvents(
  url: string,
  token: string | undefined,
  body: string | Buffer | object,
  { type = 'order', ...headers }: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
  return fetch(`${url}/v1/events/${type}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body),
  });
}
