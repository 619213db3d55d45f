import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Compile } from 'typebox/compile';
import { expect, inject } from 'vitest';
import { WebSocket } from 'ws';
import { startServer, type RunningServer, type ServerConfig } from '../../dashboard/server/server.ts';
import { LIVE_LIMITS, type LiveLimits } from '../../dashboard/server/live/limits.ts';
import { createKafka, ensureTopics, topicName, type Kafka, type Producer } from '../../ingest/kafka.ts';
import { createKeyRecord, createSecret, type KeyKind } from '../../ingest/keys/key-record.ts';
import { writeKeyRecord } from '../../ingest/keys/key-writer.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { warehouseOf } from '../../ingest/program/warehouse.ts';
import { LIVE_SUBPROTOCOL, type ClientFrame, type ServerFrame } from '../../models/contract/live.ts';
import { PROBLEM_MEDIA_TYPE, Problem } from '../../models/contract/problem.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import type { PersonRole } from '../../models/contract/roles.ts';
import { RESULTS_TOPIC } from '../../models/contract/topics.ts';
import { SqlClient } from '../../sql/client.ts';
import { lendDatabase, returnDatabase } from '../../stack/lab/databases.ts';

export const ADMIN_TOKEN = `admin-${randomBytes(16).toString('hex')}`;
const log = createLogger('test', 'silent');

/** A database and topics of its own on the shared stack, and what a test needs to write into them. */
export class Surroundings {
  readonly config: ServerConfig;
  readonly kafka: Kafka;
  readonly producer: Producer;
  readonly sql: SqlClient;

  constructor(config: ServerConfig) {
    this.config = config;
    this.kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', log });
    this.producer = this.kafka.producer({ allowAutoTopicCreation: false });
    this.sql = new SqlClient({
      ...warehouseOf(config),
    });
  }

  static async create(edgeUrl = 'http://127.0.0.1:9'): Promise<Surroundings> {
    const stack = inject('stack');
    const { name, lent_as } = await lendDatabase(stack);
    const config: ServerConfig = {
      KAFKA_BROKERS: [stack.kafka_brokers].flatMap((list) => list.split(',')),
      CLICKHOUSE_URL: stack.clickhouse_url,
      CLICKHOUSE_USER: stack.admin.user,
      CLICKHOUSE_PASSWORD: stack.admin.password,
      CLICKHOUSE_DATABASE: name,
      DMS_TOPIC_PREFIX: `${lent_as}.`,
      DMS_HOST: '127.0.0.1',
      DMS_PORT: 0,
      DMS_ADMIN_TOKEN: ADMIN_TOKEN,
      DMS_TIME_ZONE: 'Asia/Shanghai',
      DMS_REPORTING_CURRENCY: 'CNY',
      EDGE_URL: edgeUrl,
      GEO_DATA_DIR: '',
    };
    const surroundings = new Surroundings(config);
    const admin = surroundings.kafka.admin();
    await admin.connect();
    await ensureTopics(admin, config.DMS_TOPIC_PREFIX);
    await admin.disconnect();
    await surroundings.producer.connect();
    return surroundings;
  }

  /** Starts the real server on a free port, in this process. */
  start(limits: Partial<LiveLimits> = {}): Promise<RunningServer> {
    const failed = (error: Error): void => {
      throw error;
    };
    return startServer(this.config, log, failed, { ...LIVE_LIMITS, ...limits });
  }

  /** Publishes results as a processor does. */
  async publish(...messages: readonly ResultMessage[]): Promise<void> {
    for (const message of messages) await this.publishText(JSON.stringify(message));
  }

  async publishText(value: string): Promise<void> {
    const topic = topicName(RESULTS_TOPIC, this.config.DMS_TOPIC_PREFIX);
    await this.producer.send({ topic, acks: -1, messages: [{ value }] });
  }

  /** Adds a key; `revoke` ends it. */
  async addKey(
    kind: KeyKind,
    name: string,
    role?: PersonRole,
  ): Promise<{ secret: string; revoke: () => Promise<void> }> {
    const secret = createSecret(kind);
    const record = createKeyRecord(
      secret,
      { kind, sources: '*', dealers: '*', name, ...(role && { role }) },
      new Date(),
    );
    await writeKeyRecord(this.kafka, this.config.DMS_TOPIC_PREFIX, record);
    const revoked = { ...record, revoked_at: new Date().toISOString() };
    return { secret, revoke: () => writeKeyRecord(this.kafka, this.config.DMS_TOPIC_PREFIX, revoked) };
  }

  async stop(): Promise<void> {
    await this.producer.disconnect();
    await this.sql.close();
    await returnDatabase(inject('stack'), this.config.CLICKHOUSE_DATABASE);
  }
}

/** A wall's socket, a real one: keeps every frame in order. */
export class LiveSocket {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[] = [];
  readonly #waiting = new Set<() => void>();
  readonly closed: Promise<number>;

  constructor(
    url: string,
    headers: Readonly<Record<string, string>> = bearer(ADMIN_TOKEN),
    protocols = [LIVE_SUBPROTOCOL],
  ) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, protocols, { headers });
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString()) as ServerFrame);
      for (const wake of this.#waiting) wake();
    });
    this.closed = once(this.socket, 'close').then(([code]) => code as number);
  }

  /** Opens it and asks: resolves when the frames are on their way. */
  async say(...frames: readonly ClientFrame[]): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    for (const frame of frames) this.socket.send(JSON.stringify(frame));
  }

  /** The first frame that matches, among those that came and those to come. */
  async frame<F extends ServerFrame>(matches: (frame: ServerFrame) => frame is F): Promise<F>;
  async frame(matches: (frame: ServerFrame) => boolean): Promise<ServerFrame>;
  async frame(matches: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** Cuts the connection, as a lost network does. */
  async cut(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Trades a token for the cookie of a session, at the address where that is done. */
export function loginAt(
  url: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
}

/** The cookie that an answer sets, as a browser sends it back; "" = none. */
export function cookieOf(response: Response): string {
  return response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
}

/** A KPI row as a processor publishes it. */
export function kpi(id: string, value: number, extra: Readonly<Record<string, unknown>> = {}) {
  return { id, value, unit: 'ratio', as_of: '2026-11-24T06:00:00.000Z', direction: 'up', ...extra };
}

/** A result that puts KPI rows. */
export function kpis(...rows: readonly { readonly id: string }[]): ResultMessage {
  return {
    topic: 'kpis',
    as_of: null,
    processor: 'test',
    ops: rows.map((row) => ({ op: 'put', key: row.id, row })),
  };
}

const isProblem = Compile(Problem);

/** The answer's problem (RFC 9457), which it must be. */
export async function expectProblem(response: Response, status: number): Promise<Problem> {
  const body: unknown = await response.json();
  expect({ status: response.status, type: response.headers.get('content-type') }).toMatchObject({
    status,
    type: expect.stringContaining(PROBLEM_MEDIA_TYPE) as string,
  });
  assertProblem(body);
  expect(body.status).toBe(status);
  return body;
}

export function assertProblem(body: unknown): asserts body is Problem {
  if (!isProblem.Check(body)) throw new Error(`not a problem: ${JSON.stringify(body)}`);
}
