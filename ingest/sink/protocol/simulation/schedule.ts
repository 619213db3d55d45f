import { Backlog } from '../../batch/backlog.ts';
import type { Partition, PartitionEvent } from '../partition.ts';
import { BrokenLedgerError, FencedError, type Clock } from '../ports.ts';
import { countAccounted, faultsOf, harmOf, isAccountedBelow } from './account.ts';
import { FakeClickHouse } from './fake-clickhouse.ts';
import { FakeKafka, type Kind } from './fake-kafka.ts';
import { FakeRun, fakeCodec, messageOf } from './fake-run.ts';
import { CALM, Network, Owner, type Weather } from './network.ts';
import { PROTOCOL, type Protocol } from './protocol.ts';
import { Scheduler } from './scheduler.ts';
import { STRIKES, TEMPERS, type World } from './strikes.ts';

const MESSAGES_MAX = 30;
const FAULTS_MAX = 6;
/** Faults by number fall on one of the first so many requests: on any await of the first batches and takeovers. */
const NUMBERED_REQUESTS = 60;
/** A request may be under way for so long: some seconds longer than whoever asked has waited for it. */
const SLOW_MS_MAX = 15_000;
const STORM_MS = 20_000;
/** After the storm everything must be accounted for within this: the protocol also gets on. */
const CALM_MS = 180_000;
/** What is still on its way then may yet arrive and do harm. */
const ECHO_MS = 30_000;
/** Far more than the longest of right schedules needs: a protocol that asks for ever has failed. */
const REQUESTS_MAX = 20_000;
/** New messages come until then. */
const APPEND_MS = 2_000;

/**
 * One schedule: some messages, some faults at some times and requests, all fixed by the seed. Resolves with what is
 * wrong with the outcome; an empty list = everything is accounted for exactly once, or the protocol stopped for a
 * contradiction that was really there. `trace` is told line by line what happens.
 */
export async function runSchedule(
  seed: number,
  protocol: Protocol = PROTOCOL,
  trace?: (line: string) => void,
): Promise<string[]> {
  const scheduler = new Scheduler(seed);
  const network = new Network(scheduler, trace);
  const temper = TEMPERS[scheduler.pick(0, TEMPERS.length - 1)] ?? 'plain';
  const kinds: Kind[] = [];
  const clickhouse = new FakeClickHouse(network, (id) => kinds[id] === 'refused');
  const problems: string[] = [];
  const kafka = new FakeKafka(network, (offset) => {
    if (!isAccountedBelow(kafka, clickhouse, offset)) {
      problems.push(`Kafka was told that all below ${offset} is done, and it was not`);
    }
  });
  const world: World = {
    scheduler,
    network,
    kafka,
    clickhouse,
    temper,
    owners: [],
    owner: new Owner(0, 0),
    shared: 0,
    mayStop: false,
    mustStop: false,
    stopped: null,
    append: () => {
      const id = kinds.length;
      const kind = kindOf(scheduler);
      kinds.push(kind);
      kafka.messages.push(scheduler.chance(30) ? undefined : messageOf(kafka.end, id, kind));
    },
    begin: () => {
      begin(world, protocol);
    },
  };
  plan(world);
  const isOver = (): boolean =>
    world.stopped !== null || problems.length > 0 || network.requests > REQUESTS_MAX;
  await scheduler.run(
    STORM_MS + CALM_MS,
    () => isOver() || (scheduler.now_ms > STORM_MS && countAccounted(kafka, clickhouse) === kafka.end),
  );
  await scheduler.run(scheduler.now_ms + ECHO_MS, isOver);
  return [...problems, ...outcomeOf(world)];
}

/** Lays out messages, weather and faults, and lets the first owner begin. */
function plan(world: World): void {
  const { scheduler, network, kafka, clickhouse, temper } = world;
  const messages = scheduler.pick(1, MESSAGES_MAX);
  const atOnce = scheduler.pick(1, messages);
  for (let i = 0; i < atOnce; i += 1) world.append();
  for (let i = atOnce; i < messages; i += 1) {
    scheduler.after(scheduler.pick(1, APPEND_MS), () => {
      if (!kafka.ended) world.append();
    });
  }
  network.weather = stormOf(scheduler, temper);
  // One answer can be about a torn request, but not two in a row: the protocol's own assumption.
  if (network.weather.twice_per_mille === 0) clickhouse.torn = scheduler.pick(0, 1);
  scheduler.after(STORM_MS, () => {
    network.weather = CALM;
  });
  world.begin();
  const strikes = STRIKES[temper];
  const faults = scheduler.pick(0, FAULTS_MAX);
  for (let i = 0; i < faults; i += 1) {
    const strike = (): void => {
      const fault = strikes[scheduler.pick(0, strikes.length - 1)];
      if (world.stopped !== null || scheduler.now_ms > STORM_MS || fault === undefined) return;
      network.tell(() => `— ${fault.name} —`);
      fault(world);
    };
    const roll = scheduler.pick(0, 99);
    if (roll < 25) network.beforeSending.set(scheduler.pick(0, NUMBERED_REQUESTS), strike);
    else if (roll < 50) network.afterServing.set(scheduler.pick(0, NUMBERED_REQUESTS), strike);
    // Dense at the beginning, where the work is.
    else scheduler.after(roll < 85 ? scheduler.pick(0, 800) : scheduler.pick(0, STORM_MS), strike);
  }
}

