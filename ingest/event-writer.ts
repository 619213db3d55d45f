import { setTimeout as delay } from 'node:timers/promises';
import { KafkaJSNonRetriableError, type Kafka, type Producer } from './kafka.ts';
import { keyPartitioner } from './key-partitioner.ts';
import type { Readiness } from './program/health.ts';
import type { Logger } from './program/program.ts';

/** Kafka has so long to acknowledge one send; then its events are answered with 503. */
const ACKNOWLEDGE_TIMEOUT_MS = 10_000;
/**
 * One send carries so many bytes of keys and values: with the framing it stays below Kafka's own 1,048,588 bytes a batch,
 * even if all go to one partition.
 */
const SEND_BYTES_MAX = 1_000_000;
/** … and so many events: kafkajs copies a partition's list for each message that it adds to it. */
const SEND_EVENTS_MAX = 500;
/** Attributes, deltas and lengths that Kafka adds to each record, at most. */
const RECORD_OVERHEAD_BYTES = 24;
/** Between two attempts to reach Kafka again. */
const RECONNECT_DELAY_MS = 500;

/** One message: its key decides its partition, so that events of one key stay in order. */
export interface OutgoingEvent {
  readonly key: string;
  readonly value: Buffer;
}

/** Kafka did not acknowledge. The events may still be in it: sent again with the same ids they change no figure. */
export class NotAcknowledgedError extends Error {}

interface Job {
  readonly topic: string;
  readonly events: readonly OutgoingEvent[];
  /** How many are acknowledged. */
  done: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A producer and the switch that keeps its later attempts from writing. */
interface Line {
  readonly producer: Producer;
  readonly fence: { closed: boolean };
}

export interface EventWriterOptions {
  readonly kafka: Kafka;
  readonly log: Logger;
  /** Told how long each acknowledged send took, in seconds. */
  readonly onAcknowledged?: (seconds: number) => void;
}

/**
 * Writes events to Kafka and says when they are safe: acks=all, idempotent, at least once (exactly once unless a send is
 * answered by an error), in order for each key. Writes that wait are sent together, one send at a time.
 *
 * One at a time and a new producer after every failure, because kafkajs takes its sequence number back when a send fails:
 * if the broker did write that batch, the next one would carry the same number and be dropped as its duplicate.
 *
 * Its queue is bounded by its callers (the edge's `HeldBytes`). While Kafka is away every write is refused at once.
 */
export class EventWriter {
  readonly #options: EventWriterOptions;
  readonly #queue: Job[] = [];
  #line: Line | undefined;
  #sending: Promise<void> | undefined;
  #reconnecting: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  private constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  /** Resolves when Kafka has given a producer id. @throws when it cannot be reached. */
  static async start(options: EventWriterOptions): Promise<EventWriter> {
    const writer = new EventWriter(options);
    writer.#line = await openLine(options.kafka);
    return writer;
  }

  get readiness(): Readiness {
    return this.#line ? { ready: true } : { ready: false, reason: 'Kafka cannot be reached' };
  }

  /** Resolves when Kafka has acknowledged every one of them. @throws NotAcknowledgedError */
  write(topic: string, events: readonly OutgoingEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#line) {
        reject(new NotAcknowledgedError('Kafka cannot be reached'));
        return;
      }
      this.#queue.push({ topic, events, done: 0, resolve, reject });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Waits until all that was given is acknowledged or refused, then leaves Kafka. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#sending;
    await this.#reconnecting;
    await this.#line?.producer.disconnect();
    this.#line = undefined;
  }

  async #sendAll(): Promise<void> {
    // Lets the requests of this turn of the event loop join the first send.
    await Promise.resolve();
    try {
      while (this.#line && this.#queue.length > 0) await this.#sendNext(this.#line);
    } finally {
      // In the same turn in which the queue was seen empty: the next write starts a new round.
      this.#sending = undefined;
    }
  }

  async #sendNext(line: Line): Promise<void> {
    const parts = takeParts(this.#queue);
    const began_ms = performance.now();
    try {
      await sendWithin(line, parts, ACKNOWLEDGE_TIMEOUT_MS);
    } catch (error) {
      this.#break(error);
      return;
    }
    this.#options.onAcknowledged?.((performance.now() - began_ms) / 1000);
    for (const { job, events } of parts) job.done += events.length;
    while (this.#queue[0] && this.#queue[0].done === this.#queue[0].events.length)
      this.#queue.shift()?.resolve();
  }

  /** After a failed send: refuses all that waits, gives the producer up, and looks for Kafka in the background. */
  #break(error: unknown): void {
    this.#options.log.error(
      { err: error, refused_writes: this.#queue.length },
      'Kafka did not acknowledge a send',
    );
    this.#line = undefined;
    for (const job of this.#queue.splice(0))
      job.reject(new NotAcknowledgedError('Kafka did not acknowledge'));
    this.#reconnecting = this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        this.#line = await openLine(this.#options.kafka);
        this.#options.log.info('Kafka is reached again');
        return;
      } catch (error) {
        this.#options.log.warn({ err: error }, 'Kafka cannot be reached; trying again');
        await delay(RECONNECT_DELAY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

interface Part {
  readonly job: Job;
  readonly events: readonly OutgoingEvent[];
}

/** The next events in line, up to `SEND_BYTES_MAX` and `SEND_EVENTS_MAX`, but always at least one. */
function takeParts(queue: readonly Job[]): Part[] {
  const parts: Part[] = [];
  let bytes = 0;
  let count = 0;
  const fits = ({ key, value }: OutgoingEvent): boolean => {
    bytes += value.length + Buffer.byteLength(key) + RECORD_OVERHEAD_BYTES;
    return count === 0 || (bytes <= SEND_BYTES_MAX && count < SEND_EVENTS_MAX);
  };
  for (const job of queue) {
    const start = job.done;
    let end = start;
    for (let event = job.events[end]; event && fits(event); event = job.events[end]) {
      count++;
      end++;
    }
    if (end > start) parts.push({ job, events: job.events.slice(start, end) });
    if (end < job.events.length) break;
  }
  return parts;
}

async function openLine(kafka: Kafka): Promise<Line> {
  const fence = { closed: false };
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // Our own deadline ends a send, and the fence below its retries.
    retry: { retries: Number.MAX_SAFE_INTEGER },
    // kafkajs asks for the partitions anew in each of its attempts, even those that outlive a disconnect.
    createPartitioner: () => {
      const choose = keyPartitioner();
      return (args) => {
        if (fence.closed) throw new KafkaJSNonRetriableError('this producer was given up');
        return choose(args);
      };
    },
  });
  try {
    await producer.connect();
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
  return { producer, fence };
}

/** Sends, and waits for the acknowledgement. A line that fails is closed for good, its own retries included. */
async function sendWithin(
  { producer, fence }: Line,
  parts: readonly Part[],
  timeout_ms: number,
): Promise<void> {
  // kafkajs joins the entries of one topic.
  const topicMessages = parts.map(({ job, events }) => ({
    topic: job.topic,
    messages: events.map(({ key, value }) => ({ key, value })),
  }));
  const sent = producer.sendBatch({ acks: -1, timeout: timeout_ms, topicMessages });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no acknowledgement within ${timeout_ms} ms`));
    }, timeout_ms);
  });
  try {
    await Promise.race([sent, late]);
  } catch (error) {
    fence.closed = true;
    const close = (): Promise<void> => producer.disconnect().catch(() => undefined);
    void close();
    // An attempt that was under way may have connected again: disconnect once more when it has ended.
    void sent.then(close, close);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
