import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createKafka, ensureTopics, type Consumer, type Producer } from '../../ingest/kafka.ts';
import { createLogger } from '../../ingest/program/program.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import { defineProcessor, type RunnableProcessor } from '../../processors/processor.ts';
import { orderLines } from '../../processors/marts/order-lines.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { ProcessorsRun } from './processors-run.ts';

const log = createLogger('test', 'silent');
const order = (order_id: string, unit_price: string) => ({
  event_id: order_id,
  source: 'erp',
  event_time: new Date().toISOString(),
  dealer_id: 'D1',
  order_id,
  line_no: 1,
  sku_id: 'S1',
  stage: 'placed',
  qty: 2,
  unit_price,
  currency: 'CNY',
  channel: 'portal',
});

describe('the program behind a real sink', () => {
  let pipeline: Pipeline;
  let producer: Producer;
  let results: Consumer;
  const messages: ResultMessage[] = [];
  const prefix = `proc_${randomBytes(4).toString('hex')}.`;

  const send = async (...orders: object[]): Promise<void> => {
    await producer.send({
      topic: `${prefix}dms.orders.v1`,
      messages: orders.map((one) => ({
        key: (one as { order_id: string }).order_id,
        value: JSON.stringify(one),
      })),
    });
  };
  const published = (value: number) =>
    eventually(`orders_today_value to be ${value}`, () => {
      const rows = messages.flatMap(({ ops }) => ops.flatMap((op) => (op.op === 'put' ? [op] : [])));
      const last = rows.findLast((op) => op.key === 'orders_today_value')?.row as LiveRow<'kpis'> | undefined;
      return Promise.resolve(last?.value === value ? last : undefined);
    });

  beforeAll(async () => {
    const kafka = createKafka({ brokers: inject('stack').kafka_brokers.split(','), clientId: 'test', log });
    producer = kafka.producer({ allowAutoTopicCreation: false });
    results = kafka.consumer({ groupId: `${prefix}test` });
    const admin = kafka.admin();
    await Promise.all([producer.connect(), results.connect(), admin.connect()]);
    await ensureTopics(admin, prefix);
    await admin.disconnect();
    await results.subscribe({ topics: [`${prefix}dms.results.v1`], fromBeginning: true });
    await results.run({
      eachMessage: ({ message }) => {
        messages.push(JSON.parse(message.value?.toString() ?? '{}') as ResultMessage);
        return Promise.resolve();
      },
    });
    pipeline = await Pipeline.start(inject('stack'), ['sink', 'processors'], prefix.slice(0, -1));
  }, 180_000);
  afterAll(async () => {
    await Promise.all([pipeline.stop(), producer.disconnect(), results.disconnect()]);
  });

  test('an order in Kafka becomes a figure in the results, and one sent again does not change it', async () => {
    await send(order('A', '10.50'));
    await published(21);
    const again = order('B', '1.25');
    await send(again, again, again);
    await published(23.5);
    const seeds = await pipeline.sql.queryFile<{ key: string; row: string }>('queries/live/kpis.sql');
    const seed = seeds.find(({ key }) => key === 'orders_today_value')?.row ?? '{}';
    expect(JSON.parse(seed)).toMatchObject({ value: 23.5, unit: 'CNY' });
  });

  test('ends cleanly, publishes all rows again after a restart, and takes in what came meanwhile', async () => {
    expect(await pipeline.end('processors')).toBe(0);
    messages.length = 0;
    await send(order('C', '100.00'));
    await pipeline.launch('processors');
    await published(223.5);
    await eventually('every row of every topic to be published again', async () => {
      const seeds = await pipeline.sql.query<{ key: string }>(
        'SELECT topic || key AS key FROM raw_live_rows FINAL',
      );
      const again = new Set(messages.flatMap(({ topic, ops }) => ops.map(({ key }) => topic + key)));
      return seeds.length > 20 && seeds.every(({ key }) => again.has(key)) ? true : undefined;
    });
  });
});

describe('a processor that fails', () => {
  test('is told and tried again, while the others go on', async () => {
    const run = await ProcessorsRun.create(new Date());
    let fails = true;
    const broken: RunnableProcessor = defineProcessor({
      id: 'broken',
      trigger: { on: 'data', types: ['order'], min_interval_ms: 0, deliveries_max: 10 },
      query: () => (fails ? Promise.reject(new Error('as broken as can be')) : Promise.resolve(null)),
      compute: () => ({}),
      store: () => Promise.resolve(),
    });
    await run.deliver('order', [order('A', '1.00')]);
    const loop = await run.restart([broken, orderLines]);
    for (let pass = 0; pass < 3; pass += 1) await loop.pass('all');
    expect(loop.readiness()).toEqual({ ready: false, reason: 'broken: as broken as can be' });
    expect(loop.failureOf('order-lines')).toBeNull();
    const lines = await run.sql.query<{ order_id: string }>('SELECT order_id FROM mart_order_lines');
    expect(lines).toEqual([{ order_id: 'A' }]);

    fails = false;
    await loop.pass('all');
    expect(loop.readiness()).toEqual({ ready: true });
    await run.drop();
  });
});
