import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createKafka, type Kafka } from '../../ingest/kafka.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { SinkConsumer, type FedLane } from '../../ingest/sink/consumer.ts';
import type { Epoch } from '../../ingest/sink/epoch.ts';
import type { Fetched, LaneFeed } from '../../ingest/sink/lane.ts';
import { EVENT_PARTITIONS } from '../../models/contract/topics.ts';
import { eventually } from '../../stack/lab/pipeline.ts';
import { Feed } from '../faults/support/feed.ts';

const MESSAGES = 20;

/** Takes nothing over by itself: the test says when it has. */
class ScriptedLane implements FedLane {
  readonly epoch: Epoch;
  readonly asks: LaneFeed;
  readonly partition: number;
  readonly fed: number[] = [];
  expected: number | null = null;

  constructor(epoch: Epoch, partition: number, asks: LaneFeed) {
    this.epoch = epoch;
    this.partition = partition;
    this.asks = asks;
  }

  startAt(offset: number): void {
    this.expected = offset;
    this.asks.start(offset);
  }

  isFull(): boolean {
    return false;
  }

  feed(messages: readonly Fetched[]): void {
    for (const { offset } of messages) this.fed.push(Number(offset));
    this.expected = (this.fed.at(-1) ?? 0) + 1;
  }

  run(): Promise<void> {
    return Promise.resolve();
  }

  stop(): void {
    this.expected = null;
  }
}

const log = createLogger('member', 'silent');
let feed: Feed;
const members: SinkConsumer<ScriptedLane>[] = [];
const errors: unknown[] = [];

const kafkaOf = (clientId: string): Kafka =>
  createKafka({ brokers: [inject('stack').kafka_brokers], clientId, log });

async function join(group = 'members', replaces: string | null = null): Promise<SinkConsumer<ScriptedLane>> {
  const member = new SinkConsumer<ScriptedLane>({
    kafka: kafkaOf(replaces ?? 'member'),
    group: feed.prefix + group,
    topics: [feed.topic('scan')],
    replaces,
    log,
    openLane: (epoch, _topic, partition, asks) => new ScriptedLane(epoch, partition, asks),
    onFatal: (error) => errors.push(error),
  });
  members.push(member);
  await member.start();
  return member;
}

/** A member that says nothing any more, as one that was killed, and whose session outlasts the test. */
async function standStill(group: string, clientId: string): Promise<{ leave: () => Promise<void> }> {
  const session_ms = 300_000;
  const consumer = kafkaOf(clientId).consumer({
    groupId: feed.prefix + group,
    sessionTimeout: session_ms,
    rebalanceTimeout: session_ms,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [feed.topic('scan')], fromBeginning: true });
  let leave = (): void => undefined;
  const held = new Promise<void>((resolve) => (leave = resolve));
  await new Promise<void>((begun, failed) => {
    const eachMessage = (): Promise<void> => {
      begun();
      return held;
    };
    consumer.run({ eachMessage }).catch(failed);
  });
  return {
    leave: async () => {
      leave();
      await consumer.disconnect();
    },
  };
}

const lanesOf = (member: SinkConsumer<ScriptedLane>, count: number): Promise<readonly ScriptedLane[]> =>
  eventually(`${count} lanes`, () =>
    Promise.resolve(member.lanes.length === count ? member.lanes : undefined),
  );

beforeAll(async () => {
  feed = await Feed.open(inject('stack').kafka_brokers, `t_${randomBytes(4).toString('hex')}.`);
  await feed.events('scan', MESSAGES * EVENT_PARTITIONS);
});

afterAll(async () => {
  await Promise.all(members.map((member) => member.stop(0)));
  await feed.close();
});

describe('the member of the group', () => {
  it('does not begin a partition for a lane whose assignment is over', async () => {
    const first = await join();
    const before = await lanesOf(first, EVENT_PARTITIONS);
    const second = await join();
    const kept = await lanesOf(first, EVENT_PARTITIONS / 2);
    await lanesOf(second, EVENT_PARTITIONS / 2);
    const [lane] = kept;
    const former = before.find(({ partition }) => partition === lane?.partition);
    if (lane === undefined || former === undefined) throw new Error('no partition was kept');

    // It has waited for ClickHouse meanwhile, and for the new lane the takeover is not over yet.
    expect(former.epoch.isClosed()).toBe(true);
    former.startAt(0);
    lane.expected = 5;
    // The other partition is read meanwhile: so the one in question could have been.
    const other = kept[1];
    if (other === undefined) throw new Error('only one partition was kept');
    other.startAt(0);
    await eventually('the other partition', () =>
      Promise.resolve(other.fed.length === MESSAGES ? true : undefined),
    );
    former.asks.fetchStored();
    lane.startAt(5);
    await eventually('the partition', () =>
      Promise.resolve(lane.fed.at(-1) === MESSAGES - 1 ? true : undefined),
    );
    expect(lane.fed).toEqual(Array.from({ length: MESSAGES - 5 }, (_, i) => 5 + i));
    expect(former.fed).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('takes the place of a predecessor of its name at once, and leaves others theirs', async () => {
    const stuck = await standStill('named', 'named-a');
    try {
      const first = await join('named', 'named-a');
      await lanesOf(first, EVENT_PARTITIONS);
      const second = await join('named', 'named-b');
      await Promise.all([first, second].map((member) => lanesOf(member, EVENT_PARTITIONS / 2)));
      expect(errors).toEqual([]);
    } finally {
      await stuck.leave();
    }
  });
});
