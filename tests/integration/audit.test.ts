import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { audit, type AuditResult } from '../../ingest/audit/audit.ts';
import { repair } from '../../ingest/audit/repair.ts';
import { isClean, type AuditReport, type Finding, type Repair } from '../../ingest/audit/report.ts';
import { createKafka } from '../../ingest/kafka.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { eventTypeByName, type EventTypeName } from '../../models/contract/registry.ts';
import { Pipeline, programArgs } from '../../stack/lab/pipeline.ts';
import { accountWhenDrained } from '../faults/support/account.ts';
import { eventOf } from '../faults/support/events.ts';
import { Feed } from '../faults/support/feed.ts';

/** In each of four partitions 100. */
const MESSAGES_EACH = 400;
const TYPES = ['order', 'scan', 'stock', 'money', 'activity', 'dealer', 'product', 'price'] as const;

let pipeline: Pipeline;
let feed: Feed;

beforeAll(async () => {
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, ['sink']);
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  for (const type of TYPES) await feed.events(type, MESSAGES_EACH);
  await feed.raw('dealer', '{"torn":', 2);
  await feed.events('order', 40);
  // The same id for another event: a second row in reading order too.
  await feed.raw('order', JSON.stringify({ ...eventOf('order', 1), order_id: 'another' }), 1);
  await accountWhenDrained(feed, pipeline.sql);
  await pipeline.end('sink');
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
});

const options = (type: EventTypeName) => {
  const found = eventTypeByName(type);
  if (found === undefined) throw new Error(type);
  const log = createLogger('audit', 'silent');
  const kafka = createKafka({ brokers: [inject('stack').kafka_brokers], clientId: 'audit', log });
  return { kafka, sql: pipeline.sql, prefix: feed.prefix, types: [found] };
};
const auditOf = (type: EventTypeName): Promise<AuditResult> => audit(options(type));
const mend = async (type: EventTypeName): Promise<Repair[]> =>
  repair({ ...options(type), group: `${feed.prefix}repair-${type}` }, await auditOf(type));

const findingsOf = ({ partitions }: AuditResult): (Omit<Finding, 'detail'> & { partition: number })[] =>
  partitions.flatMap(({ partition, findings }) =>
    findings.map(({ kind, first, last }) => ({ partition, kind, first, last })),
  );
const change = (statement: string): Promise<void> =>
  pipeline.sql.command(statement, { settings: { mutations_sync: '2' } });

