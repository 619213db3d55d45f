import type { Consumer, EachBatchPayload, Kafka } from '../kafka.ts';
import type { OffsetRange } from './ranges.ts';

export interface LogMessage {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** A range of one partition; `topic` is the broker's name for it. */
export interface LogRange extends OffsetRange {
  readonly topic: string;
  readonly partition: number;
}

/** The messages of a part of a range, in order; offsets without one are offsets at which Kafka has no record. */
export interface LogChunk<Range extends LogRange = LogRange> extends OffsetRange {
  readonly range: Range;
  readonly messages: readonly LogMessage[];
}

/** A chunk is closed at whichever comes first. Of each open partition one is collected while one is being worked on. */
const CHUNK_ROWS = 50_000;
const CHUNK_BYTES = 8 * 1024 * 1024;
/** Partitions read at a time: with the above, at most 64 MiB of messages are held. */
const OPEN_MAX = 4;
/** What one fetch brings at most, and what of it may be of one partition. */
const FETCH_BYTES_MAX = 8 * 1024 * 1024;
const FETCH_PARTITION_BYTES_MAX = 2 * 1024 * 1024;
const FETCH_WAIT_MS = 200;
/** Kafka gave nothing, and no chunk was worked off, for so long: the reading fails. */
const STALL_MS = 60_000;

/**
 * Reads ranges of partitions from Kafka, several at a time, and hands them on in chunks: those of one range in order,
 * one after another, together covering it wholly. It is a member of a group of its own (`group`), which it leaves and
 * in which nothing is committed.
 * @throws what `work` throws; Error when Kafka stops giving.
 */
export async function readLog<Range extends LogRange>(
  kafka: Kafka,
  group: string,
  ranges: readonly Range[],
  work: (chunk: LogChunk<Range>) => Promise<void>,
): Promise<void> {
  if (ranges.length === 0) return;
  const consumer = kafka.consumer({
    groupId: group,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytes: FETCH_BYTES_MAX,
    maxBytesPerPartition: FETCH_PARTITION_BYTES_MAX,
    allowAutoTopicCreation: false,
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...new Set(ranges.map(({ topic }) => topic))], fromBeginning: true });
    await new LogReader(consumer, ranges, work).run();
  } finally {
    await consumer.disconnect();
  }
}

class LogReader<Range extends LogRange> {
  readonly #consumer: Consumer;
  readonly #waiting: Range[];
  readonly #work: (chunk: LogChunk<Range>) => Promise<void>;
  readonly #open = new Map<string, OpenRange<Range>>();
  #moved_ms = Date.now();

  constructor(consumer: Consumer, ranges: readonly Range[], work: (chunk: LogChunk<Range>) => Promise<void>) {
    this.#consumer = consumer;
    this.#waiting = [...ranges].reverse();
    this.#work = async (chunk) => {
      await work(chunk);
      this.#moved_ms = Date.now();
    };
  }

  run(): Promise<void> {
    const { GROUP_JOIN, CRASH } = this.#consumer.events;
    return new Promise((resolve, reject) => {
      const watch = setInterval(() => {
        if (Date.now() - this.#moved_ms < STALL_MS) return;
        const places = [...this.#open.values()].map((open) => open.name).join(', ');
        reject(new Error(`Kafka has given nothing for ${STALL_MS} ms; waited for ${places}`));
      }, 1_000);
      const settle = (end: () => void): void => {
        clearInterval(watch);
        end();
      };
      this.#consumer.on(GROUP_JOIN, ({ payload }) => {
        // All partitions are this member's: those that are not read (yet) must not be fetched.
        for (const [topic, partitions] of Object.entries(payload.memberAssignment))
          this.#consumer.pause([{ topic, partitions }]);
        for (const open of this.#open.values()) this.#fetch(open);
        this.#openMore();
      });
      this.#consumer.on(CRASH, ({ payload }) => {
        if (!payload.restart)
          settle(() => {
            reject(payload.error);
          });
      });
      this.#consumer
        .run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: OPEN_MAX,
          eachBatch: async (payload) => {
            try {
              await this.#receive(payload);
              if (this.#open.size === 0) settle(resolve);
            } catch (error) {
              settle(() => {
                reject(error instanceof Error ? error : new Error(String(error)));
              });
            }
          },
        })
        .catch(reject);
    });
  }

  #openMore(): void {
    while (this.#open.size < OPEN_MAX) {
      const index = this.#waiting.findLastIndex((range) => !this.#open.has(keyOf(range)));
      const [range] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (range === undefined) return;
      const open = new OpenRange(range, this.#work);
      this.#open.set(keyOf(range), open);
      this.#fetch(open);
    }
  }

  #fetch(open: OpenRange<Range>): void {
    const { topic, partition } = open.range;
    this.#consumer.seek({ topic, partition, offset: String(open.next) });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  async #receive(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const open = this.#open.get(keyOf(batch));
    if (open === undefined) return;
    this.#moved_ms = Date.now();
    const done = await open.take(batch.messages);
    payload.resolveOffset(batch.lastOffset());
    await payload.heartbeat();
    if (!done) return;
    this.#consumer.pause([{ topic: batch.topic, partitions: [batch.partition] }]);
    await open.finish();
    this.#open.delete(keyOf(batch));
    this.#openMore();
  }
}

/** One range that is being read. */
class OpenRange<Range extends LogRange> {
  readonly range: Range;
  readonly #work: (chunk: LogChunk<Range>) => Promise<void>;
  /** First offset of the chunk that is being collected. */
  #first: number;
  #next: number;
  #messages: LogMessage[] = [];
  #bytes = 0;
  #inWork: Promise<void> = Promise.resolve();

  constructor(range: Range, work: (chunk: LogChunk<Range>) => Promise<void>) {
    this.range = range;
    this.#work = work;
    this.#first = range.first;
    this.#next = range.first;
  }

  /** The offset to go on with. */
  get next(): number {
    return this.#next;
  }

  get name(): string {
    return `${this.range.topic}/${this.range.partition} from ${this.#next} to ${this.range.last}`;
  }

  /** Takes fetched messages; true when the range has come to its end. Messages that were taken before are passed over. */
  async take(messages: EachBatchPayload['batch']['messages']): Promise<boolean> {
    for (const { offset: text, key, value } of messages) {
      const offset = Number(text);
      if (offset < this.#next) continue;
      if (offset > this.range.last) return true;
      this.#messages.push({ offset, key, value });
      this.#bytes += value?.length ?? 0;
      this.#next = offset + 1;
      if (this.#messages.length >= CHUNK_ROWS || this.#bytes >= CHUNK_BYTES) await this.#close(offset);
    }
    return this.#next > this.range.last;
  }

  async finish(): Promise<void> {
    if (this.#first <= this.range.last) await this.#close(this.range.last);
    await this.#inWork;
  }

  /** Hands the chunk over once the one before is worked off. */
  async #close(last: number): Promise<void> {
    const chunk = { range: this.range, first: this.#first, last, messages: this.#messages };
    this.#first = last + 1;
    this.#messages = [];
    this.#bytes = 0;
    await this.#inWork;
    this.#inWork = this.#work(chunk);
    // Awaited at the next chunk or at the end; until then a failure must not count as unhandled.
    this.#inWork.catch(() => undefined);
  }
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
