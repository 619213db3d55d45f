import { describe, expect, inject, test } from 'vitest';
import { dealer, order, useLedgers, version, type Event } from './ledgers.ts';

/** What an event's row says of the dealers, products and prices of its time. */
const { sql, deliver, reloadReference } = useLedgers(inject('stack'));

describe('reference data as of the event', () => {
  test('each event sees the dealer as it was then, to the millisecond', async () => {
    await deliver(
      'dealer',
      dealer('Old', '2026-01-01T00:00:00Z'),
      dealer('New', '2026-03-15T08:00:00.001Z', { tier: 3, wave: 'w2', adcode: '330100' }),
    );
    await deliver(
      'order',
      order('e0', { event_time: '2025-12-31T23:59:59.999Z' }),
      order('e1'),
      order('e2', { event_time: '2026-03-15T08:00:00.001Z' }),
    );
    await reloadReference();
    expect(
      await sql.query(
        'SELECT event_id, dealer_name, dealer_tier, wave, adcode, supplied_by FROM core_orders ORDER BY event_id',
      ),
    ).toEqual([
      { event_id: 'e0', dealer_name: null, dealer_tier: null, wave: null, adcode: null, supplied_by: null },
      { event_id: 'e1', dealer_name: 'Old', dealer_tier: 2, wave: null, adcode: null, supplied_by: 'HQ' },
      { event_id: 'e2', dealer_name: 'New', dealer_tier: 3, wave: 'w2', adcode: '330100', supplied_by: 'HQ' },
    ]);
  });

  test('a version ends at its valid_to or where the next begins; of two with one valid_from the later event holds', async () => {
    await deliver(
      'dealer',
      dealer('First', '2026-01-01T00:00:00Z', { valid_to: '2026-06-01T00:00:00Z' }),
      dealer('Corrected', '2026-02-01T00:00:00Z', { event_time: '2026-02-03T00:00:00Z' }),
      dealer('Wrong', '2026-02-01T00:00:00Z', { event_time: '2026-02-02T00:00:00Z' }),
      dealer('Short', '2026-03-01T00:00:00Z', { valid_to: '2026-03-10T00:00:00Z' }),
    );
    await reloadReference();
    expect(
      await sql.query(
        'SELECT name, effective_to, is_current FROM core_dealers ORDER BY valid_from, effective_to',
      ),
    ).toEqual([
      { name: 'First', effective_to: '2026-02-01T00:00:00.000Z', is_current: false },
      { name: 'Wrong', effective_to: '2026-02-01T00:00:00.000Z', is_current: false },
      { name: 'Corrected', effective_to: '2026-03-01T00:00:00.000Z', is_current: false },
      { name: 'Short', effective_to: '2026-03-10T00:00:00.000Z', is_current: false },
    ]);
    const at = (day: string) => order(day, { event_time: `${day}T00:00:00Z` });
    await deliver('order', at('2026-01-15'), at('2026-02-15'), at('2026-03-05'), at('2026-03-15'));
    expect(await sql.query('SELECT event_id, dealer_name FROM core_orders ORDER BY event_id')).toEqual([
      { event_id: '2026-01-15', dealer_name: 'First' },
      { event_id: '2026-02-15', dealer_name: 'Corrected' },
      { event_id: '2026-03-05', dealer_name: 'Short' },
      { event_id: '2026-03-15', dealer_name: null },
    ]);
  });

  test('cost and prices stay exact decimals', async () => {
    await deliver(
      'product',
      version('p1', '2026-01-01T00:00:00Z', {
        sku_id: 'k1',
        name: 'Tea',
        category: 'drinks',
        unit_cost: '0.100001',
        list_price: '123456789012.123456',
        currency: 'CNY',
      }),
    );
    await deliver('order', order('e1'));
    await reloadReference();
    expect(
      await sql.query(
        'SELECT product_name, category, unit_cost, list_price, cost_currency, toString(qty * unit_cost) AS cost FROM core_orders',
      ),
    ).toEqual([
      {
        product_name: 'Tea',
        category: 'drinks',
        unit_cost: '0.100001',
        list_price: '123456789012.123456',
        cost_currency: 'CNY',
        cost: '0.200002',
      },
    ]);
  });

  test('the most specific price rule that holds then applies, in the currency of the order', async () => {
    await deliver('dealer', dealer('D', '2025-01-01T00:00:00Z'));
    const rules: [string, Event][] = [
      ['1', {}],
      ['2', { tier: 2 }],
      ['3', { territory_id: 't1', tier: 0 }],
      ['4', { tier: 2, territory_id: 't1' }],
    ];
    for (const [floor_price, more] of rules) {
      const valid_from = `2026-0${floor_price}-01T00:00:00Z`;
      await deliver(
        'price',
        version(`p${floor_price}`, valid_from, { sku_id: 'k1', floor_price, currency: 'CNY', ...more }),
      );
    }
    await deliver(
      'price',
      version('usd', '2026-01-01T00:00:00Z', {
        sku_id: 'k1',
        tier: 2,
        territory_id: 't1',
        floor_price: '0.5',
        guide_price: '0.75',
        currency: 'USD',
      }),
    );
    // The most specific rule ends again: the next specific one holds.
    await deliver(
      'price',
      version('end', '2026-05-01T00:00:00Z', {
        sku_id: 'k1',
        tier: 2,
        territory_id: 't1',
        floor_price: '4',
        currency: 'CNY',
        valid_to: '2026-06-01T00:00:00Z',
      }),
    );
    await reloadReference();
    const at = (month: string, more: Event = {}) =>
      order(month, { event_time: `2026-${month}-15T00:00:00Z`, ...more });
    await deliver('order', at('01'), at('02'), at('03'), at('04'), at('05'), at('06'), {
      ...at('07'),
      currency: 'USD',
    });
    expect(
      await sql.query('SELECT event_id, floor_price, guide_price FROM core_orders ORDER BY event_id'),
    ).toEqual([
      { event_id: '01', floor_price: '1', guide_price: null },
      { event_id: '02', floor_price: '2', guide_price: null },
      { event_id: '03', floor_price: '3', guide_price: null },
      { event_id: '04', floor_price: '4', guide_price: null },
      { event_id: '05', floor_price: '4', guide_price: null },
      { event_id: '06', floor_price: '3', guide_price: null },
      { event_id: '07', floor_price: '0.5', guide_price: '0.75' },
    ]);
  });

  test('a column that is not read costs no look-up', async () => {
    const plan = async (columns: string) => {
      const rows = await sql.query<{ explain: string }>(
        `EXPLAIN actions = 1 SELECT ${columns} FROM core_orders`,
      );
      return rows.map((row) => row.explain).join('\n');
    };
    expect(await plan('order_id, qty')).not.toContain('dictGet');
    expect(await plan('dealer_name')).toContain('raw_dealer_versions');
    expect(await plan('dealer_name')).not.toMatch(/raw_product_versions|raw_price_versions/);
  });
});