describe('an audit', () => {
  it('finds nothing wrong with what the sink has stored, repeated events, reused ids and dead letters included', async () => {
    for (const type of ['order', 'dealer'] as const) {
      const result = await auditOf(type);
      expect(findingsOf(result)).toEqual([]);
      expect(result.copies).toMatchObject([{ findings: [] }]);
      expect(isClean(result)).toBe(true);
    }
    const { partitions } = await auditOf('dealer');
    expect(partitions.map(({ messages }) => messages)).toEqual([100, 100, 101, 100]);
    expect(partitions.map(({ dead_letters }) => dead_letters)).toEqual([0, 0, 1, 0]);
  });

  it('is right while the sink is at work: what has only arrived is pending, nothing is lost or foreign', async () => {
    await pipeline.launch('sink');
    const fed = feed.events('case_transition', 40_000);
    let most_pending = 0;
    for (let last = false; !last;) {
      const result = await auditOf('case_transition');
      expect(findingsOf(result)).toEqual([]);
      expect(result.copies).toMatchObject([{ findings: [] }]);
      const pending = result.partitions.reduce((sum, partition) => sum + partition.pending, 0);
      most_pending = Math.max(most_pending, pending);
      last = pending === 0 && result.partitions.reduce((sum, { rows }) => sum + rows, 0) === 40_000;
    }
    await fed;
    expect(most_pending).toBeGreaterThan(0);
    await pipeline.end('sink');
  });

  it('names a hole, and storing it again leaves every row as it was', async () => {
    const digest = async (): Promise<unknown> =>
      pipeline.sql.query(
        'SELECT count() AS n, toString(sum(cityHash64(tuple(* EXCEPT (_ingested_at))))) AS sum FROM raw_scans',
      );
    const before = await digest();
    await change('ALTER TABLE raw_scans DELETE WHERE _partition = 1 AND _offset BETWEEN 10 AND 24');
    await change('ALTER TABLE raw_scans DELETE WHERE _partition = 3 AND _offset = 0');
    const result = await auditOf('scan');
    expect(findingsOf(result)).toEqual([
      { partition: 1, kind: 'lost', first: 10, last: 24 },
      { partition: 3, kind: 'lost', first: 0, last: 0 },
    ]);
    expect(result.copies[0]?.findings.length).toBe(16);
    expect((await mend('scan')).map(({ what, done }) => [what, done])).toEqual([
      ['lost', true],
      ['lost', true],
    ]);
    expect(isClean(await auditOf('scan'))).toBe(true);
    expect(await digest()).toEqual(before);
  });

  it('leaves a lost end to the sink, which stores it once when it starts', async () => {
    await change('ALTER TABLE raw_scans DELETE WHERE _partition = 2 AND _offset >= 90');
    expect(findingsOf(await auditOf('scan'))).toEqual([{ partition: 2, kind: 'lost', first: 90, last: 99 }]);
    expect(await mend('scan')).toMatchObject([{ what: 'lost', first: 90, last: 99, done: false }]);
    await pipeline.launch('sink');
    await accountWhenDrained(feed, pipeline.sql);
    await pipeline.end('sink');
    expect(isClean(await auditOf('scan'))).toBe(true);
  });

  it('is clean after a loss that the sink has declared, and names it', async () => {
    await feed.events('price', 400, MESSAGES_EACH);
    const topic = feed.topic('price');
    await feed.admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '130' }] });
    await pipeline.launch('sink');
    const offsets = async (): Promise<number | undefined> =>
      (await auditOf('price')).partitions.reduce((sum, { pending }) => sum + pending, 0);
    await expect.poll(offsets, { timeout: 20_000 }).toBe(0);
    await pipeline.end('sink');
    const result = await auditOf('price');
    expect(isClean(result)).toBe(true);
    expect(result.partitions.map(({ declared }) => declared)).toEqual([
      [],
      [{ first: 100, last: 129 }],
      [],
      [],
    ]);
  });

  it('names doubled rows, and drops one of each whether they were merged or not', async () => {
    const copy = (range: string): Promise<void> =>
      change(`INSERT INTO raw_stock SELECT * FROM raw_stock WHERE _partition = 0 AND _offset ${range}`);
    await copy('BETWEEN 5 AND 9');
    await copy('= 7');
    await change('OPTIMIZE TABLE raw_stock FINAL');
    await copy('BETWEEN 50 AND 51');
    expect(findingsOf(await auditOf('stock'))).toEqual([
      { partition: 0, kind: 'doubled', first: 5, last: 9 },
      { partition: 0, kind: 'doubled', first: 50, last: 51 },
    ]);
    expect((await mend('stock')).every(({ done }) => done)).toBe(true);
    const result = await auditOf('stock');
    expect(isClean(result)).toBe(true);
    expect(result.partitions[0]?.rows).toBe(100);
  });

  it('names a changed value, in the ledger and in reading order, and repairs only the copy', async () => {
    await change("ALTER TABLE raw_money UPDATE amount = amount + 0.0001 WHERE event_id = 'money-14'");
    await change(
      "ALTER TABLE raw_money UPDATE currency = 'EUR' WHERE _partition = 3 AND _offset BETWEEN 20 AND 22",
    );
    const result = await auditOf('money');
    expect(findingsOf(result)).toEqual([
      { partition: 2, kind: 'changed', first: 3, last: 3 },
      { partition: 3, kind: 'changed', first: 20, last: 22 },
    ]);
    expect(result.copies[0]?.findings.map(({ kind }) => kind)).toEqual(Array(4).fill('changed'));
    expect(findingsOf(await auditOf('money'))).toEqual(findingsOf(result));
  });

  it('names rows that no message explains: beyond Kafka’s end, of no partition, of another topic', async () => {
    // The rows are taken first: a replaced name would also be the one that WHERE sees.
    const insert = (place: string): Promise<void> =>
      change(
        `INSERT INTO raw_activity SELECT * REPLACE (${place}) FROM (SELECT * FROM raw_activity WHERE _partition = 0 AND _offset = 1)`,
      );
    await insert('100 AS _offset');
    await insert('9 AS _partition');
    await insert("'dms.money.v1' AS _topic");
    const { partitions } = await auditOf('activity');
    const named = partitions.flatMap(({ topic, partition, findings }) =>
      findings.map(({ kind, first }) => [topic, partition, kind, first]),
    );
    expect(named).toEqual([
      ['dms.activity.v1', 0, 'unexplained', 100],
      ['dms.activity.v1', 9, 'unexplained', 1],
      ['dms.money.v1', 0, 'unexplained', 1],
    ]);
  });

  it('counts a lost dead letter as lost, and a changed one as changed', async () => {
    await change('ALTER TABLE raw_dead_letters DELETE WHERE _partition = 2');
    await change('ALTER TABLE raw_dealers DELETE WHERE _partition = 2 AND _offset = 99');
    // Something later must be there, or it is the sink's to store.
    await feed.events('dealer', 4, MESSAGES_EACH);
    await change(
      'INSERT INTO raw_dealers SELECT * REPLACE (101 AS _offset) FROM (SELECT * FROM raw_dealers WHERE _partition = 2 AND _offset = 98)',
    );
    const lost = findingsOf(await auditOf('dealer')).filter(({ kind }) => kind === 'lost');
    expect(lost).toEqual([{ partition: 2, kind: 'lost', first: 99, last: 100 }]);
    expect(await mend('dealer')).toMatchObject([
      { what: 'lost', first: 99, last: 100, done: true, detail: 'stored, 1 of them as dead letters' },
    ]);
    const found = findingsOf(await auditOf('dealer'));
    expect(found.filter(({ kind }) => kind === 'lost')).toEqual([]);
    await change("ALTER TABLE raw_dead_letters UPDATE value = 'x' WHERE _partition = 2");
    expect(findingsOf(await auditOf('dealer'))).toContainEqual({
      partition: 2,
      kind: 'changed',
      first: 100,
      last: 100,
    });
  });

  it('checks what Kafka has forgotten for gaps, and counts what has only arrived as pending', async () => {
    const topic = feed.topic('product');
    await feed.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '60' }] });
    const [whole] = (await auditOf('product')).partitions;
    expect(whole).toMatchObject({ kafka: { low: 60, high: 100 }, messages: 40, forgotten: 60, findings: [] });
    await change('ALTER TABLE raw_products DELETE WHERE _partition = 0 AND _offset BETWEEN 58 AND 61');
    expect(findingsOf(await auditOf('product'))).toEqual([
      { partition: 0, kind: 'lost', first: 58, last: 59 },
      { partition: 0, kind: 'lost', first: 60, last: 61 },
    ]);
    expect(await mend('product')).toMatchObject([
      { first: 58, last: 59, done: false, detail: 'Kafka no longer has it' },
      { first: 60, last: 61, done: true },
    ]);
    await feed.events('product', 8, MESSAGES_EACH);
    const { partitions } = await auditOf('product');
    expect(partitions.map(({ pending }) => pending)).toEqual([2, 2, 2, 2]);
  });
});

