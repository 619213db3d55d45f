import { fetchTopicOffsets, type Admin } from '../kafka.ts';

/** The interval of looking at the group as a whole. */
const LOOK_EVERY_MS = 10_000;
/** So long may a partition with messages waiting stand still without any step being tried, or the member be without a group. */
const STALL_MS = 60_000;

export interface WatchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be stored. */
  readonly next: number;
  /** Whether a step is known to fail and is being tried again: it has its own patience. */
  readonly troubled: boolean;
}

export interface Watched {
  readonly admin: Admin;
  readonly partitions: () => readonly WatchedPartition[];
  /** Milliseconds since the member has had no assignment; 0 while it has one. */
  readonly adrift_ms: () => number;
  readonly onLag: (topic: string, partition: number, messages: number) => void;
  readonly onStall: (reason: string) => void;
  /** Kafka did not say how long the topics are: told, and looked at again. */
  readonly onBlind: (error: unknown) => void;
}

/**
 * Looks from outside at whether the consumer still moves: kafkajs can stop fetching without an error. Messages that
 * wait while nothing is stored and nothing fails, for STALL_MS, are a stall.
 */
export function startWatchdog(watched: Watched): { readonly stop: () => void } {
  const stood = new Map<string, { next: number; since_ms: number }>();
  let looking = false;
  const look = async (): Promise<void> => {
    if (watched.adrift_ms() > STALL_MS) watched.onStall(`no place in the consumer group for ${STALL_MS} ms`);
    const partitions = watched.partitions();
    const ends = await logEnds(watched.admin, new Set(partitions.map(({ topic }) => topic)));
    for (const { topic, partition, next, troubled } of partitions) {
      const key = `${topic}/${partition}`;
      const lag = Math.max(0, (ends.get(key) ?? next) - next);
      watched.onLag(topic, partition, lag);
      const before = stood.get(key);
      if (lag === 0 || troubled || before?.next !== next) stood.set(key, { next, since_ms: Date.now() });
      else if (Date.now() - before.since_ms > STALL_MS) {
        watched.onStall(`${key} stands at offset ${next} with ${lag} messages waiting for ${STALL_MS} ms`);
      }
    }
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch(watched.onBlind)
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

async function logEnds(admin: Admin, topics: ReadonlySet<string>): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  for (const topic of topics) {
    for (const { partition, high } of await fetchTopicOffsets(admin, topic)) {
      ends.set(`${topic}/${partition}`, Number(high));
    }
  }
  return ends;
}
