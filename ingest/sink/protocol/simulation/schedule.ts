import { Backlog } from '../../batch/backlog.ts';
import { settle } from '../deliver-block.ts';
import { deliverRun, type BlockCodec } from '../deliver-run.ts';
import type { Partition } from '../partition.ts';
import { FencedError, type Clock, type Delivery, type Ledger, type PartitionLog } from '../ports.ts';
import { takeOver } from '../take-over.ts';
import { FakeClickHouse } from './fake-clickhouse.ts';
import { FakeKafka } from './fake-kafka.ts';
import { Owner, deliver, type Weather } from './network.ts';
import { Scheduler } from './scheduler.ts';

/** A wrong protocol, made by standing between the right one and its ports. */
export interface Mutant {
  readonly log?: (log: PartitionLog) => PartitionLog;
  readonly ledger?: (ledger: Ledger) => Ledger;
}

const FAULTS_MAX = 6;
const STORM_MS = 20_000;
/** After the storm everything must be stored within this: the protocol also gets on. */
const CALM_MS = 120_000;
const SESSION_MS = 6_000;

const CALM: Weather = { lost_per_mille: 0, unanswered_per_mille: 0, slow_per_mille: 0, slow_ms: 10 };

type Kind = 'sound' | 'unsound' | 'refused';

/** The values are words: what is wrong with a delivery is written on it. */
const codec: BlockCodec = {
  inspect: ({ value }) =>
    value?.toString() === 'unsound' ? { code: 'not_an_object', detail: 'fake' } : null,
  encode: (deliveries, ingested_at_ms) => {
    const first = deliveries[0]?.offset ?? NaN;
    const last = deliveries.at(-1)?.offset ?? NaN;
    const hash = `${first}_${last}_${ingested_at_ms}`;
    return { first, last, n: deliveries.length, ingested_at_ms, hash, lines: Buffer.alloc(0) };
  },
};

/**
 * One schedule: some messages, some faults at some times, all fixed by the seed. Resolves with what is wrong with the
 * outcome; an empty list = each sound message in one row and in the view's table, each other one a dead letter.
 */
export async function runSchedule(seed: number, mutant: Mutant = {}): Promise<string[]> {
  const scheduler = new Scheduler(seed);
  const kinds = Array.from({ length: scheduler.pick(1, 30) }, (): Kind => kindOf(scheduler));
  const refused = new Set(kinds.flatMap((kind, offset) => (kind === 'refused' ? [offset] : [])));
  const kafka = new FakeKafka(kinds.map((kind, offset) => ({ offset, key: null, value: Buffer.from(kind) })));
  const clickhouse = new FakeClickHouse(scheduler, refused);
  const storm: Weather = {
    lost_per_mille: scheduler.pick(0, 60),
    unanswered_per_mille: scheduler.pick(0, 60),
    slow_per_mille: scheduler.pick(0, 60),
    slow_ms: scheduler.pick(100, 15_000),
  };
  const problems: string[] = [];
  const world: World = {
    scheduler,
    kafka,
    clickhouse,
    mutant,
    weather: () => (scheduler.now_ms < STORM_MS ? storm : CALM),
    fail: (error) => problems.push(String(error)),
  };
  let owner = begin(world);
  const faults = scheduler.pick(0, FAULTS_MAX);
  for (let i = 0; i < faults; i += 1) {
    // Dense at the beginning, where the work is.
    const at_ms = scheduler.chance(700) ? scheduler.pick(0, 800) : scheduler.pick(0, STORM_MS);
    scheduler.after(at_ms, () => {
      owner = strike(world, owner);
    });
  }
  const isDone = (): boolean =>
    problems.length > 0 ||
    (scheduler.now_ms > STORM_MS && clickhouse.rows.length + clickhouse.dead.size >= kinds.length);
  await scheduler.run(STORM_MS + CALM_MS, isDone);
  // What is still on its way may yet arrive and do harm.
  await scheduler.run(scheduler.now_ms + 30_000, () => problems.length > 0);
  return [...problems, ...faultsOf(kinds, clickhouse)];
}

interface World {
  readonly scheduler: Scheduler;
  readonly kafka: FakeKafka;
  readonly clickhouse: FakeClickHouse;
  readonly mutant: Mutant;
  readonly weather: () => Weather;
  readonly fail: (error: unknown) => void;
}

function kindOf(scheduler: Scheduler): Kind {
  const roll = scheduler.pick(0, 99);
  if (roll < 4) return 'unsound';
  return roll < 8 ? 'refused' : 'sound';
}