describe('npm run audit', () => {
  const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    const child = spawn(process.execPath, [...programArgs('ingest/audit/cli.ts'), ...args], {
      env: { ...process.env, ...pipeline.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (err += String(chunk)));
    const [code] = (await once(child, 'close')) as [number];
    return { code, out, err };
  };

  it('ends with 0 when all is clean, and says what it read', async () => {
    const { code, out } = await run('--topic', 'dms.orders.v1');
    expect(out).toMatch(/^clean: 441 messages re-read, 0 lost, 0 doubled, 0 changed, 0 unexplained/m);
    expect(code).toBe(0);
  });

  it('ends with 1 when something is wrong, and names it for people and for machines', async () => {
    const { code, out } = await run('--topic', 'money');
    expect(out).toContain('changed: dms.money.v1/3 offsets 20..22: 3');
    expect(code).toBe(1);
    const machine = await run('--topic', 'money', '--json');
    expect(machine.code).toBe(1);
    const report = JSON.parse(machine.out) as AuditReport;
    expect(report.clean).toBe(false);
    expect(report.partitions[3]?.findings).toEqual([{ kind: 'changed', first: 20, last: 22, detail: '' }]);
  });

  it('mends reading order, and ends with 0 when all is clean afterwards', async () => {
    await change('ALTER TABLE raw_orders_by_key DELETE WHERE _partition = 1 AND _offset BETWEEN 30 AND 39');
    const broken = await run('--topic', 'order');
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('raw_orders_by_key: missing 1/30');
    const { code, out } = await run('--topic', 'order', '--repair');
    expect(out).toContain('repaired: copy dms.orders.v1/1 offsets 30..39: 10: copied again');
    expect(code).toBe(0);
  });

  it('ends with 2 on wrong usage, and with 1 when it cannot ask', async () => {
    expect(await run('--topic', 'dms.nothing.v1')).toMatchObject({ code: 2, out: '' });
    expect(await run('--sideways')).toMatchObject({ code: 2 });
    const child = spawn(process.execPath, programArgs('ingest/audit/cli.ts'), {
      env: { ...process.env, ...pipeline.env, CLICKHOUSE_URL: 'http://127.0.0.1:1' },
    });
    expect(await once(child, 'close')).toEqual([1, null]);
  });
});
