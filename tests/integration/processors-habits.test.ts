import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LiveRow } from '../../models/contract/live.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date();
const DAYS = 112;
const begin = now.getTime() - DAYS * DAY;
const at = (day: number, hour = 0): string => new Date(begin + day * DAY + hour * HOUR).toISOString();
const version = (event_id: string) => ({
  event_id,
  source: 'mdm',
  event_time: at(-300),
  valid_from: at(-300),
});
/** Twelve dealers around Hangzhou, some 30 km from one another. */
const DEALERS = Array.from({ length: 12 }, (_, i) => `D${String(i + 1).padStart(2, '0')}`);
/** Units of a usual order, placed every fifth day. */
const usual = (day: number, dealer: number): number => ((day + dealer) % 5 === 0 ? 48 : 0);

/** D01 surges, D03 buys for D02 too, the codes of what D05 gets go dark. */
function ordered(day: number, dealer: number): number {
  const units = usual(day, dealer);
  if (dealer === 0 && day >= 86 && day < 90) return 240;
  if (dealer === 1 && day >= 76) return 0;
  if (dealer === 2 && day >= 76) return 2 * units;
  return units;
}
const isDark = (day: number, dealer: number): boolean => dealer === 4 && day >= 80;

let run: ProcessorsRun;
const alerts = (): LiveRow<'alerts'>[] =>
  run.alerts().sort((a, b) => (a.kinds[0] ?? '').localeCompare(b.kinds[0] ?? ''));
const received = (code: string, dealer_id: string, day: number) => ({
  event_id: `r-${code}`,
  source: 'wms',
  event_time: at(day, 36),
  dealer_id,
  code,
  level: 'case',
  biz_step: 'receiving',
  sku_id: 'S1',
});
const dark: object[] = [];

/** What dealers' own orders and scans say of them, over months, on the real marts. */
describe('habits of dealers', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd());
    await run.deliver(
      'dealer',
      DEALERS.map((dealer_id, i) => ({
        ...version(dealer_id),
        dealer_id,
        name: dealer_id,
        tier: 1,
        status: 'active',
        territory_id: `T${i}`,
        adcode: '330100',
        lat: 30 + 0.3 * (i % 4),
        lon: 120 + 0.3 * Math.floor(i / 4),
      })),
    );
    await run.deliver('product', [
      {
        ...version('S1'),
        sku_id: 'S1',
        name: 'S1',
        category: 'drinks',
        unit_cost: '5.00',
        list_price: '9.00',
        currency: 'CNY',
        pack_qty: 12,
      },
    ]);
    const orders: object[] = [];
    const scans: object[] = [];
    for (let day = 0; day < DAYS - 1; day += 1)
      for (const [dealer, dealer_id] of DEALERS.entries()) {
        const qty = ordered(day, dealer);
        if (qty === 0) continue;
        const order_id = `O-${day}-${dealer}`;
        orders.push({
          event_id: order_id,
          source: 'erp',
          event_time: at(day, 2),
          dealer_id,
          order_id,
          line_no: 1,
          sku_id: 'S1',
          stage: 'placed',
          qty,
          unit_price: '7.00',
          currency: 'CNY',
          channel: 'portal',
        });
        for (let n = 0; n < 4; n += 1) {
          const code = `C-${day}-${dealer}-${n}`;
          scans.push({
            event_id: `s-${code}`,
            source: 'wms',
            event_time: at(day, 12),
            dealer_id: 'HQ',
            to_dealer_id: dealer_id,
            code,
            level: 'case',
            biz_step: 'shipping',
            sku_id: 'S1',
          });
          // One case in thirty is forgotten at the door.
          if ((day * 4 + n) % 30 === 7) continue;
          (isDark(day, dealer) ? dark : scans).push(received(code, dealer_id, day));
        }
      }
    await run.deliver('order', orders);
    await run.deliver('scan', scans);
    await run.catchUp();
  }, 300_000);
  afterAll(() => run.drop());

  test('a surge, a pair and scans that are missing are one case each, and nobody else has one', () => {
    expect(alerts().map(({ kinds, origin_dealer_id }) => [kinds[0], origin_dealer_id])).toEqual([
      ['missing_scans', 'D05'],
      ['order_surge', 'D01'],
      ['paired_buyer', 'D03'],
    ]);
    expect(alerts()[2]).toMatchObject({
      found_dealer_id: 'D02',
      found_adcode: '330100',
      sku_id: 'S1',
      codes: [],
    });
    for (const { value, units, confidence } of alerts()) {
      expect(Number(value)).toBeCloseTo(units * 9, 1);
      expect(confidence).toBeGreaterThan(0.5);
    }
  });

  test('analysts read what was expected and what was seen', async () => {
    const rows = await run.sql.query<{ kind: string; expected: number; observed: number }>(
      'SELECT kind, expected, observed FROM mart_dealer_signals ORDER BY kind',
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['missing_scans', 'order_surge', 'paired_buyer']);
    expect(rows[0]?.expected).toBeGreaterThan(0.9);
    expect(rows[0]?.observed).toBeLessThan(0.1);
    expect(rows[1]?.observed).toBeGreaterThan(2 * (rows[1]?.expected ?? NaN));
    expect(rows[2]?.observed).toBeLessThan(0.5 * (rows[2]?.expected ?? NaN));
  });

  test('a run that finds the same changes nothing', async () => {
    const versions = () =>
      run.sql.query('SELECT max(version) AS v, count() AS n FROM raw_mart_dealer_signals');
    const before = await versions();
    await run.restart();
    await run.catchUp();
    expect(await versions()).toEqual(before);
  });

  test('prices that are judged anew leave what is said of habits', async () => {
    const kinds = () => run.sql.query('SELECT kind, origin_dealer_id FROM mart_dealer_signals ORDER BY ALL');
    const before = await kinds();
    expect(before).toHaveLength(3);
    await run.rebuild();
    expect(await kinds()).toEqual(before);
  });

  test('scans that come late after all withdraw the signal and its case', async () => {
    await run.deliver('scan', dark);
    await run.catchUp();
    expect(alerts().map(({ kinds }) => kinds[0])).toEqual(['order_surge', 'paired_buyer']);
  });

  test('a promotion in the territory, of which nobody has seen the like, withdraws the surge', async () => {
    const promotion = { starts: at(84), ends: at(94), sku_ids: ['S1'], discount_pct: 10 };
    const run_again = [received('C-0-0-0', 'D01', 1)].map((scan) => ({ ...scan, event_id: 'again' }));
    await run.deliver('promotion', [
      { ...version('P1'), ...promotion, promo_id: 'P1', territory_ids: ['T3'] },
    ]);
    await run.deliver('scan', run_again);
    await run.restart();
    await run.catchUp();
    expect(alerts().map(({ kinds }) => kinds[0])).toEqual(['order_surge', 'paired_buyer']);
    await run.deliver('promotion', [
      { ...version('P2'), ...promotion, promo_id: 'P2', territory_ids: ['T0'] },
    ]);
    await run.restart();
    await run.catchUp();
    expect(alerts().map(({ kinds }) => kinds[0])).toEqual(['paired_buyer']);
  });
});
