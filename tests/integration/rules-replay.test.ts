import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outOfTerritory } from '../../models/diversion/rules/out-of-territory.ts';
import type { HabitRule } from '../../models/diversion/judge-habits.ts';
import type { LineRule } from '../../models/diversion/rules/below-floor.ts';
import type { CodeRule } from '../../models/diversion/trail.ts';
import { replayRule } from '../../processors/rules/replay.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date();
const iso = (ago_ms: number): string => new Date(now.getTime() - ago_ms).toISOString();
const GUANGZHOU = { lat: 23.13, lon: 113.26 };
const settings = { cases_per_day_max: 50, reporting_currency: 'CNY', time_zone: 'Asia/Shanghai' };
const span = { from: new Date(now.getTime() - 10 * DAY), to: now };
const version = { source: 'mdm', event_time: iso(400 * DAY), valid_from: iso(400 * DAY) };
const scan = (event_id: string, ago_ms: number, fields: object) => ({
  event_id,
  source: 'wms',
  event_time: iso(ago_ms),
  level: 'unit',
  sku_id: 'S1',
  lot: 'L1',
  ...fields,
});
/** A draft: whatever another dealer sells than the one that it was shipped to. */
const otherTill: CodeRule = {
  kind: 'wrong_receiver',
  judge: ({ scans }) =>
    scans
      .filter(
        ({ biz_step, dealer_id, origin_dealer_id }) =>
          biz_step === 'retail_selling' && origin_dealer_id !== '' && dealer_id !== origin_dealer_id,
      )
      .map((one) => ({
        kind: 'wrong_receiver',
        scan: one,
        origin_dealer_id: one.origin_dealer_id,
        p_inside: 0,
        log_odds: Math.log(500),
      })),
};

/** A draft: more than 30 units of a product in one day. */
const bulk: HabitRule = {
  kind: 'order_surge',
  judgeHabits: ({ orders }) =>
    orders.flatMap(({ dealer_id, sku_id, ordered }) =>
      [...ordered].flatMap((units, day) =>
        units <= 30
          ? []
          : [
              {
                kind: 'order_surge' as const,
                origin_dealer_id: dealer_id,
                sku_id,
                found_dealer_id: '',
                from: day,
                to: day + 1,
                log_odds: Math.log(5_000),
                units: units - 30,
                expected: 30,
                observed: units,
              },
            ],
      ),
    ),
};
/** A draft: a tenth below what was allowed. */
const tenth: LineRule = {
  kind: 'below_floor',
  judgeLine: ({ unit_price, floor_price }) => {
    const net = Number(unit_price);
    return net < floor_price * 0.9 ? { log_odds: Math.log(5_000), allowed: floor_price, net } : null;
  },
};
const order = (order_id: string, ago_ms: number, dealer_id: string, qty: number, unit_price: string) => ({
  event_id: order_id,
  source: 'erp',
  event_time: iso(ago_ms),
  dealer_id,
  order_id,
  line_no: 1,
  sku_id: 'S1',
  stage: 'placed',
  qty,
  unit_price,
  currency: 'CNY',
  channel: 'portal',
});

let run: ProcessorsRun;