/** One fault; returns who owns the partition after it. */
function strike(world: World, owner: Owner): Owner {
  const { scheduler, clickhouse } = world;
  switch (scheduler.pick(0, 4)) {
    case 0:
      clickhouse.crash(scheduler.pick(10, 3_000));
      return owner;
    case 1:
      // kill -9: its session must run out before another gets the partition.
      owner.dead = true;
      return begin(world, scheduler.pick(0, SESSION_MS));
    case 2:
      // SIGSTOP for longer than the session: two live owners when it wakes up.
      owner.frozen_until_ms = scheduler.now_ms + scheduler.pick(1, 3 * SESSION_MS);
      return begin(world, scheduler.pick(0, SESSION_MS));
    case 3:
      // A rebalance: the old one learns of it some time later, or by the fence.
      scheduler.after(scheduler.pick(0, SESSION_MS), () => {
        deliver(scheduler, owner, () => {
          owner.close();
        });
      });
      return begin(world);
    default:
      clickhouse.crash(scheduler.pick(10, 500));
      owner.dead = true;
      return begin(world, scheduler.pick(0, 50));
  }
}

/** A new generation, and with it a new owner that goes to work after `wait_ms`; every older one is stale from then on. */
function begin(world: World, wait_ms = 0): Owner {
  world.kafka.generation += 1;
  const owner = new Owner(world.kafka.generation);
  world.scheduler.after(wait_ms, () => {
    deliver(world.scheduler, owner, () => {
      own(world, owner).catch(world.fail);
    });
  });
  return owner;
}

/** What a lane does: take over, then batch after batch. */
async function own(world: World, owner: Owner): Promise<void> {
  const { scheduler, kafka, clickhouse, mutant, weather } = world;
  const clock = clockOf(scheduler, owner);
  const log = kafka.logOf(scheduler, owner, weather);
  const ledger = clickhouse.ledgerOf(owner, weather);
  const partition: Partition = {
    name: { scope: 'sim', topic: 't', partition: 0 },
    log: mutant.log?.(log) ?? log,
    ledger: mutant.ledger?.(ledger) ?? ledger,
    clock,
    tell: () => undefined,
    next: 0,
    unsettled: false,
  };
  try {
    let { open } = await takeOver(partition);
    const backlog = new Backlog();
    let fetched = partition.next;
    for (;;) {
      const upTo = open === null ? fetched + scheduler.pick(1, 8) : Math.max(open.last + 1, fetched);
      for (const delivery of kafka.messages.slice(fetched, upTo)) backlog.push(delivery);
      fetched = Math.min(Math.max(fetched, upTo), kafka.messages.length);
      const batch: readonly Delivery[] = backlog.take(open);
      const first = batch[0]?.offset;
      if (first === undefined) {
        await settle(partition);
        if (fetched === kafka.messages.length) return;
        continue;
      }
      const repeated = open?.first === first ? open : null;
      await deliverRun(partition, codec, batch, repeated);
      if (repeated !== null) open = null;
      await clock.sleep(scheduler.pick(1, 40));
    }
  } catch (error) {
    if (!(error instanceof FencedError)) throw error;
  }
}

function clockOf(scheduler: Scheduler, owner: Owner): Clock {
  return {
    now_ms: () => scheduler.now_ms,
    sleep: (ms) =>
      new Promise<void>((resolve, reject) => {
        const end = (): void => {
          reject(new FencedError('closed'));
        };
        if (owner.closed) {
          end();
          return;
        }
        owner.onClose.push(end);
        scheduler.after(ms, () => {
          deliver(scheduler, owner, resolve);
        });
      }),
  };
}

function faultsOf(kinds: readonly Kind[], { rows, byKey, dead }: FakeClickHouse): string[] {
  const counts = new Map<number, number>();
  for (const offset of rows) counts.set(offset, (counts.get(offset) ?? 0) + 1);
  return kinds.flatMap((kind, offset) => {
    const stored = counts.get(offset) ?? 0;
    if (kind === 'sound' && stored !== 1) return [`offset ${offset} is in ${stored} rows`];
    if (kind === 'sound' && dead.has(offset)) return [`offset ${offset} is sound and a dead letter`];
    if (kind === 'sound' && !byKey.has(offset)) return [`offset ${offset} is missing in reading order`];
    if (kind !== 'sound' && (stored > 0 || !dead.has(offset))) return [`offset ${offset} is no dead letter`];
    return [];
  });
}
