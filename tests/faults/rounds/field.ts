import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { AuditResult } from '../../../ingest/audit/audit.ts';
import { fetchTopicOffsets } from '../../../ingest/kafka.ts';
import { EVENT_PARTITIONS } from '../../../models/contract/topics.ts';
import { SqlClient } from '../../../sql/client.ts';
import { ADMIN_USER, ANALYST_USER } from '../../../stack/clickhouse/users.ts';
import { compilePrograms } from '../../../stack/compiled.ts';
import { startKafka, type RunningKafka } from '../../../stack/kafka/kafka.ts';
import { COMPILED_ENV, Pipeline } from '../../../stack/lab/pipeline.ts';
import { auditWhenDrained, type Audited } from '../support/audited.ts';
import { FaultGate } from '../support/fault-gate.ts';
import { Feed } from '../support/feed.ts';
import { Fleet, type SinkProcess } from '../support/fleet.ts';
import { Killable } from '../support/killable.ts';
import { ownClickHouse, type OwnClickHouse } from '../support/own-clickhouse.ts';
import { POISON } from '../support/poison.ts';
import { Progress } from './progress.ts';

export type Pick = (min: number, max: number) => number;

/** Of a round's events one in so many is an order, the others are scans. */
const ORDERS_ONE_IN = 50;
/** Scans of the round before that are sent again, and messages that cannot be stored, in each round. */
const REPEATED_A_ROUND = 500;
const POISON_A_ROUND = 3;
/** Small poison: the 5 MB one is in the short tests. */
const POISON_BYTES_MAX = 10_000;
const FEED_TRIES = 10;
/** About a minute. */
const KAFKA_TRIES = 60;
/** Over twenty million rows one question of an audit takes minutes on a busy machine. */
const AUDIT_REQUEST_MS_MAX = 1_800_000;
const DRAIN_MS = 600_000;
const SCANS = { table: 'raw_scans', topic: 'dms.scans.v1' };

/** A Kafka, a ClickHouse behind a bad network, some sinks and a feed: where the rounds take place. */
export class Field {
  readonly kafka: Killable<RunningKafka>;
  readonly clickhouse: OwnClickHouse;
  readonly gate: FaultGate;
  readonly pipeline: Pipeline;
  readonly fleet: Fleet;
  readonly progress: Progress;
  /** Sinks that ended though nobody asked them to, by their last words. */
  readonly own_ends: string[] = [];
  #feed: Feed;
  #scans = 0;
  #orders = 0;
  #relaunches: Promise<unknown>[] = [];

  private constructor(
    kafka: Killable<RunningKafka>,
    clickhouse: OwnClickHouse,
    gate: FaultGate,
    pipeline: Pipeline,
    feed: Feed,
    logs: string | null,
  ) {
    this.kafka = kafka;
    this.clickhouse = clickhouse;
    this.gate = gate;
    this.pipeline = pipeline;
    this.#feed = feed;
    this.fleet = new Fleet(
      { ...pipeline.env, CLICKHOUSE_URL: gate.url },
      (sink) => {
        this.#replace(sink);
      },
      logs,
    );
    this.progress = new Progress(pipeline.sql, SCANS.table, SCANS.topic, EVENT_PARTITIONS);
  }

