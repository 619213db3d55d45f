import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveRow } from '../../models/contract/live.ts';
import { DAY, floor, HOUR, iso, line, long_ago, now, version } from './price-channel.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

let run: ProcessorsRun;
const alerts = (): LiveRow<'alerts'>[] => run.alerts().sort((a, b) => (a.sku_id < b.sku_id ? -1 : 1));
const signals = () =>
  run.sql.query<{ ref: string; expected: number; observed: number }>(
    'SELECT ref, expected, observed FROM mart_dealer_signals ORDER BY ref',
  );

/** Orders below the floor, and what allows them: a promotion, a cancellation, a floor that came later. */
describe('prices below the floor', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd('map-regions'));
    await run.deliver('dealer', [
      {
        ...version('d1', long_ago),
        dealer_id: 'D1',
        name: '杭州一号',
        tier: 1,
        status: 'active',
        territory_id: 'T1',
        adcode: '330100',
      },
    ]);
    await run.deliver(
      'product',
      ['S1', 'S2', 'S3', 'S4'].map((sku_id) => ({
        ...version(`p-${sku_id}`, long_ago),
        sku_id,
        name: sku_id,
        category: 'drinks',
        unit_cost: '50.00',
        currency: 'CNY',
      })),
    );
    await run.deliver(
      'price',
      ['S1', 'S2', 'S3', 'S4'].map((sku_id) => floor(`f-${sku_id}`, sku_id, '100.00', long_ago)),
    );
    await run.deliver('promotion', [
      {
        ...version('promo', long_ago),
        promo_id: 'P1',
        sku_ids: ['S2'],
        territory_ids: ['T1'],
        starts: iso(10 * DAY),
        ends: iso(5 * DAY),
        discount_pct: 15,
      },
    ]);
    await run.deliver('order', [
      line('A', 'S1', '90.00', 8 * DAY),
      line('B', 'S1', '120.00', 8 * DAY),
      line('C', 'S2', '88.00', 8 * DAY),
      line('D', 'S2', '88.00', 3 * DAY),
      line('E', 'S3', '101.00', 6 * DAY),
      line('F', 'S4', '70.00', 6 * DAY),
      line('F', 'S4', '70.00', 5 * DAY, { event_id: 'F-cancelled', stage: 'cancelled' }),
    ]);
    await run.catchUp();
  }, 300_000);
  afterAll(() => run.drop());

  test('raise a case of the dealer and the product; a promotion and a cancelled line raise none', async () => {
    expect(await signals()).toEqual([
      { ref: 'A / 1', expected: 100, observed: 90 },
      { ref: 'D / 1', expected: 100, observed: 88 },
    ]);
    expect(alerts()).toMatchObject([
      {
        kinds: ['below_floor'],
        origin_dealer_id: 'D1',
        sku_id: 'S1',
        units: 10,
        value: '900.00',
        found_adcode: '330100',
        codes: [],
      },
      { kinds: ['below_floor'], origin_dealer_id: 'D1', sku_id: 'S2', units: 10, value: '880.00' },
    ]);
  });

  test('are no flow on the map: no goods moved', () => {
    expect([...run.rows('map').keys()].filter((key) => key.startsWith('arc:'))).toEqual([]);
  });

  test('count net of a rebate that is paid on the order later', async () => {
    await run.deliver('money', [
      {
        event_id: 'r1',
        source: 'finance',
        event_time: iso(DAY),
        dealer_id: 'D1',
        doc_id: 'r1',
        kind: 'rebate_payment',
        amount: '60.00',
        currency: 'CNY',
        order_id: 'E',
      },
    ]);
    await run.catchUp();
    expect(await signals()).toContainEqual({ ref: 'E / 1', expected: 100, observed: 95 });
    expect(alerts().map(({ sku_id }) => sku_id)).toEqual(['S1', 'S2', 'S3']);
  });

  test('a second line adds its units to the case', async () => {
    await run.deliver('order', [line('G', 'S1', '80.00', 2 * DAY)]);
    await run.catchUp();
    expect(alerts()[0]).toMatchObject({ sku_id: 'S1', units: 20, value: '1700.00' });
  });

  test('a floor that holds from later on changes nothing; one that held all along, told late, clears the lines', async () => {
    await run.deliver('price', [floor('f-S1-later', 'S1', '60.00', iso(HOUR))]);
    await run.catchUp();
    expect(alerts()[0]).toMatchObject({ sku_id: 'S1', units: 20 });
    await run.deliver('price', [
      { ...floor('f-S1-was', 'S1', '75.00', long_ago), event_time: iso(2 * HOUR) },
    ]);
    await run.catchUp();
    expect((await signals()).map(({ ref }) => ref)).toEqual(['D / 1', 'E / 1']);
    expect(alerts().map(({ sku_id }) => sku_id)).toEqual(['S2', 'S3']);
  });

  test('made anew from nothing the signals are the same', async () => {
    const rebuilt = (await run.rebuild()).find(({ processor }) => processor === 'price-signals');
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
    expect(rebuilt?.rows).toBe(2);
  });

  test('a placing that is told late moves the line to what was ordered then, and leaves nothing behind', async () => {
    await run.deliver('order', [
      line('H', 'S3', '80.00', 2 * DAY, { event_id: 'H-confirmed', stage: 'confirmed' }),
    ]);
    await run.catchUp();
    expect((await signals()).map(({ ref }) => ref)).toContain('H / 1');
    await run.deliver('order', [line('H', 'S9', '80.00', 3 * DAY)]);
    await run.catchUp();
    expect((await signals()).map(({ ref }) => ref)).toEqual(['D / 1', 'E / 1']);
  });

  test('a rebate in another currency lowers no price', async () => {
    const rebate = {
      source: 'finance',
      event_time: iso(DAY),
      dealer_id: 'D1',
      kind: 'rebate_payment',
      amount: '900.00',
      order_id: 'B',
    };
    await run.deliver('money', [{ ...rebate, event_id: 'r2', doc_id: 'r2', currency: 'USD' }]);
    await run.catchUp();
    expect((await signals()).map(({ ref }) => ref)).toEqual(['D / 1', 'E / 1']);
    await run.deliver('money', [{ ...rebate, event_id: 'r3', doc_id: 'r3', currency: 'CNY' }]);
    await run.catchUp();
    expect((await signals()).map(({ ref }) => ref)).toEqual(['B / 1', 'D / 1', 'E / 1']);
  });

  test('a rebate is borne by all that was ordered, however it was shipped; what was shipped before the rest was cancelled was sold', async () => {
    const part = (order_id: string, price: string, ago_ms: number, stage: string, qty: number) =>
      line(order_id, 'S4', price, ago_ms, { event_id: `${order_id}-${ago_ms}`, stage, qty });
    await run.deliver('order', [
      part('I', '102.00', 4 * DAY, 'placed', 100),
      part('I', '102.00', 3 * DAY, 'shipped', 60),
      part('I', '102.00', 2 * DAY, 'shipped', 40),
      part('I', '102.00', DAY, 'returned', 90),
      part('J', '80.00', 4 * DAY, 'placed', 100),
      part('J', '80.00', 3 * DAY, 'shipped', 90),
      part('J', '0.00', 2 * DAY, 'cancelled', 10),
    ]);
    const rebate = { source: 'finance', event_time: iso(DAY), dealer_id: 'D1', kind: 'rebate_payment' };
    await run.deliver('money', [
      { ...rebate, event_id: 'r4', doc_id: 'r4', amount: '150.00', currency: 'CNY', order_id: 'I' },
    ]);
    await run.catchUp();
    expect((await signals()).slice(-1)).toEqual([{ ref: 'J / 1', expected: 100, observed: 80 }]);
    expect(alerts().at(-1)).toMatchObject({
      origin_dealer_id: 'D1',
      sku_id: 'S4',
      units: 90,
      value: '7200.00',
    });
  }, 180_000);

  test('a credit note on an order lowers its price by what it gives beyond goods that went back, were cancelled or invoiced too high', async () => {
    const part = (order_id: string, ago_ms: number, stage: string, qty: number) =>
      line(order_id, 'S4', '110.00', ago_ms, { event_id: `${order_id}-${ago_ms}`, stage, qty });
    const document = (doc_id: string, kind: string, order_id: string, amount: string) => ({
      source: 'finance',
      event_id: doc_id,
      event_time: iso(DAY),
      dealer_id: 'D1',
      doc_id,
      kind,
      amount,
      currency: 'CNY',
      order_id,
    });
    // The floor is 100. K: 10 of 100 came back. L: invoiced at 120 first. M: 10 cancelled, invoiced before.
    await run.deliver('order', [
      part('K', 4 * DAY, 'placed', 100),
      part('K', 2 * DAY, 'returned', 10),
      part('L', 4 * DAY, 'placed', 100),
      part('M', 4 * DAY, 'placed', 100),
      part('M', 2 * DAY, 'cancelled', 10),
    ]);
    await run.deliver('money', [
      document('c-K', 'credit_note', 'K', '2000.00'),
      document('i-L', 'invoice', 'L', '12000.00'),
      document('c-L', 'credit_note', 'L', '1900.00'),
      document('i-M', 'invoice', 'M', '11000.00'),
      document('c-M', 'credit_note', 'M', '1900.00'),
    ]);
    await run.catchUp();
    const refs = async () => (await signals()).map(({ ref }) => ref).filter((ref) => /^[KLM]/.test(ref));
    expect(await refs()).toEqual([]);
    await run.deliver('money', [
      document('c-K2', 'credit_note', 'K', '400.00'),
      document('c-L2', 'credit_note', 'L', '200.00'),
      document('c-M2', 'credit_note', 'M', '200.00'),
    ]);
    await run.catchUp();
    expect(await refs()).toEqual(['K / 1', 'L / 1', 'M / 1']);
    expect(await signals()).toContainEqual({ ref: 'L / 1', expected: 100, observed: 99 });
  }, 180_000);
});