describe('replay of a draft rule', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd());
    await run.deliver(
      'dealer',
      [
        ['D1', '330100', 'T1'],
        ['D2', '440100', 'T2'],
      ].map(([dealer_id, adcode, territory_id]) => ({
        ...version,
        event_id: dealer_id,
        dealer_id,
        name: dealer_id,
        tier: 1,
        status: 'active',
        territory_id,
        adcode,
      })),
    );
    await run.deliver(
      'territory',
      [
        ['T1', '330000'],
        ['T2', '440000'],
      ].map(([territory_id, adcode]) => ({
        ...version,
        event_id: territory_id,
        territory_id,
        name: territory_id,
        adcodes: [adcode],
      })),
    );
    const units = Array.from({ length: 6 }, (_, i) => `U${i}`);
    await run.deliver(
      'scan',
      units.flatMap((code, i) => [
        scan(`s-${code}`, 8 * DAY, { dealer_id: 'HQ', to_dealer_id: 'D1', code, biz_step: 'shipping' }),
        // Four are sold in Guangzhou, one at home, one long before the stretch is over but by its own dealer.
        scan(`r-${code}`, 3 * DAY, {
          code,
          biz_step: 'retail_selling',
          ...(i < 4 ? { dealer_id: 'D2', ...GUANGZHOU, accuracy_m: 20 } : { dealer_id: 'D1' }),
        }),
      ]),
    );
    await run.catchUp();
  }, 300_000);
  afterAll(() => run.drop());

  test('a rule of the product finds over history what it found live', async () => {
    const alerts = run.alerts();
    expect(alerts).toHaveLength(1);
    const replayed = await replayRule(run.sql, outOfTerritory, span, settings);
    expect(replayed).toMatchObject({
      asked: 6,
      asked_about: 'codes',
      signals: 4,
      precision: null,
    });
    expect(replayed.raised).toHaveLength(1);
    expect(replayed.raised[0]?.known?.alert_id).toBe(alerts[0]?.alert_id);
    expect(replayed.missed).toEqual([]);
  });

  test('a draft is held against what people said; of another stretch it says nothing; nothing is written', async () => {
    const [alert] = run.alerts();
    await run.deliver('case_transition', [
      {
        event_id: 'm1',
        source: 'cases',
        event_time: iso(0),
        alert_id: alert?.alert_id,
        from_state: 'open',
        to_state: 'confirmed',
        actor: 'admin',
      },
    ]);
    await run.catchUp();
    const before = await run.sql.query('SELECT count() AS n FROM raw_mart_diversion_signals');
    const replayed = await replayRule(run.sql, otherTill, span, settings);
    expect(replayed).toMatchObject({ signals: 4, confirmed: 1, dismissed: 0, precision: 1 });
    const long_ago = { from: new Date(now.getTime() - 90 * DAY), to: span.from };
    expect(await replayRule(run.sql, otherTill, long_ago, settings)).toMatchObject({
      asked: 0,
      signals: 0,
      raised: [],
    });
    expect(await run.sql.query('SELECT count() AS n FROM raw_mart_diversion_signals')).toEqual(before);
  });

  test('a verdict that was taken back is none: neither a draft nor the rules are held against it', async () => {
    const [alert] = run.alerts();
    const judged = () =>
      run.sql.query(
        "SELECT toUInt32(confirmed) AS confirmed, precision FROM mart_diversion_rules WHERE kind = 'out_of_territory'",
      );
    const move = { source: 'cases', alert_id: alert?.alert_id, actor: 'admin' };
    expect(await judged()).toEqual([{ confirmed: 1, precision: 1 }]);
    await run.deliver('case_transition', [
      {
        ...{ ...move, event_id: 'm2', event_time: iso(-1_000) },
        ...{ from_state: 'confirmed', to_state: 'investigating' },
      },
    ]);
    expect(await judged()).toEqual([{ confirmed: 0, precision: null }]);
    const replayed = await replayRule(run.sql, otherTill, span, settings);
    expect(replayed).toMatchObject({ signals: 4, confirmed: 0, dismissed: 0, precision: null });
    await run.deliver('case_transition', [
      {
        ...{ ...move, event_id: 'm3', event_time: iso(-2_000), reason: 'duplicate of another' },
        ...{ from_state: 'investigating', to_state: 'dismissed' },
      },
    ]);
    expect(await judged()).toEqual([{ confirmed: 0, precision: null }]);
    expect(await replayRule(run.sql, otherTill, span, settings)).toMatchObject({
      dismissed: 0,
      precision: null,
    });
  });

  describe('about orders', () => {
    beforeAll(async () => {
      await run.deliver('price', [
        { ...version, event_id: 'p1', sku_id: 'S1', floor_price: '100', currency: 'CNY' },
      ]);
      await run.deliver('order', [
        order('O1', 5 * DAY, 'D1', 4, '110'),
        order('O2', 4 * DAY, 'D1', 5, '95'),
        order('O3', 3 * DAY, 'D2', 6, '80'),
        order('O4', 30 * DAY, 'D2', 7, '80'),
        order('O5', 2 * DAY, 'D2', 40, '120'),
      ]);
      await run.catchUp();
    }, 300_000);

    test('a draft about dealers is asked about the days up to the end of the stretch', async () => {
      const replayed = await replayRule(run.sql, bulk, span, settings);
      expect(replayed).toMatchObject({ asked: 2, asked_about: 'dealers and products', signals: 1 });
      expect(replayed.raised).toMatchObject([{ kinds: ['order_surge'], origin_dealer_id: 'D2', units: 10 }]);
      const before = { from: span.from, to: new Date(now.getTime() - 3 * DAY) };
      expect(await replayRule(run.sql, bulk, before, settings)).toMatchObject({ signals: 0, raised: [] });
    });

    test('a draft about order lines is asked about those below their floor that were placed in the stretch', async () => {
      const replayed = await replayRule(run.sql, tenth, span, settings);
      expect(replayed).toMatchObject({ asked: 2, asked_about: 'order lines below the floor', signals: 1 });
      expect(replayed.raised).toMatchObject([{ kinds: ['below_floor'], origin_dealer_id: 'D2', units: 6 }]);
      const month = { from: new Date(now.getTime() - 40 * DAY), to: span.to };
      expect(await replayRule(run.sql, tenth, month, settings)).toMatchObject({ asked: 3, signals: 2 });
    });
  });
});
