import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { EVENT_TYPES, eventTypeByName, type EventTypeName } from '../../models/contract/registry.ts';
import { EVENT_PARTITIONS } from '../../models/contract/topics.ts';
import { createKafka } from '../../ingest/kafka.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { StoredPositions } from '../../ingest/sink/batch/stored-positions.ts';
import { Turns } from '../../ingest/sink/batch/turns.ts';
import { createTopicLedger } from '../../ingest/sink/clickhouse-ledger.ts';
import { accountOf, accountWhenDrained, onceEach } from '../faults/support/account.ts';
import { eventOf } from '../faults/support/events.ts';
import { Feed } from '../faults/support/feed.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';

const MESSAGES_EACH = 400;
/** Of each partition, before anything more is sent. */
const LAST_OFFSET = MESSAGES_EACH / EVENT_PARTITIONS - 1;
const types = EVENT_TYPES.map(({ type }) => type);

let pipeline: Pipeline;
let feed: Feed;

beforeAll(async () => {
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, ['sink']);
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  for (const type of types) await feed.events(type, MESSAGES_EACH);
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
});

describe('the sink', () => {
  it('stores every message of every type in exactly one row, and each event in reading order', async () => {
    const accounts = await accountWhenDrained(feed, pipeline.sql);
    expect([...accounts]).toEqual(types.map((type) => [type, onceEach(MESSAGES_EACH)]));
  });

  it('stores the fields as they were sent', async () => {
    const [row] = await pipeline.sql.query<Record<string, unknown>>(
      "SELECT * FROM raw_scans WHERE event_id = 'scan-7'",
    );
    const sent = eventOf('scan', 7);
    expect(row).toMatchObject({ ...sent, _topic: 'dms.scans.v1', _partition: 3 });
    const [activity] = await pipeline.sql.query<{ user_ref: string }>(
      "SELECT user_ref FROM raw_activity WHERE event_id = 'activity-3'",
    );
    expect(activity?.user_ref).toBe(eventOf('activity', 3)['user_ref']);
  });

  it('tells each of those who ask at the same moment about its own offsets, also where they overlap', async () => {
    const type = eventTypeByName('scan');
    if (type === undefined) throw new Error('scans are no event type');
    const { counts } = createTopicLedger(pipeline.sql, type, new Turns(1));
    const ask = (partition: number, first: number, last: number) => counts.ask({ partition, first, last });
    const counted = await Promise.all([
      ask(0, 0, 9),
      ask(0, 0, 9),
      ask(0, 5, 24),
      ask(1, 5, 24),
      ask(0, LAST_OFFSET - 2, LAST_OFFSET + 5),
      ask(0, LAST_OFFSET + 1, LAST_OFFSET + 5),
    ]);
    expect(counted).toEqual([10, 10, 20, 20, 3, 0].map((rows) => ({ rows, offsets: rows })));
  });

  it('tells those who ask at the same moment how far their partitions have come, whatever the topic', async () => {
    const positions = new StoredPositions(pipeline.sql);
    const asked = EVENT_TYPES.flatMap((type) => [0, 3, 0].map((partition) => ({ type, partition })));
    // Nobody has so many partitions.
    const beyond = EVENT_TYPES.map((type) => ({ type, partition: 99 }));
    const come = await Promise.all(
      [...asked, ...beyond].map(({ type, partition }) => positions.ask(type, partition)),
    );
    expect(come.map(({ stored, accounted }) => [stored, accounted])).toEqual([
      ...asked.map(() => [LAST_OFFSET, LAST_OFFSET]),
      ...beyond.map(() => [null, null]),
    ]);
  });

  it('makes one part of one batch', async () => {
    const [worst] = await pipeline.sql.query<{ parts: number }>(
      `SELECT max(parts) AS parts FROM
       (SELECT _topic, _partition, _ingested_at, uniqExact(_part) AS parts FROM raw_orders GROUP BY ALL)`,
    );
    expect(worst?.parts).toBe(1);
  });

  it('makes a repeated event a second row of the ledger and no second row in reading order', async () => {
    await feed.events('money', 25);
    await accountWhenDrained(feed, pipeline.sql);
    const account = await accountOf(pipeline.sql, 'money', MESSAGES_EACH + 25);
    expect(account).toEqual({
      ...onceEach(MESSAGES_EACH + 25),
      by_key: MESSAGES_EACH,
      events: MESSAGES_EACH,
    });
  });

  it('changes no row when the offsets of its group are set back to the beginning', async () => {
    expect(await pipeline.end('sink')).toBe(0);
    const before = await ledgerDigest();
    await feed.admin.setOffsets({
      groupId: `${feed.prefix}dms-sink`,
      topic: feed.topic('activity'),
      partitions: [0, 1, 2, 3].map((partition) => ({ partition, offset: '0' })),
    });
    await pipeline.launch('sink');
    await feed.events('activity', 4, MESSAGES_EACH);
    await accountWhenDrained(feed, pipeline.sql);
    expect(
      await ledgerDigest("event_id NOT IN ('activity-400', 'activity-401', 'activity-402', 'activity-403')"),
    ).toEqual(before);
    expect(await accountOf(pipeline.sql, 'activity', MESSAGES_EACH + 4)).toEqual(onceEach(MESSAGES_EACH + 4));
  });

  it('leaves the group at the ends of the topics, with nothing open', async () => {
    const group = `${feed.prefix}dms-sink`;
    const settled = await eventually('the group to be settled', async () => {
      const [committed] = await feed.admin.fetchOffsets({ groupId: group, topics: [feed.topic('activity')] });
      const done = committed?.partitions.filter(({ metadata }) => metadata?.startsWith('settled '));
      return done?.length === 4 ? done : undefined;
    });
    const ends = await feed.admin.fetchTopicOffsets(feed.topic('activity'));
    const byPartition = (list: { partition: number; offset: string }[]): [number, string][] =>
      list.map(({ partition, offset }): [number, string] => [partition, offset]).sort(([a], [b]) => a - b);
    expect(byPartition(settled)).toEqual(byPartition(ends));
  });
});

