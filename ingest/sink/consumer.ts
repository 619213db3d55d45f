import {
  PartitionAssigners,
  type Cluster,
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  type PartitionAssigner,
} from '../kafka.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../program/program.ts';
import { FETCH_BYTES_MAX, FETCH_PARTITION_BYTES_MAX } from './batch/bounds.ts';
import { Epoch } from './epoch.ts';
import type { Lane, LaneFeed } from './lane.ts';
import { takeOutPredecessors } from './predecessor.ts';

/** What the consumer needs of a lane. */
export type FedLane = Pick<Lane, 'expected' | 'isFull' | 'feed' | 'run' | 'stop'>;

/** The broker's least: a killed sink's partitions are taken over after at most so long. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_INTERVAL_MS = 1_000;
const REBALANCE_TIMEOUT_MS = 15_000;
/** A fetch without data returns after so long; a partition that starts or resumes waits for it at most. */
const FETCH_WAIT_MS = 100;
/** How soon added partitions are seen. */
const METADATA_AGE_MS = 15_000;
/** The fetch loop waits so long for room in a partition, with heartbeats; then only that partition pauses. */
const ROOM_WAIT_MS = 1_000;
const ROOM_POLL_MS = 20;
/** More than a member can ever have partitions, so that one that waits does not keep the others. */
const PARTITIONS_AT_ONCE = 256;

/** A partition in one epoch. */
interface Assigned<L extends FedLane> {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: Epoch;
  readonly lane: L;
  paused: boolean;
  /** The next fetch begins with messages that are stored already. */
  fetchingStored: boolean;
}

export interface ConsumerOptions<L extends FedLane> {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topics: readonly string[];
  /** Whose members this one replaces, by their client id; null = it waits for their sessions. */
  readonly replaces: string | null;
  readonly log: Logger;
  /** Makes the lane of a partition that has just been assigned. What it asks of its `feed` is for its own epoch. */
  readonly openLane: (epoch: Epoch, topic: string, partition: number, feed: LaneFeed) => L;
  /** Nothing goes on from here: the process must end. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * The member of the consumer group: gives each assigned partition a lane, feeds the lanes from kafkajs' fetch loop and
 * closes them before the next join begins. Fetching and inserting overlap: the loop only fills the lanes' backlogs.
 */
export class SinkConsumer<L extends FedLane = Lane> {
  readonly #options: ConsumerOptions<L>;
  readonly #consumer: Consumer;
  #cluster: Cluster | undefined;
  #epoch = new Epoch();
  #assigned = new Map<string, Assigned<L>>();
  #running: Promise<void>[] = [];
  #stopping = false;
  #joined = false;
  #since_ms = Date.now();

