import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROCESSORS } from '../../processors/registry.ts';
import { martHash } from '../../processors/rebuild.ts';
import { Random } from '../../simulator/random.ts';
import { channelOf, DEALERS, type Channel } from './processors-channel.ts';
import { ProcessorsRun } from './processors-run.ts';
import type { EventTypeName } from '../../models/contract/registry.ts';

const now = new Date();
const channel = channelOf('marts', now);
/** Those that keep a mart, and what they depend on: figures are another test's matter. */
const MARTS = PROCESSORS.filter(({ id, mart }) => mart !== undefined || id === 'conflicts');

interface Delivery {
  readonly type: EventTypeName;
  readonly event: object;
}

const DAY = 86_400_000;
const ago = (days: number): string => new Date(now.getTime() - days * DAY).toISOString();
const envelope = (event_id: string, valid_from: string) => ({
  event_id,
  source: 'mdm',
  event_time: ago(400),
  valid_from,
});
/** Floors that a part of the orders is below: of one product for all, of another in one territory; and a promotion. */
const PRICES: readonly Delivery[] = [
  { sku_id: 'S1', territory_id: '', floor_price: '25.00', valid_from: ago(400) },
  { sku_id: 'S1', territory_id: '', floor_price: '45.00', valid_from: ago(20) },
  { sku_id: 'S2', territory_id: DEALERS[0].territory_id, floor_price: '40.00', valid_from: ago(400) },
].map(({ valid_from, ...rule }, n) => ({
  type: 'price' as const,
  event: { ...envelope(`floor-${n}`, valid_from), ...rule, currency: 'CNY' },
}));
const PROMOTION: Delivery = {
  type: 'promotion',
  event: {
    ...envelope('promotion', ago(400)),
    promo_id: 'P1',
    sku_ids: ['S1'],
    starts: ago(15),
    ends: ago(5),
    discount_pct: 20,
  },
};

function deliveriesOf({ orders, stock, scans, references }: Channel): Delivery[] {
  return [
    ...references,
    ...PRICES,
    PROMOTION,
    ...orders.map((event) => ({ type: 'order' as const, event })),
    ...stock.map((event) => ({ type: 'stock' as const, event })),
    ...scans.map((event) => ({ type: 'scan' as const, event })),
  ];
}

/** In an order of its own, a tenth of it twice, cut into batches of very different size. */
function shuffled(seed: string): Delivery[][] {
  const random = new Random(seed);
  const all = deliveriesOf(channel);
  const twice = [...all, ...all.filter(() => random.chance(0.1))]
    .map((delivery) => ({ delivery, at: random.float() }))
    .sort((a, b) => a.at - b.at)
    .map(({ delivery }) => delivery);
  const batches: Delivery[][] = [];
  while (twice.length > 0) batches.push(twice.splice(0, random.pick([5, 150, 900])));
  return batches;
}

async function deliverAll(run: ProcessorsRun, batches: readonly (readonly Delivery[])[]): Promise<void> {
  for (const batch of batches) {
    for (const type of new Set(batch.map((delivery) => delivery.type))) {
      await run.deliver(
        type,
        batch.filter((delivery) => delivery.type === type).map(({ event }) => event),
      );
    }
    await run.catchUp();
  }
}

/** Hashes of the marts that are functions of the core views; arrivals are about deliveries. */
async function hashes(run: ProcessorsRun): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { id, mart } of PROCESSORS) {
    if (mart !== undefined && id !== 'feed-arrivals')
      found[id] = (await martHash(run.sql, mart.hash_file)).hash;
  }
  return found;
}

describe('marts', () => {
  let first: ProcessorsRun;
  let second: ProcessorsRun;
  beforeAll(async () => {
    [first, second] = await Promise.all([ProcessorsRun.create(now), ProcessorsRun.create(now)]);
    await Promise.all([first.restart(MARTS), second.restart(MARTS)]);
  });
  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  test('say the same whatever the order of arrival, and the same as when made anew from nothing', async () => {
    await deliverAll(first, shuffled('one order'));
    await deliverAll(second, shuffled('another order'));
    const incremental = await hashes(first);
    expect(Object.values(incremental)).not.toContain('0');
    expect(await hashes(second)).toEqual(incremental);

    for (const mart of await first.rebuild()) {
      expect(mart.rows, mart.processor).toBeGreaterThan(0);
      expect(mart.hash_after, mart.processor).toBe(mart.hash_before);
    }
    expect(await hashes(first)).toEqual(incremental);
  }, 300_000);

  test('an id used again for another event changes nothing, also when that comes first in the reading order', async () => {
    const before = await hashes(second);
    const stolen = channel.orders.slice(0, 40).map((order, i) => ({
      ...order,
      order_id: `STOLEN-${i}`,
      dealer_id: 'D3',
      qty: 999,
    }));
    await second.deliver('order', stolen);
    await second.deliver('stock', [
      { ...channel.stock[0], dealer_id: 'D3', location_id: 'elsewhere', on_hand: 5 },
    ]);
    await second.deliver('order', stolen.slice(0, 5));
    await second.catchUp();
    const [losers] = await second.sql.query<{ n: number }>(
      'SELECT count() AS n FROM raw_event_conflicts FINAL',
    );
    expect(losers?.n).toBe(46);
    expect(await hashes(second)).toEqual(before);
  }, 120_000);

  test('the live lane takes a conflict out again that was found after it, without a further delivery', async () => {
    const before = (await hashes(first))['order-lines'];
    const loop = await first.restart(MARTS);
    const [order] = channel.orders;
    await first.deliver('order', [{ ...order, order_id: 'STOLEN', dealer_id: 'D3', qty: 999 }]);
    await loop.pass('all', 'live');
    expect((await hashes(first))['order-lines']).not.toBe(before);
    await loop.pass('all', 'cases');
    await loop.pass('all', 'live');
    expect((await hashes(first))['order-lines']).toBe(before);
  });

  test('a run that is killed after it stored and before it noted so comes again and changes nothing', async () => {
    const before = await hashes(second);
    await second.sql.command('TRUNCATE TABLE raw_processor_progress');
    // Without progress there is no definition either: note it, so that the marts are not emptied first.
    await second.sql.insertRows(
      'raw_processor_progress',
      PROCESSORS.flatMap(({ id, mart }) =>
        mart === undefined ? [] : [{ processor: id, slot: 'definition', position: definitionOf(id) }],
      ),
    );
    await second.restart(MARTS);
    await second.catchUp();
    expect(await hashes(second)).toEqual(before);
  }, 120_000);
});

function definitionOf(id: string): string {
  const mart = PROCESSORS.find((processor) => processor.id === id)?.mart;
  return mart?.definition({ time_zone: 'Asia/Shanghai' } as never) ?? '';
}