describe('the fence', () => {
  it('refuses the commit of a member whose generation is over', async () => {
    const kafka = createKafka({
      brokers: [inject('stack').kafka_brokers],
      clientId: 'fence',
      log: createLogger('fence', 'silent'),
    });
    const consumer = kafka.consumer({ groupId: `${feed.prefix}fence`, sessionTimeout: 6_000 });
    await consumer.connect();
    await consumer.subscribe({ topics: [feed.topic('order')], fromBeginning: true });
    const stale = await new Promise<() => Promise<void>>((resolve, reject) => {
      const commit = {
        topics: [{ topic: feed.topic('order'), partitions: [{ partition: 0, offset: '1', metadata: 'm' }] }],
      };
      consumer
        .run({
          autoCommit: false,
          eachBatch: (payload) => {
            resolve(() => payload.commitOffsetsIfNecessary(commit));
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    await stale();
    const [committed] = await feed.admin.fetchOffsets({
      groupId: `${feed.prefix}fence`,
      topics: [feed.topic('order')],
    });
    expect(committed?.partitions.find(({ partition }) => partition === 0)).toMatchObject({
      offset: '1',
      metadata: 'm',
    });
    // The member leaves: its generation is over, and the function that it was given must not commit any more.
    await consumer.stop();
    await expect(stale()).rejects.toThrow();
    await consumer.disconnect();
  });
});

/** A digest of every ledger row by its place; `where` leaves rows out. */
async function ledgerDigest(where = '1'): Promise<Record<EventTypeName, string>> {
  const digests: Partial<Record<EventTypeName, string>> = {};
  for (const { type, raw_table } of EVENT_TYPES) {
    const [row] = await pipeline.sql.query<{ digest: string }>(
      `SELECT concat(toString(count()), ':', toString(sum(cityHash64(*)))) AS digest FROM {raw: Identifier} WHERE ${where}`,
      { params: { raw: raw_table } },
    );
    digests[type] = row?.digest ?? '';
  }
  return digests as Record<EventTypeName, string>;
}
