import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { auditWhenDrained, faultsIn, sumOf, type Audited } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';
import { Fleet } from './support/fleet.ts';

const SCANS_A_STEP = 20_000;
const PARTITIONS_AFTER = 6;
/** A sink asks every quarter of a minute how many partitions there are. */
const NOTICED_WITHIN_MS = 120_000;

let pipeline: Pipeline;
let fleet: Fleet;
let feed: Feed;
let scans = 0;
/** What sinks said last that ended though nobody asked them to. */
const ownEnds: string[] = [];
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, []);
  fleet = new Fleet(pipeline.env, ({ output }) => ownEnds.push(output.slice(-5).join('\n')));
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
});

afterAll(async () => {
  await feed.close();
  await fleet.stop();
  await pipeline.stop();
});

const audited = (): Audited => ({
  brokers: inject('stack').kafka_brokers,
  prefix: feed.prefix,
  sql: pipeline.sql,
  types: ['scan'],
});

async function whileFeeding(work: () => Promise<unknown>): Promise<void> {
  const fed = feed.events('scan', SCANS_A_STEP, scans);
  scans += SCANS_A_STEP;
  await Promise.all([fed, work()]);
}

async function expectOnceEach(within_ms?: number): Promise<void> {
  const result = await auditWhenDrained(audited(), within_ms).catch((cause: unknown) => {
    throw new Error([String(cause), ...ownEnds].join('\n'), { cause });
  });
  expect(ownEnds).toEqual([]);
  expect(faultsIn(result)).toEqual([]);
  expect(sumOf(result)).toEqual({ messages: scans, rows: scans, dead_letters: 0 });
}

describe('sinks that come and go', () => {
  it('from one to three and back under load leave each message in one row', async () => {
    await whileFeeding(() => fleet.launch());
    await whileFeeding(() => fleet.launch());
    await whileFeeding(() => fleet.launch());
    expect(fleet.running.length).toBe(3);
    while (fleet.running.length > 1) {
      const leaver = fleet.running[pick(0, fleet.running.length - 1)];
      if (leaver === undefined) break;
      await whileFeeding(async () => {
        expect(await fleet.end(leaver, 'SIGTERM')).toBe(0);
      });
    }
    await expectOnceEach();
  });

  it('see partitions that are added to a topic while they run, and store each message in one row', async () => {
    await feed.admin.createPartitions({
      topicPartitions: [{ topic: feed.topic('scan'), count: PARTITIONS_AFTER }],
    });
    // Another producer: one that knows only the old partitions drops what is for the new ones.
    const wider = await Feed.open(inject('stack').kafka_brokers, feed.prefix);
    await wider.events('scan', SCANS_A_STEP, scans, PARTITIONS_AFTER);
    await wider.close();
    scans += SCANS_A_STEP;
    await expectOnceEach(NOTICED_WITHIN_MS);
  });
});
