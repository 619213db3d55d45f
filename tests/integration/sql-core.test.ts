import { describe, expect, inject, test } from 'vitest';
import { EVENT_TYPES } from '../../models/contract/registry.ts';
import { identifier } from '../../sql/client.ts';
import { order, scan, useLedgers, version } from './ledgers.ts';

/** What the core views say of deliveries in the ledgers. */
const { sql, deliver } = useLedgers(inject('stack'));

describe('deduplication', () => {
  test('an event sent again, in the same batch or later, is there once and as it came first', async () => {
    await deliver('order', order('e1'), order('e1', { qty: 99 }), order('e2'));
    await deliver('order', order('e2', { unit_price: '1' }), order('e1'));
    expect(await sql.query('SELECT event_id, qty, unit_price FROM core_orders ORDER BY event_id')).toEqual([
      { event_id: 'e1', qty: '2', unit_price: '10.5' },
      { event_id: 'e2', qty: '2', unit_price: '10.5' },
    ]);
    expect(await sql.query('SELECT count() AS n FROM raw_orders')).toEqual([{ n: 5 }]);
  });

  test('the same id of another source is another event', async () => {
    await deliver('order', order('e1'), order('e1', { source: 'crm' }));
    expect(await sql.query('SELECT count() AS n FROM core_orders')).toEqual([{ n: 2 }]);
  });

  test('a delivery listed as a conflict does not count, wherever it stands in the reading order', async () => {
    await deliver('order', order('e1'));
    const offset = await deliver(
      'order',
      order('e1', { event_time: '2026-07-01T00:00:00Z', dealer_id: 'd2' }),
    );
    expect(await sql.query('SELECT count() AS n FROM core_orders')).toEqual([{ n: 2 }]);
    await sql.insertRows('raw_event_conflicts', [
      {
        event_type: 'order',
        _topic: 'dms.orders.v1',
        _partition: 0,
        _offset: offset,
        source: 'erp',
        event_id: 'e1',
        kept_partition: 0,
        kept_offset: offset - 1,
      },
    ]);
    expect(await sql.query('SELECT dealer_id FROM core_orders')).toEqual([{ dealer_id: 'd1' }]);
  });

  test('a lost copy into the reading order is made whole by deriving it again, once or twice', async () => {
    const first = await deliver('scan', ...[1, 2, 3].map((n) => scan(`e${n}`, { code: `c${n}` })));
    await sql.command('TRUNCATE TABLE raw_scans_by_key');
    const params = {
      raw: 'raw_scans',
      by_key: 'raw_scans_by_key',
      topic: 'dms.scans.v1',
      partition: 0,
      first,
      last: first + 2,
    };
    for (let run = 0; run < 2; run += 1) {
      await sql.commandFile('queries/sink/rederive.sql', { params });
      expect(await sql.query('SELECT code FROM core_scans ORDER BY code')).toEqual([
        { code: 'c1' },
        { code: 'c2' },
        { code: 'c3' },
      ]);
    }
  });

  test('events of 25 years in one batch are stored as one part of the ledger', async () => {
    const months = Array.from(
      { length: 300 },
      (_, i) => `${2000 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-15T00:00:00Z`,
    );
    await deliver('order', ...months.map((event_time, i) => order(`m${i}`, { event_time })));
    expect(await sql.query('SELECT count() AS n FROM core_orders')).toEqual([{ n: 300 }]);
    expect(
      await sql.query(
        "SELECT count() AS n FROM system.parts WHERE database = currentDatabase() AND table = 'raw_orders' AND active",
      ),
    ).toEqual([{ n: 1 }]);
  });
});

describe('what a field keeps', () => {
  test('an instant of nine digits and any offset is cut to the millisecond', async () => {
    await deliver('order', order('e1', { event_time: '2026-03-15T08:00:00.123999999+05:45' }));
    expect(await sql.query('SELECT event_time FROM core_orders')).toEqual([
      { event_time: '2026-03-15T02:15:00.123Z' },
    ]);
  });

  test('money of 12 digits before and 6 after the point stays exact, also multiplied', async () => {
    await deliver('order', order('e1', { qty: '999999999.999', unit_price: '999999999999.999999' }));
    expect(
      await sql.query('SELECT unit_price, qty, toString(qty * unit_price) AS value FROM core_orders'),
    ).toEqual([
      { unit_price: '999999999999.999999', qty: '999999999.999', value: '999999999998999999000.000000001' },
    ]);
  });

  test('null and left out are the same, for every optional field of every type', async () => {
    await deliver(
      'rebate_program',
      version('r1', '2026-01-01T00:00:00Z', {
        program_id: 'p',
        basis: 'qty',
        period: 'month',
        tiers: [
          { from: '0', rate_pct: 1.5 },
          { from: 100, rate_pct: '2.25' },
        ],
        retroactive: false,
        split: null,
      }),
    );
    await deliver(
      'rebate_program',
      version('r2', '2026-02-01T00:00:00Z', {
        program_id: 'p',
        basis: 'qty',
        period: 'month',
        tiers: [{ from: 0, rate_pct: '1' }],
        retroactive: true,
      }),
    );
    expect(
      await sql.query('SELECT event_id, tiers, split, valid_to FROM core_rebate_programs ORDER BY event_id'),
    ).toEqual([
      {
        event_id: 'r1',
        tiers: [
          { from: '0', rate_pct: '1.5' },
          { from: '100', rate_pct: '2.25' },
        ],
        split: [],
        valid_to: null,
      },
      { event_id: 'r2', tiers: [{ from: '0', rate_pct: '1' }], split: [], valid_to: null },
    ]);
  });

  test('a row without an id or with an unknown field is refused as a whole', async () => {
    await expect(deliver('order', order('e1'), order(''))).rejects.toMatchObject({
      code: 'VIOLATED_CONSTRAINT',
      retriable: false,
    });
    await expect(deliver('order', order('e1', { colour: 'red' }))).rejects.toMatchObject({
      server_code: 117,
    });
    expect(await sql.query('SELECT count() AS n FROM raw_orders')).toEqual([{ n: 0 }]);
  });
});

test('every core view is readable, all columns', async () => {
  for (const type of EVENT_TYPES)
    expect(await sql.query(`SELECT * FROM ${identifier(type.core_view)}`)).toEqual([]);
});