  /** Starts everything in a folder of its own, with one sink. What sinks say is kept in `logs`, an existing folder. */
  static async begin(logs: string | null): Promise<{ field: Field; end: () => Promise<void> }> {
    const folder = await mkdtemp(join(tmpdir(), 'dealerstream-rounds-'));
    // As `npm start` has them: what is measured is a sink's recovery, not that of its compiler.
    const compiled = await compilePrograms();
    process.env[COMPILED_ENV] = compiled.dir;
    const kafka = await Killable.of((ports?: RunningKafka['ports']) =>
      startKafka({ dataDir: join(folder, 'kafka'), ...(ports === undefined ? {} : { ports }) }),
    );
    const password = (): string => randomBytes(18).toString('base64url');
    const users = {
      admin: { user: ADMIN_USER, password: password() },
      analyst: { user: ANALYST_USER, password: password() },
    };
    const { brokers } = kafka.running;
    const stack = { kafka_brokers: brokers, clickhouse_url: '', clickhouse_tcp_port: 0, ...users };
    const clickhouse = await ownClickHouse(stack, join(folder, 'clickhouse'));
    const gate = await FaultGate.before(clickhouse.stack.clickhouse_url);
    const pipeline = await Pipeline.start(clickhouse.stack, []);
    const feed = await Feed.open(brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    const field = new Field(kafka, clickhouse, gate, pipeline, feed, logs);
    await field.fleet.launch();
    const end = async (): Promise<void> => {
      await field.fleet.stop();
      await field.#feed.close();
      await gate.close();
      await pipeline.sql.close();
      await Promise.all([clickhouse.end(), kafka.stop()]);
      await Promise.all([rm(folder, { recursive: true, force: true }), compiled.remove()]);
    };
    return { field, end };
  }

  /** Different events that Kafka has acknowledged. */
  get fed(): { readonly scans: number; readonly orders: number } {
    return { scans: this.#scans, orders: this.#orders };
  }

  get audited(): Audited {
    const { brokers } = this.kafka.running;
    return { brokers, prefix: this.#feed.prefix, sql: this.pipeline.sql, types: ['scan', 'order'] };
  }

  /** Feeds the events of a round: new ones, some of the last round again, and a few that cannot be stored. */
  async feed(events: number, pick: Pick): Promise<void> {
    const orders = Math.floor(events / ORDERS_ONE_IN);
    const scans = events - orders;
    const poison = POISON.filter(({ value }) => (value?.length ?? 0) < POISON_BYTES_MAX);
    const some = Array.from({ length: POISON_A_ROUND }, () => ({
      value: poison[pick(0, poison.length - 1)]?.value ?? null,
      partition: pick(0, EVENT_PARTITIONS - 1),
    }));
    await this.#persist(async (feed) => feed.events('order', orders, this.#orders));
    for (const { value, partition } of some)
      await this.#persist((feed) => feed.raw('scan', value, partition));
    await this.#persist((feed) => feed.events('scan', scans, this.#scans));
    const repeated = Math.min(REPEATED_A_ROUND, this.#scans);
    await this.#persist((feed) => feed.events('scan', repeated, this.#scans - repeated));
    this.#scans += scans;
    this.#orders += orders;
  }

  /** Waits until at most so many scans wait for the sink. */
  async caughtUp(behind_max: number): Promise<void> {
    const ends = await this.#ends();
    const behind = (last: readonly number[]): number =>
      ends.reduce((sum, end, partition) => sum + Math.max(0, end - 1 - (last[partition] ?? -1)), 0);
    // Poison at the very end of a partition leaves no row.
    const slack = POISON_A_ROUND;
    await this.progress.until(
      'the sinks to catch up',
      (last) => behind(last) <= behind_max + slack,
      DRAIN_MS,
    );
  }

  /** Milliseconds from now until every partition that has something waiting has stored something. */
  async recovery_ms(): Promise<number> {
    const began_ms = Date.now();
    // What is there at the first answer does not count.
    let before: readonly number[] = [];
    await this.progress.until('an answer', (last) => (before = last).length > 0, DRAIN_MS);
    const ends = await this.#ends();
    await this.progress.until(
      'rows to be stored again',
      (last) => last.every((at, p) => at > (before[p] ?? -1) || at >= (ends[p] ?? 0) - 1 - POISON_A_ROUND),
      DRAIN_MS,
    );
    return Date.now() - began_ms;
  }

  /** Waits until something connects to a port of this machine. */
  async portOpen(port: number): Promise<void> {
    const tries = (): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
        socket.once('error', () => {
          resolve(false);
        });
      });
    while (!(await tries())) await delay(10);
  }

  async audit(): Promise<AuditResult> {
    await Promise.all(this.#relaunches);
    this.#relaunches = [];
    const { env } = this.pipeline;
    const sql = new SqlClient({
      url: env['CLICKHOUSE_URL'] ?? '',
      user: env['CLICKHOUSE_USER'] ?? '',
      password: env['CLICKHOUSE_PASSWORD'] ?? '',
      database: env['CLICKHOUSE_DATABASE'] ?? '',
      request_timeout_ms: AUDIT_REQUEST_MS_MAX,
    });
    try {
      return await auditWhenDrained({ ...this.audited, sql }, DRAIN_MS);
    } finally {
      await sql.close();
    }
  }

  /** Where Kafka's partitions end. A broker that has just started may not lead them yet: asked again. */
  async #ends(): Promise<number[]> {
    const ends = await pRetry(() => fetchTopicOffsets(this.#feed.admin, this.#feed.topic('scan')), {
      retries: KAFKA_TRIES,
      maxTimeout: 1_000,
    });
    const byPartition: number[] = [];
    for (const { partition, high } of ends) byPartition[partition] = Number(high);
    return byPartition;
  }

  /** A producer whose send has failed must not be used again; the events are sent anew under the same ids. */
  async #persist(work: (feed: Feed) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await work(this.#feed);
        return;
      } catch (error) {
        if (tries === FEED_TRIES) throw error;
        await this.#feed.close();
        this.#feed = await Feed.open(this.kafka.running.brokers, this.#feed.prefix);
      }
    }
  }

  /** As the supervisor of a stack does. */
  #replace(sink: SinkProcess): void {
    const { exitCode, signalCode } = sink.child;
    // The last one says what it ended for: it comes first, since a summary has room for some of it only.
    const words = sink.output
      .filter((line) => /"level":(50|60)/.test(line))
      .slice(-3)
      .reverse();
    this.own_ends.push(`ended with ${exitCode ?? signalCode ?? ''}: ${words.join(' | ')}`);
    this.#relaunches.push(this.fleet.launch());
  }
}
