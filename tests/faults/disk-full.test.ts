import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { startKafka, type RunningKafka } from '../../stack/kafka/kafka.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, drained, faultsIn, sumOf } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';
import { Fleet, counterOf } from './support/fleet.ts';
import { Killable } from './support/killable.ts';
import { ownClickHouse } from './support/own-clickhouse.ts';
import { SmallDisk } from './support/small-disk.ts';

const CLICKHOUSE_MIB = 256;
const KAFKA_MIB = 256;
const SCANS = 20_000;

const obstacle = SmallDisk.obstacle;
if (obstacle !== null)
  console.log(`SKIPPED: a full disk is a small tmpfs, which needs root to mount: ${obstacle}`);
console.log(`FAULTS_SEED=${SEED}`);
const pick = chance(SEED);

describe.skipIf(obstacle !== null)('a full disk', () => {
  it('of ClickHouse delays messages, and leaves each in one row when there is space again', async () => {
    const disk = SmallDisk.mount(CLICKHOUSE_MIB);
    const clickhouse = await ownClickHouse(inject('stack'), join(disk.folder, 'clickhouse'));
    const pipeline = await Pipeline.start(clickhouse.stack, []);
    const fleet = new Fleet(pipeline.env);
    const brokers = inject('stack').kafka_brokers;
    const feed = await Feed.open(brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    try {
      const audited = { brokers, prefix: feed.prefix, sql: pipeline.sql, types: ['scan'] as const };
      const sink = await fleet.launch();
      await feed.events('scan', SCANS);
      await drained(audited);
      disk.fill();
      const retries = await counterOf(sink, 'dms_sink_retries_total');
      await feed.events('scan', SCANS, SCANS);
      await eventually('the sink to try again and again', async () =>
        (await counterOf(sink, 'dms_sink_retries_total')) > retries + 3 ? true : undefined,
      );
      await delay(pick(0, 1_000));
      disk.free();
      const result = await auditWhenDrained(audited);
      expect(faultsIn(result)).toEqual([]);
      expect(sumOf(result)).toEqual({ messages: 2 * SCANS, rows: 2 * SCANS, dead_letters: 0 });
      expect(sink.child.exitCode).toBeNull();
    } finally {
      await feed.close();
      await fleet.stop();
      disk.free();
      await pipeline.stop();
      await clickhouse.end();
      disk.unmount();
    }
  });

  it('of Kafka stops it, and leaves each message in one row when it runs again with space', async () => {
    const disk = SmallDisk.mount(KAFKA_MIB);
    const kafka = await Killable.of((ports?: RunningKafka['ports']) =>
      startKafka({
        dataDir: join(disk.folder, 'kafka'),
        short_lived: true,
        ...(ports === undefined ? {} : { ports }),
      }),
    );
    const { brokers } = kafka.running;
    const pipeline = await Pipeline.start({ ...inject('stack'), kafka_brokers: brokers }, []);
    const fleet = new Fleet(pipeline.env);
    const feed = await Feed.open(brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    try {
      const sink = await fleet.launch();
      await feed.events('scan', SCANS);
      const { exited } = kafka.running;
      await delay(pick(0, 500));
      disk.fill();
      // Some of these are acknowledged, and some the producer goes on to offer until the broker takes them.
      const fed = feed.events('scan', SCANS, SCANS);
      await exited;
      disk.free();
      await kafka.restart();
      await fed;
      const audited = { brokers, prefix: feed.prefix, sql: pipeline.sql, types: ['scan'] as const };
      const result = await auditWhenDrained(audited);
      expect(faultsIn(result)).toEqual([]);
      const { messages, rows } = sumOf(result);
      expect(rows).toBe(messages);
      expect((await accountOf(pipeline.sql, 'scan', messages)).events).toBe(2 * SCANS);
      expect(sink.child.exitCode).toBeNull();
    } finally {
      await feed.close();
      await fleet.stop();
      await pipeline.stop();
      await kafka.stop();
      disk.unmount();
    }
  });
});
