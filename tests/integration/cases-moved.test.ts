import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClickHouseCases } from '../../dashboard/server/cases/clickhouse-cases.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const begin = new Date();
const iso = (ago_ms: number): string => new Date(begin.getTime() - ago_ms).toISOString();
let run: ProcessorsRun;
let alert_id = '';

/** Two lines below the floor: a case. */
beforeAll(async () => {
  run = await ProcessorsRun.create(begin);
  await run.restart(casesAnd());
  const version = { source: 'mdm', event_time: iso(9_000 * HOUR), valid_from: iso(9_000 * HOUR) };
  const dealer = {
    dealer_id: 'D1',
    name: 'D1',
    tier: 1,
    status: 'active',
    territory_id: 'T',
    adcode: '330100',
  };
  const product = { sku_id: 'S1', name: 'S1', category: 'c', unit_cost: '50.00', currency: 'CNY' };
  await run.deliver('dealer', [{ ...version, event_id: 'd', ...dealer }]);
  await run.deliver('product', [{ ...version, event_id: 'p', ...product }]);
  await run.deliver('price', [
    { ...version, event_id: 'f', sku_id: 'S1', floor_price: '100.00', currency: 'CNY' },
  ]);
  const line = { source: 'erp', event_time: iso(2 * HOUR), dealer_id: 'D1', line_no: 1, sku_id: 'S1' };
  const money = { qty: 10, unit_price: '60.00', currency: 'CNY', channel: 'portal', stage: 'placed' };
  await run.deliver('order', [{ ...line, ...money, event_id: 'o', order_id: 'A' }]);
  await run.catchUp();
  const [raised] = await run.sql.query<{ alert_id: string }>('SELECT alert_id FROM mart_diversion_cases');
  alert_id = raised?.alert_id ?? '';
}, 300_000);
afterAll(() => run.drop());

it('a case shows its moves before the processors have folded them in, and the same afterwards', async () => {
  const cases = new ClickHouseCases(run.sql);
  expect(await cases.find(alert_id)).toMatchObject({ state: 'open' });
  const path = ['open', 'acknowledged', 'investigating'];
  for (const [i, to_state] of path.slice(1).entries()) {
    const move = { alert_id, from_state: path[i], to_state, actor: 'li.wei', reason: `to ${to_state}` };
    const event_time = new Date(begin.getTime() + 1_000 * i).toISOString();
    const event = { event_id: to_state, source: 'dealerstream-server', event_time, ...move };
    await run.deliver('case_transition', [{ ...event, ...(i === 0 && { assignee: 'li.wei' }) }]);
  }
  const before = await cases.find(alert_id);
  const moved = { state: 'investigating', reason: 'to investigating', assignee: 'li.wei' };
  expect(before).toMatchObject(moved);
  expect(await cases.list({ limit: 10 })).toEqual([before]);
  run.moveTo(new Date(begin.getTime() + 60_000));
  await run.catchUp();
  const stored = await run.sql.query('SELECT state FROM mart_diversion_cases');
  expect(stored).toEqual([{ state: 'investigating' }]);
  expect(await cases.find(alert_id)).toMatchObject(moved);
  expect(await cases.find('none')).toBeUndefined();
});
