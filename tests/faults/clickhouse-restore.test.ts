import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { auditWhenDrained, drained, faultsIn, sumOf, type Audited } from './support/audited.ts';
import { Feed } from './support/feed.ts';
import { Fleet } from './support/fleet.ts';
import { ownClickHouse, type OwnClickHouse } from './support/own-clickhouse.ts';

/** Of the orders, each event is one line of an order. */
const ORDERS_BEFORE = 400;
const ORDERS_AFTER = 2_000;
/** More than a sink holds of one partition. */
const BACKLOG = 140_000;
/** Processors pass several times. */
const PASSES_MS = 4_000;

let clickhouse: OwnClickHouse;
let pipeline: Pipeline;
let feed: Feed;
let fleet: Fleet;

beforeAll(async () => {
  clickhouse = await ownClickHouse(inject('stack'));
  pipeline = await Pipeline.start(clickhouse.stack, ['processors']);
  feed = await Feed.open(inject('stack').kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  fleet = new Fleet(pipeline.env);
});

afterAll(async () => {
  await fleet.stop();
  await feed.close();
  await pipeline.stop();
  await clickhouse.end();
  await rm(copy(), { recursive: true, force: true });
});

const copy = (): string => `${clickhouse.folder}.copy`;
const audited = (): Audited => ({
  brokers: inject('stack').kafka_brokers,
  prefix: feed.prefix,
  sql: pipeline.sql,
  types: ['order', 'activity'],
});

/** Waits until the mart has a row of each order line. */
async function martHas(lines: number): Promise<void> {
  let found = 0;
  await eventually(`${lines} lines in the mart`, async () => {
    const [row] = await pipeline.sql.query<{ lines: number }>(
      'SELECT count() AS lines FROM mart_order_lines',
    );
    found = row?.lines ?? 0;
    return found === lines ? true : undefined;
  }).catch((cause: unknown) => {
    throw new Error(`${found} lines in the mart`, { cause });
  });
}

async function storeAll(): Promise<void> {
  const sink = await fleet.launch();
  await drained(audited());
  expect(await fleet.end(sink, 'SIGTERM')).toBe(0);
}

async function putBack(): Promise<void> {
  await clickhouse.server.stop();
  await rm(clickhouse.folder, { recursive: true });
  await cp(copy(), clickhouse.folder, { recursive: true });
  await clickhouse.server.restart();
}

async function endedByItself(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

describe('ClickHouse alone put back to an earlier copy', () => {
  it('is brought up by the sink to what Kafka has, and the marts miss nothing of it', async () => {
    await feed.events('order', ORDERS_BEFORE);
    await storeAll();
    await martHas(ORDERS_BEFORE);
    await pipeline.end('processors');
    await clickhouse.server.stop();
    await cp(clickhouse.folder, copy(), { recursive: true });

    await clickhouse.server.restart();
    await feed.events('order', ORDERS_AFTER, ORDERS_BEFORE);
    await feed.events('activity', BACKLOG, 0, 1);
    await storeAll();
    // What broke the disk broke off an insert too.
    await feed.events('activity', 10, BACKLOG, 1);
    await fleet.launchToDie(
      { entry: 'tests/faults/support/dying-sink.ts', env: { DIES_AT: 'insert:before:1' } },
      60_000,
    );
    await putBack();
    await pipeline.launch('processors');
    await delay(PASSES_MS);
    await martHas(ORDERS_BEFORE);
    await fleet.launch();
    const result = await auditWhenDrained(audited());
    expect(faultsIn(result)).toEqual([]);
    const rows = ORDERS_BEFORE + ORDERS_AFTER + BACKLOG + 10;
    expect(sumOf(result)).toEqual({ messages: rows, rows, dead_letters: 0 });
    await martHas(ORDERS_BEFORE + ORDERS_AFTER);
  });

  it('under programs that run makes them end and begin anew at what it holds, once there is news', async () => {
    const [sink] = fleet.running;
    if (sink === undefined) throw new Error('no sink runs');
    const processors = pipeline.program('processors').child;
    await putBack();
    await feed.events('order', ORDERS_BEFORE, ORDERS_BEFORE + ORDERS_AFTER);
    expect(await Promise.all([endedByItself(sink.child), endedByItself(processors)])).toEqual([1, 1]);
    expect(sink.output.join('\n')).toContain('put back to an earlier state');
    await Promise.all([fleet.launch(), pipeline.launch('processors')]);
    const result = await auditWhenDrained(audited());
    expect(faultsIn(result)).toEqual([]);
    await martHas(ORDERS_BEFORE + ORDERS_AFTER + ORDERS_BEFORE);
  });
});