function stormOf(scheduler: Scheduler, temper: World['temper']): Weather {
  // What is on its way while Kafka forgets is what matters then.
  const manySlow = temper === 'forgetful' || scheduler.chance(300);
  return {
    lost_per_mille: scheduler.pick(0, 60),
    unanswered_per_mille: scheduler.pick(0, 60),
    twice_per_mille: scheduler.chance(500) ? scheduler.pick(1, 60) : 0,
    lied_per_mille: scheduler.chance(300) ? scheduler.pick(1, 100) : 0,
    shared_per_mille: scheduler.chance(500) ? scheduler.pick(1, 300) : 0,
    slow_per_mille: manySlow ? scheduler.pick(60, 400) : scheduler.pick(0, 60),
    slow_ms: scheduler.chance(500) ? scheduler.pick(20, 400) : scheduler.pick(400, SLOW_MS_MAX),
  };
}

function kindOf(scheduler: Scheduler): Kind {
  const roll = scheduler.pick(0, 99);
  if (roll < 4) return 'unsound';
  return roll < 8 ? 'refused' : 'sound';
}

/** A new generation, and with it a new owner that goes to work; every older one is stale from now on. */
function begin(world: World, protocol: Protocol): void {
  const { kafka, network, scheduler } = world;
  kafka.generation += 1;
  const owner = new Owner(kafka.generation, scheduler.now_ms);
  world.owners.push(owner);
  world.owner = owner;
  own(world, protocol, owner).catch((error: unknown) => {
    network.tell(() => `owner ${owner.generation} ends: ${String(error)}`);
    if (!(error instanceof FencedError)) world.stopped ??= toError(error);
  });
}

/** What a lane does: take over, then batch after batch. */
async function own(world: World, protocol: Protocol, owner: Owner): Promise<void> {
  const { scheduler, kafka, clickhouse } = world;
  const clock = clockOf(world.network, owner);
  const partition: Partition = {
    name: { scope: 'sim', topic: 't', partition: 0 },
    log: kafka.logOf(owner),
    ledger: clickhouse.ledgerOf(owner),
    clock,
    tell: (event) => {
      world.network.tell(() => `owner ${owner.generation} tells ${lineOf(event)}`);
    },
    next: 0,
    unsettled: false,
    server_s: null,
  };
  const takeover = await protocol.takeOver(partition);
  let { open } = takeover;
  let expected = takeover.from;
  const backlog = new Backlog<FakeRun>(() => new FakeRun(), open);
  for (;;) {
    const fetched = kafka.fetch(expected, scheduler.chance(250) ? 0 : scheduler.pick(1, 8));
    for (const message of fetched) backlog.push(message);
    expected = Math.max(expected, (fetched.at(-1)?.offset ?? -1) + 1);
    if (expected < kafka.start && kafka.start === kafka.end) {
      // Kafka deleted all that was to come. The watchdog ends a process that stands still before that, and another begins.
      if (owner.generation === kafka.generation) world.begin();
      return;
    }
    if (open !== null && backlog.rows > 0 && !backlog.reaches(open.last)) {
      if (fetched.length === 0) await clock.sleep(idle_ms(scheduler));
      continue;
    }
    const batch = backlog.take();
    if (batch === null) {
      open = await protocol.settleIdle(partition, expected, open);
      await clock.sleep(idle_ms(scheduler));
      continue;
    }
    const shared = scheduler.chance(500) ? `s${String((world.shared += 1))}` : '';
    open = await protocol.deliverBatch(partition, fakeCodec, batch, open, shared);
    await clock.sleep(scheduler.pick(1, 40));
  }
}

/** How long an owner without work waits before it looks for new messages: hardly any come later. */
function idle_ms({ now_ms }: Scheduler): number {
  return now_ms <= APPEND_MS ? 100 : 2_000;
}

function clockOf(network: Network, owner: Owner): Clock {
  return {
    now_ms: () => network.scheduler.now_ms,
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
        network.scheduler.after(ms, () => {
          network.deliver(owner, resolve);
        });
      }),
  };
}

function outcomeOf({ kafka, clickhouse, stopped, mayStop, mustStop, network }: World): string[] {
  if (network.requests > REQUESTS_MAX) return [`no end after ${REQUESTS_MAX} requests`];
  if (stopped === null)
    return mustStop ? ['went on with an open block of other messages'] : faultsOf(kafka, clickhouse);
  if (!(stopped instanceof BrokenLedgerError)) return [String(stopped)];
  if (!mayStop && !clickhouse.damaged) return [`stopped without a reason: ${stopped.message}`];
  return harmOf(kafka, clickhouse);
}

function lineOf(event: PartitionEvent): string {
  return JSON.stringify(event, (_, value: unknown) => (value instanceof Error ? value.message : value));
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
