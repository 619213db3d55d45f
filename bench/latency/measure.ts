import { setTimeout as delay } from 'node:timers/promises';
import type { RunningLab } from '../../stack/lab/lab.ts';
import { PROGRAMS, Pipeline, type ProgramName } from '../../stack/lab/pipeline.ts';
import { cpu_s } from '../process-usage.ts';
import { referenceEvents } from './events.ts';
import { FrameWatch } from './frames.ts';
import { PARTITIONS } from './marks.ts';
import type { FeedResult } from './feed.ts';
import { runFeed } from './run-feed.ts';
import { blocksOf, marksIn, visibleAt, type Mark } from './visible.ts';

/** Not counted: caches fill, connections open, the first parts are merged, and Kafka's JVM compiles what is used most. */
export const WARM_UP_S = 30;
/** So long after the last event its frame is waited for. */
const GRACE_MS = 20_000;
/** Reference data and first figures settle before the run. */
const SETTLE_MS = 3_000;

/** Latencies in milliseconds, in the order of their scheduled times; null = not arrived when the run ended. */
export interface Measured {
  readonly rate: number;
  /** Scheduled time of an event to the answer that it is accepted, at the public address. */
  readonly edge: readonly (number | null)[];
  /** … to the end of the insert that holds it, in the ledger and in its reading order. */
  readonly clickhouse: readonly (number | null)[];
  /** … to the frame at a client that includes it. */
  readonly client: readonly (number | null)[];
  /** Cores used by each process while the feed ran. */
  readonly cores: Readonly<Record<string, number>>;
  readonly feed: FeedResult;
  /** Frames that told the figure, a second. */
  readonly frames_per_s: number;
}

/** One rate on a pipeline of its own. */
export async function measure(lab: RunningLab, rate: number, seconds: number): Promise<Measured> {
  const database = `bench_latency_${rate}`;
  const pipeline = await Pipeline.start(lab.stack, undefined, database);
  try {
    const { dealers, products } = referenceEvents();
    await pipeline.post('dealer', dealers);
    await pipeline.post('product', products);
    await delay(SETTLE_MS);
    const watch = await FrameWatch.open(pipeline.url, pipeline.admin_token);
    const usage = new Usage({ ...lab.pids, ...pidsOf(pipeline), bench: process.pid });
    const order = { url: pipeline.url, token: pipeline.admin_token, rate, seconds: seconds + WARM_UP_S };
    const feed = await runFeed(order, (pid) => {
      usage.watch('feed', pid);
    });
    const cores = usage.cores();
    const expected = feed.orders_accepted_ms.filter((at) => at !== null).length * PARTITIONS;
    await untilIncluded(watch, expected);
    if (watch.failure !== null) throw watch.failure;
    await watch.close();
    return {
      rate,
      ...(await latenciesOf(pipeline, database, feed, watch)),
      cores,
      feed,
      frames_per_s: watch.frames / (seconds + WARM_UP_S),
    };
  } finally {
    await pipeline.stop();
  }
}

async function untilIncluded(watch: FrameWatch, expected: number): Promise<void> {
  const until = Date.now() + GRACE_MS;
  while (watch.included < expected && Date.now() < until) await delay(100);
}

async function latenciesOf(
  pipeline: Pipeline,
  database: string,
  feed: FeedResult,
  watch: FrameWatch,
): Promise<Pick<Measured, 'edge' | 'clickhouse' | 'client'>> {
  const { sql } = pipeline;
  const [orders, scans, orderBlocks, scanBlocks] = await Promise.all([
    marksIn(sql, 'raw_orders', 'mark-'),
    marksIn(sql, 'raw_scans', 'scan-mark-'),
    blocksOf(sql, database, 'dms.orders.v1'),
    blocksOf(sql, database, 'dms.scans.v1'),
  ]);
  const counted = (mark: Mark): boolean => (feed.scheduled_ms[mark.tick] ?? 0) >= warmUntil(feed);
  const since = (mark: Mark, at_ms: number | null | undefined): Timed => ({
    tick: mark.tick,
    latency: at_ms === null || at_ms === undefined ? null : at_ms - (feed.scheduled_ms[mark.tick] ?? NaN),
  });
  /** The how many-th marked order of its partition each one is. */
  const seen = new Array<number>(PARTITIONS).fill(0);
  const client = orders.map((mark) => {
    const n = seen[mark.partition] ?? 0;
    seen[mark.partition] = n + 1;
    return { mark, at_ms: watch.included_ms[mark.partition]?.[n] };
  });
  return {
    edge: inOrder([
      ...orders.filter(counted).map((mark) => since(mark, feed.orders_accepted_ms[mark.tick])),
      ...scans.filter(counted).map((mark) => since(mark, feed.scans_accepted_ms[mark.tick])),
    ]),
    clickhouse: inOrder([
      ...orders.filter(counted).map((mark) => since(mark, visibleAt(orderBlocks, mark))),
      ...scans.filter(counted).map((mark) => since(mark, visibleAt(scanBlocks, mark))),
    ]),
    client: inOrder(client.filter(({ mark }) => counted(mark)).map(({ mark, at_ms }) => since(mark, at_ms))),
  };
}

interface Timed {
  readonly tick: number;
  readonly latency: number | null;
}

function inOrder(timed: readonly Timed[]): (number | null)[] {
  return [...timed].sort((a, b) => a.tick - b.tick).map(({ latency }) => latency);
}

function warmUntil(feed: FeedResult): number {
  return (feed.scheduled_ms[0] ?? 0) + WARM_UP_S * 1000;
}

function pidsOf(pipeline: Pipeline): Record<string, number> {
  return Object.fromEntries(
    (Object.keys(PROGRAMS) as ProgramName[]).map((name) => [name, pipeline.program(name).child.pid ?? NaN]),
  );
}

/** CPU time of processes since each was first watched. */
class Usage {
  readonly #since = new Map<string, { readonly pid: number; readonly cpu_s: number }>();
  readonly #began_ms = performance.now();

  constructor(pids: Readonly<Record<string, number>>) {
    for (const [name, pid] of Object.entries(pids)) this.watch(name, pid);
  }

  watch(name: string, pid: number): void {
    this.#since.set(name, { pid, cpu_s: cpu_s(pid) });
  }

  /** Must be asked while they live. */
  cores(): Record<string, number> {
    const seconds = (performance.now() - this.#began_ms) / 1000;
    return Object.fromEntries(
      [...this.#since].map(([name, since]) => [name, (cpu_s(since.pid) - since.cpu_s) / seconds]),
    );
  }
}