  constructor(options: ConsumerOptions<L>) {
    this.#options = options;
    this.#epoch.close();
    this.#consumer = options.kafka.consumer({
      groupId: options.group,
      partitionAssigners: [this.#fencingAssigner()],
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytes: FETCH_BYTES_MAX,
      maxBytesPerPartition: FETCH_PARTITION_BYTES_MAX,
      metadataMaxAge: METADATA_AGE_MS,
      allowAutoTopicCreation: false,
    });
    const { GROUP_JOIN, CRASH, STOP } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      this.#open(payload.memberAssignment);
    });
    this.#consumer.on(STOP, () => {
      this.#close();
    });
    this.#consumer.on(CRASH, ({ payload }) => {
      this.#close();
      if (!payload.restart) options.onFatal(payload.error);
    });
  }

  async start(): Promise<void> {
    await this.#consumer.connect();
    const { group, replaces, log } = this.#options;
    if (replaces !== null && this.#cluster !== undefined)
      await takeOutPredecessors(this.#cluster, group, replaces, log);
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => this.#receive(payload),
    });
  }

  /** Lanes of the current epoch. */
  get lanes(): readonly L[] {
    return [...this.#assigned.values()].map(({ lane }) => lane);
  }

  /** Milliseconds without an assignment; 0 while there is one. */
  get adrift_ms(): number {
    return this.#joined ? 0 : Date.now() - this.#since_ms;
  }

  /** Finishes the batches in flight (at most `grace_ms`, then they are abandoned to their intents) and leaves the group. */
  async stop(grace_ms: number): Promise<void> {
    this.#stopping = true;
    for (const { lane } of this.#assigned.values()) lane.stop();
    await Promise.race([Promise.all(this.#running), delay(grace_ms, undefined, { ref: false })]);
    this.#close();
    await this.#consumer.disconnect();
  }

  /** Fetches on wherever there is room again. */
  #resume(): void {
    if (this.#epoch.isClosed() || this.#stopping) return;
    for (const one of this.#assigned.values()) {
      if (!one.paused || one.lane.isFull() || one.lane.expected === null) continue;
      this.#begin(one, one.lane.expected);
    }
  }

  /** Fetches a partition from an offset on. */
  #begin(one: Assigned<L>, offset: number): void {
    const { topic, partition } = one;
    this.#consumer.seek({ topic, partition, offset: String(offset) });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
    one.paused = false;
  }

  /** Fetches the last stored message of an idle partition again, for the means to commit that come with it. */
  #fetchStored(one: Assigned<L>): void {
    const { topic, partition, lane } = one;
    if (one.paused || lane.expected === null || lane.expected === 0) return;
    one.fetchingStored = true;
    this.#consumer.seek({ topic, partition, offset: String(lane.expected - 1) });
  }

  /**
   * What a lane asks of the consumer. A lane of an epoch that is over may ask still, having just taken over what is assigned
   * anew meanwhile: for the lane that has the partition now, that must do nothing.
   */
  #feedOf(one: () => Assigned<L>): LaneFeed {
    return {
      start: (offset) => {
        if (!one().epoch.isClosed()) this.#begin(one(), offset);
      },
      fetchStored: () => {
        if (!one().epoch.isClosed()) this.#fetchStored(one());
      },
      drained: () => {
        this.#resume();
      },
    };
  }

  async #receive(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const epoch = this.#epoch;
    const one = this.#assigned.get(keyOf(batch.topic, batch.partition));
    const last = batch.messages.at(-1);
    if (epoch.isClosed() || this.#stopping || one === undefined || last === undefined) return;
    epoch.arm((offsets) => payload.commitOffsetsIfNecessary(offsets));
    const until = Date.now() + ROOM_WAIT_MS;
    while (one.lane.isFull() && Date.now() < until && !epoch.isClosed()) {
      await delay(ROOM_POLL_MS);
      await payload.heartbeat();
    }
    if (epoch.isClosed() || payload.isStale() || one.paused || one.lane.expected === null) return;
    if (one.lane.isFull()) {
      this.#pause(one);
      return;
    }
    const again = one.fetchingStored;
    one.fetchingStored = false;
    try {
      one.lane.feed(batch.messages, again, Number(batch.highWatermark) - 1 - Number(last.offset));
    } catch (error) {
      this.#options.onFatal(error);
      return;
    }
    payload.resolveOffset(last.offset);
  }

  #pause(one: Assigned<L>): void {
    one.paused = true;
    this.#consumer.pause([{ topic: one.topic, partitions: [one.partition] }]);
  }

  /** Before kafkajs fetches under the new assignment: every partition waits until its lane has taken it over. */
  #open(assignment: Readonly<Record<string, number[]>>): void {
    this.#close();
    if (this.#stopping) return;
    const epoch = new Epoch();
    this.#epoch = epoch;
    this.#joined = true;
    this.#running = [];
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const feed = this.#feedOf(() => one);
        const lane = this.#options.openLane(epoch, topic, partition, feed);
        const one: Assigned<L> = { topic, partition, epoch, lane, paused: true, fetchingStored: false };
        this.#assigned.set(keyOf(topic, partition), one);
        this.#pause(one);
      }
    }
    for (const { lane } of this.#assigned.values()) {
      this.#running.push(
        lane.run().catch((error: unknown) => {
          this.#options.onFatal(error);
        }),
      );
    }
  }

  #close(): void {
    this.#epoch.close();
    this.#assigned = new Map();
    if (this.#joined) this.#since_ms = Date.now();
    this.#joined = false;
  }

  /**
   * Round robin, whose `protocol` kafkajs calls at the beginning of every join: the moment to close the epoch. It is also
   * given the consumer's connections.
   */
  #fencingAssigner(): PartitionAssigner {
    return (config) => {
      this.#cluster = config.cluster;
      const assigner = PartitionAssigners.roundRobin(config);
      return {
        name: assigner.name,
        version: assigner.version,
        assign: (group) => assigner.assign(group),
        protocol: (subscription) => {
          this.#close();
          return assigner.protocol(subscription);
        },
      };
    };
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
