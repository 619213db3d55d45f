import { decodeNote } from '../intent.ts';
import type { FakeClickHouse } from './fake-clickhouse.ts';
import type { FakeKafka } from './fake-kafka.ts';
import type { Network, Owner } from './network.ts';
import type { Scheduler } from './scheduler.ts';

/** What is the matter with a schedule besides the everyday faults; one thing at a time, so that an outcome can be judged. */
export const TEMPERS = ['plain', 'plain', 'plain', 'forgetful', 'powerless', 'damaged'] as const;
export type Temper = (typeof TEMPERS)[number];

/** Everything that one schedule is about. */
export interface World {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly kafka: FakeKafka;
  readonly clickhouse: FakeClickHouse;
  readonly temper: Temper;
  /** Everybody who ever owned the partition. */
  readonly owners: Owner[];
  /** Who owns it now. */
  owner: Owner;
  /** Inserts that were shared with other partitions so far. */
  shared: number;
  /** Kafka and ClickHouse contradict each other by now: stopping for that is right. */
  mayStop: boolean;
  /** They contradict each other where the protocol looks: it must stop. */
  mustStop: boolean;
  /** What an owner stopped with. */
  stopped: Error | null;
  /** Puts another message at the end of the log. */
  readonly append: () => void;
  /** Gives the partition to a new owner. */
  readonly begin: () => void;
}

type Strike = (world: World) => void;

/** The coordinator gives a partition away when it has not heard its owner for so long, and not before, unless it is evicted. */
const SESSION_MS = 6_000;
/** What was written waits for the disk for so long. */
const DISK_WAIT_MS = 30_000;
const FORGETS_PER_MILLE = [0, 0, 500, 1_000] as const;

function crashClickHouse({ scheduler, clickhouse, temper }: World, down_ms: number): void {
  clickhouse.crash({
    down_ms,
    damages: temper === 'damaged',
    forgets_per_mille: FORGETS_PER_MILLE[scheduler.pick(0, FORGETS_PER_MILLE.length - 1)] ?? 0,
  });
}

const killClickHouse: Strike = (world) => {
  crashClickHouse(world, world.scheduler.pick(10, 3_000));
};

/** Another owner follows when the session of this one has run out; unless somebody else has followed meanwhile. */
function expel(world: World): void {
  const { scheduler, owner, begin } = world;
  const look = (): void => {
    if (world.owner !== owner) return;
    const left_ms = owner.heard_ms + SESSION_MS - scheduler.now_ms;
    if (left_ms <= 0) begin();
    else if (owner.dead || scheduler.now_ms < Math.max(owner.frozen_until_ms, owner.cutOff_until_ms)) {
      scheduler.after(left_ms, look);
    }
  };
  look();
}

/** kill -9 of the sink. Its session must run out before another gets the partition, or ran out already. */
const killSink: Strike = (world) => {
  const { scheduler, owner } = world;
  owner.dead = true;
  scheduler.after(scheduler.pick(0, SESSION_MS), () => {
    if (world.owner === owner) world.begin();
  });
};

/** SIGSTOP for up to three sessions: two live owners when it wakes up, if its session has run out. */
const freezeSink: Strike = (world) => {
  const { scheduler, owner } = world;
  owner.frozen_until_ms = scheduler.now_ms + scheduler.pick(1, 3 * SESSION_MS);
  expel(world);
};

/** Kafka does not hear the sink, which goes on and may reach ClickHouse. */
const cutOff: Strike = (world) => {
  const { scheduler, owner } = world;
  owner.cutOff_until_ms = scheduler.now_ms + scheduler.pick(1, 3 * SESSION_MS);
  expel(world);
};

/** A rebalance: the old owner closes before it joins again, and then another one may have the partition. */
const rebalance: Strike = (world) => {
  const { scheduler, network, owner, begin } = world;
  network.deliver(owner, () => {
    if (world.owner !== owner) return;
    owner.close();
    scheduler.after(scheduler.pick(0, 100), () => {
      if (world.owner === owner) begin();
    });
  });
};

/** Another one begins under the same name (SINK_INSTANCE), though this one lives and has been heard just now. */
const evict: Strike = ({ begin }) => {
  begin();
};

const killBoth: Strike = (world) => {
  const { scheduler, owner } = world;
  crashClickHouse(world, scheduler.pick(10, 500));
  owner.dead = true;
  scheduler.after(scheduler.pick(0, 50), () => {
    if (world.owner === owner) world.begin();
  });
};

/** Retention overtakes the sink: some messages are gone, perhaps before they were read. */
const forget: Strike = ({ scheduler, kafka, clickhouse }) => {
  kafka.forget(clickhouse.accounted + scheduler.pick(-3, 8));
};

/** The same just after the sink was killed: an insert of what is gone may still be on its way. */
const forgetAndKill: Strike = (world) => {
  const { scheduler } = world;
  scheduler.after(scheduler.pick(0, 5), () => {
    forget(world);
  });
  killSink(world);
};

/** The power goes: nothing lives on, and what was written last may be gone, in both. */
const cutPower: Strike = (world) => {
  const { scheduler, kafka, clickhouse, owners } = world;
  if (kafka.ended) return;
  for (const owner of owners) owner.dead = true;
  crashClickHouse(world, scheduler.pick(10, 500));
  clickhouse.loseTail(scheduler.pick(0, 4), scheduler.chance(500) ? scheduler.pick(0, DISK_WAIT_MS) : 0);
  const undone = scheduler.pick(0, 2);
  kafka.cutPower(undone);
  // An earlier intent can contradict what came after it: then a stop is right.
  if (undone > 0) world.mayStop = true;
  world.mustStop = false;
  if (scheduler.chance(600)) truncate(world);
  scheduler.after(scheduler.pick(0, 50), world.begin);
};

/**
 * The log lost its end, and others took the offsets. What ClickHouse holds beyond the new end, and an open block of
 * other messages, can be seen; a log that has outgrown what ClickHouse holds again cannot, and is not laid out here: that
 * is the auditor's part.
 */
function truncate(world: World): void {
  const { scheduler, kafka, clickhouse, append } = world;
  const cut = Math.max(kafka.start, kafka.end - scheduler.pick(1, 8));
  const { accounted } = clickhouse;
  const open = decodeNote(kafka.committed.metadata).open;
  kafka.messages.length = cut;
  let least = 0;
  let most = 6;
  if (cut <= accounted) {
    world.mayStop = true;
    most = accounted - cut;
  } else if (open !== null && cut <= open.last) {
    world.mayStop = true;
    least = open.last + 1 - cut;
    most = least + 3;
  }
  const added = scheduler.pick(least, most);
  for (let i = 0; i < added; i += 1) append();
  // The open block is only looked at when something has come from its end on.
  while (least > 0 && kafka.messages.at(-1) === undefined) append();
  kafka.ended = true;
  // Unless something is to be delivered before the block, for ClickHouse lost it or it was not there: that overwrites the intent.
  const isNext = kafka.messages.slice(accounted + 1, open?.first).every((one) => one === undefined);
  world.mustStop = least > 0 && open?.kind === 'insert' && accounted < open.first && isNext;
}

const EVERYDAY = [killClickHouse, killSink, freezeSink, cutOff, rebalance, killBoth] as const;

/** What may happen, by temper. */
export const STRIKES: Readonly<Record<Temper, readonly Strike[]>> = {
  plain: EVERYDAY,
  forgetful: [...EVERYDAY, evict, forget, forgetAndKill, forgetAndKill],
  powerless: [killSink, rebalance, killClickHouse, cutPower, cutPower],
  damaged: [...EVERYDAY, evict, killClickHouse],
};
