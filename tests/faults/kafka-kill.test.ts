import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startKafka, type RunningKafka } from '../../stack/kafka/kafka.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, faultsIn, sumOf } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';
import { Killable } from './support/killable.ts';

const SCANS = 60_000;

let folder: string;
let kafka: Killable<RunningKafka>;
let pipeline: Pipeline;
let feed: Feed;
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  folder = await mkdtemp(join(tmpdir(), 'dealerstream-kafka-'));
  // A broker of its own, for it is killed.
  kafka = await Killable.of((ports?: RunningKafka['ports']) =>
    startKafka({
      dataDir: join(folder, 'kafka'),
      short_lived: true,
      ...(ports === undefined ? {} : { ports }),
    }),
  );
  pipeline = await Pipeline.start({ ...inject('stack'), kafka_brokers: kafka.running.brokers }, ['sink']);
  feed = await Feed.open(kafka.running.brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('Kafka', () => {
  it('killed under load leaves each message in one row once it is back, and the same sink goes on', async () => {
    const sink = pipeline.program('sink').child;
    // Its producer goes on by itself when the broker is back, and what was acknowledged must be there.
    const fed = feed.events('scan', SCANS);
    await eventually('a first batch', async () =>
      (await accountOf(pipeline.sql, 'scan', 0)).rows > 0 ? true : undefined,
    );
    await delay(pick(0, 300));
    await kafka.kill();
    await delay(pick(0, 1_000));
    await kafka.restart();
    await fed;
    const { brokers } = kafka.running;
    const result = await auditWhenDrained({
      brokers,
      prefix: feed.prefix,
      sql: pipeline.sql,
      types: ['scan'],
    });
    expect(faultsIn(result)).toEqual([]);
    const { messages, rows } = sumOf(result);
    expect(rows).toBe(messages);
    const { events } = await accountOf(pipeline.sql, 'scan', messages);
    expect(events).toBe(SCANS);
    expect(pipeline.program('sink').child).toBe(sink);
    expect(sink.exitCode).toBeNull();
  });
});
