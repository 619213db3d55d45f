import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayOf } from '../../models/calendar/day.ts';
import { readDemandHistory } from '../../processors/forecast/warehouse/history.ts';
import { ProcessorsRun, TIME_ZONE } from './processors-run.ts';

/**
 * What the forecast is made of: demand with confirmed diverted units where they were consumed, and the pairs of dealer and product
 * that are to be expected. Marts are written by hand, reference data as the sink does.
 */
const now = new Date();
const DAY_MS = 86_400_000;
const ago = (days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString();
/** The local day (Shanghai) so many days ago. */
const day = (days_ago: number): string =>
  new Date(now.getTime() + 8 * 3_600_000 - days_ago * DAY_MS).toISOString().slice(0, 10);

/** Midday of that local day. */
const noon = (days_ago: number): string => `${day(days_ago)}T04:00:00.000Z`;

let run: ProcessorsRun;

const reference = (event_id: string, valid_days: number, fields: object) => ({
  ...{ event_id, source: 'mdm', event_time: ago(valid_days), valid_from: ago(valid_days) },
  ...fields,
});
const dealer = (dealer_id: string, territory_id: string, valid_days: number, status = 'active') =>
  reference(`d-${dealer_id}`, valid_days, { dealer_id, name: dealer_id, tier: 1, territory_id, status });
const product = (sku_id: string, category: string, valid_days: number) =>
  reference(`p-${sku_id}`, valid_days, { sku_id, name: sku_id, category });
const territory = (territory_id: string, adcodes: string[]) =>
  reference(`t-${territory_id}`, 400, { territory_id, name: territory_id, adcodes });

const ordered = (dealer_id: string, sku_id: string, days_ago: number, placed_qty: number) => ({
  ...{ day: day(days_ago), dealer_id, sku_id, currency: 'CNY', cost_currency: '', placed_lines: 1 },
  ...{ placed_qty: String(placed_qty), placed_value: '0', cancelled_qty: '0', cancelled_value: '0' },
  ...{ shipped_qty: '0', shipped_value: '0', shipped_cost: '0', uncosted_qty: '0' },
  ...{ returned_qty: '0', returned_value: '0', returned_cost: '0', version: 1 },
});

interface Diverted {
  readonly sku_id: string;
  readonly region: string;
  readonly state: string;
  readonly merged_into?: string;
}
const caseOf = (alert_id: string, { sku_id, region, state, merged_into = '' }: Diverted) => ({
  ...{ alert_id, state, severity: 'warning', kinds: ['out_of_territory'], confidence: 0.99 },
  ...{ origin_dealer_id: 'D1', found_dealer_id: '', found_adcode: region, sku_id, lot: alert_id, units: 0 },
  ...{ value: '0', currency: 'CNY', codes: [], assignee: '', reason: '', merged_into, member_ids: [] },
  ...{ first_event_time: ago(5), last_event_time: ago(5), raised_at: ago(5), updated_at: ago(5), version: 1 },
});
const found = (
  code: string,
  [alert_id, { sku_id, region }]: readonly [string, Diverted],
  units: number,
  { shipped_days = 9, parent_code = '', kind = 'out_of_territory', log_odds = 5 } = {},
) => ({
  ...{ code, kind, source: 'w', event_id: `${code}-${kind}`, event_time: ago(5), biz_step: 'receiving' },
  ...{ sku_id, lot: alert_id, parent_code, origin_dealer_id: 'D1', territory_id: 'T-33', log_odds, units },
  ...{ shipped_at: ago(shipped_days), found_dealer_id: '', found_adcode: region, region, session_id: '' },
  ...{ p_inside: 0.01, unit_value: null, currency: '', version: 1 },
});

const CASES: readonly (readonly [string, Diverted])[] = [
  ['lead', { sku_id: 'S1', region: '440100', state: 'confirmed' }],
  ['member', { sku_id: 'S1', region: '440100', state: 'open', merged_into: 'lead' }],
  ['open', { sku_id: 'S2', region: '440100', state: 'open' }],
  ['nobody', { sku_id: 'S3', region: '650100', state: 'confirmed' }],
  ['much', { sku_id: 'S4', region: '440100', state: 'closed' }],
  ['wrong', { sku_id: 'S2', region: '440100', state: 'closed' }],
];
const caseNamed = (name: string): readonly [string, Diverted] => {
  const one = CASES.find(([alert_id]) => alert_id === name);
  if (one === undefined) throw new Error(name);
  return one;
};
const moved = (alert_id: string, to_state: string, hours: number) => ({
  ...{ event_id: `${alert_id}-${to_state}`, source: 'server', event_time: ago(4 - hours / 24) },
  ...{ alert_id, from_state: 'open', to_state, actor: 'w', reason: 'r' },
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.deliver('territory', [
    territory('T-33', ['330000']),
    territory('T-44', ['440000']),
    territory('T-51', ['510000']),
  ]);
  await run.deliver('dealer', [
    dealer('D1', 'T-33', 400),
    dealer('D2', 'T-44', 400),
    dealer('D3', 'T-44', 400),
    dealer('GONE', 'T-44', 400, 'closed'),
    dealer('D5', 'T-51', 400),
    dealer('SHUT', 'T-51', 400),
    { ...dealer('SHUT', 'T-51', 3, 'closed'), event_id: 'd-SHUT-2' },
    { ...dealer('OVER', 'T-51', 400), valid_to: ago(3) },
    dealer('NEWCOMER', 'T-44', 5),
  ]);
  await run.deliver('product', [
    ...['S1', 'S2', 'S3', 'S4'].map((sku) => product(sku, 'tea', 400)),
    product('OTHER', 'salt', 400),
    product('LAUNCHED', 'tea', 20),
    product('STOCKED', 'salt', 400),
    { ...product('ENDED', 'salt', 400), valid_to: ago(3) },
  ]);
  await run.deliver('case_transition', [
    ...[moved('much', 'confirmed', 0), moved('much', 'closed', 1)],
    ...[moved('wrong', 'dismissed', 0), moved('wrong', 'closed', 1)],
  ]);
  await run.sql.insertRows('raw_mart_sales_days', [
    ...[ordered('D1', 'S1', 200, 7), ordered('D1', 'S1', 10, 10), ordered('D1', 'S1', 9, 10)],
    ...[ordered('D2', 'S1', 10, 30), ordered('D3', 'S1', 12, 10)],
    ...['S2', 'S3', 'S4'].map((sku) => ordered('D1', sku, 10, 20)),
    ...[ordered('D5', 'OTHER', 10, 5), ordered('D5', 'ENDED', 10, 5), ordered('D5', 'UNKNOWN', 10, 5)],
    ...['SHUT', 'OVER', 'UNKNOWN'].map((dealer_id) => ordered(dealer_id, 'OTHER', 10, 5)),
  ]);
  // S5: 500 ordered eight days ago, of which 480 were cancelled in two parts; 25 the day after.
  await run.sql.insertRows('raw_mart_sales_days', [
    { ...ordered('D5', 'S5', 8, 500), cancelled_qty: '100' },
    { ...ordered('D5', 'S5', 7, 25), cancelled_qty: '380' },
  ]);
  await run.sql.insertRows('raw_mart_order_lines', [
    {
      ...{ dealer_id: 'D5', order_id: 'O5', line_no: 1, sku_id: 'S5', currency: 'CNY', channel: 'edi' },
      ...{ ordered_qty: '500', unit_price: '1', placed_at: noon(8), reworks: 0, revisited: false },
      ...{ stage: 'cancelled', stage_since: noon(7), expedited: false },
      stages: ['placed', 'cancelled', 'cancelled'],
      entered_qty: ['500', '100', '380'],
      entered_at: [noon(8), noon(8), noon(7)],
      ...{ first_event_time: noon(8), last_event_time: noon(7), version: 1 },
    },
  ]);
  await run.sql.insertRows(
    'raw_mart_diversion_cases',
    CASES.map(([id, about]) => caseOf(id, about)),
  );
  await run.sql.insertRows('raw_mart_diversion_signals', [
    // A case of 4 with a unit of it, told twice; in the case that was merged into it another 6 under one code.
    found('C1', caseNamed('lead'), 4),
    found('C1', caseNamed('lead'), 4, { kind: 'wrong_receiver', log_odds: 4 }),
    found('C1-U1', caseNamed('lead'), 1, { parent_code: 'C1' }),
    found('C2', caseNamed('member'), 6),
    found('C3', caseNamed('open'), 5),
    found('C4', caseNamed('nobody'), 5),
    found('C5', caseNamed('much'), 100),
    found('C6', caseNamed('much'), 300, { shipped_days: 8 }),
    found('C7', caseNamed('wrong'), 5),
  ]);
  await run.sql.insertRows('raw_mart_stock_days', [
    {
      ...{ dealer_id: 'D5', sku_id: 'STOCKED', location_id: 'W1', day: day(1), currency: 'CNY', value: '0' },
      ...{ first_at: ago(1), last_at: ago(1), snapshots: 1, on_hand: '3', in_transit: '0', committed: '0' },
      ...{ available: '3', available_max: '3', value_seconds: '0', version: 1 },
    },
  ]);
}, 300_000);
afterAll(() => run.drop());

interface Demand {
  dealer_id: string;
  days_ago: number;
  ordered_qty: number;
  consumed_qty: number;
}
async function demandOf(sku: string): Promise<(string | number)[][]> {
  const rows = await run.sql.query<Demand>(
    `SELECT dealer_id, toInt32(dateDiff('day', day, toDate32({today: String}))) AS days_ago, ordered_qty, consumed_qty
     FROM mart_demand_days WHERE sku_id = {sku: String} ORDER BY dealer_id, day`,
    { params: { sku, today: day(0) } },
  );
  return rows.map((row) => [row.dealer_id, row.days_ago, row.ordered_qty, row.consumed_qty]);
}

test('what was cancelled on a later day is no demand of the day on which it was ordered, and leaves that of the later day', async () => {
  expect(await demandOf('S5')).toEqual([
    ['D5', 8, 20, 20],
    ['D5', 7, 25, 25],
  ]);
});

describe('units of confirmed cases', () => {
  test('go from who ordered them to the dealers of the region, in proportion to what those order of the product', async () => {
    // 10 units, of the 20 ordered in the four weeks before: half of each day. D2 orders three times as much as D3.
    expect(await demandOf('S1')).toEqual([
      ['D1', 200, 7, 7],
      ['D1', 10, 10, 5],
      ['D1', 9, 10, 5],
      ['D2', 10, 30, 33.75],
      ['D2', 9, 0, 3.75],
      ['D3', 12, 10, 10],
      ['D3', 10, 0, 1.25],
      ['D3', 9, 0, 1.25],
    ]);
  });

  test('stay where they were ordered while nobody has confirmed it, after it was dismissed, and where the region has no dealer', async () => {
    expect(await demandOf('S2')).toEqual([['D1', 10, 20, 20]]);
    expect(await demandOf('S3')).toEqual([['D1', 10, 20, 20]]);
  });

  test('are no more than were ordered, and go in equal parts where nobody there orders the product', async () => {
    expect(await demandOf('S4')).toEqual([
      ['D1', 10, 20, 0],
      ['D2', 10, 0, 10],
      ['D3', 10, 0, 10],
    ]);
  });

  test('are lost to nobody: both histories have the same total', async () => {
    const [total] = await run.sql.query(
      'SELECT sum(ordered_qty) AS ordered, sum(consumed_qty) AS consumed FROM mart_demand_days',
    );
    expect(total).toEqual({
      ordered: 7 + 20 + 30 + 10 + 60 + 30 + 45,
      consumed: 7 + 20 + 30 + 10 + 60 + 30 + 45,
    });
  });

  test('are demand of those dealers in what is forecast from', async () => {
    const history = await readDemandHistory(run.sql, TIME_ZONE);
    const found_demand = history?.demand.get('D3\u0000S4');
    expect(found_demand).toMatchObject({ days: [dayOf(day(10))], qtys: [10] });
    // At home there was none: that is known.
    expect(history?.demand.get('D1\u0000S4')).toMatchObject({ qtys: [0] });
  });
});

test('a launch, a new dealer and what a dealer has in stock are forecast before the first order', async () => {
  const history = await readDemandHistory(run.sql, TIME_ZONE);
  const unseen = (history?.series ?? []).filter(
    ({ dealer_id, sku_id }) => !history?.demand.has(`${dealer_id}\u0000${sku_id}`),
  );
  expect(unseen.map(({ dealer_id, sku_id, peer_share }) => [dealer_id, sku_id, peer_share])).toEqual([
    // LAUNCHED for those who order its category; S1 is what both other dealers of the newcomer's territory order.
    ['D1', 'LAUNCHED', null],
    ['D2', 'LAUNCHED', null],
    ['D3', 'LAUNCHED', null],
    ['D5', 'STOCKED', null],
    ['NEWCOMER', 'S1', 1],
  ]);
});

test('who is closed, and what has ended, is forecast no more; who is not known at all goes on', async () => {
  const history = await readDemandHistory(run.sql, TIME_ZONE);
  const seen = (history?.series ?? []).filter(({ sku_id }) => ['OTHER', 'ENDED', 'UNKNOWN'].includes(sku_id));
  expect(seen.map(({ dealer_id, sku_id }) => [dealer_id, sku_id])).toEqual([
    ['D5', 'OTHER'],
    ['D5', 'UNKNOWN'],
    ['UNKNOWN', 'OTHER'],
  ]);
});

test('a history of which a feed brings old days right now is being loaded; one of a feed that sends the day before is there', async () => {
  const isLoading = async (): Promise<boolean | undefined> => {
    const [due] = await run.sql.queryFile<{ is_due: boolean; is_loading: boolean }>(
      'queries/forecast/is-due.sql',
      { params: { time_zone: TIME_ZONE, days_min: 14 } },
    );
    expect(due?.is_due).toBe(true);
    return due?.is_loading;
  };
  let version = 0;
  const arrives = (last_event_time: string, minutes_ago: number) =>
    run.sql.insertRows('raw_mart_feed_arrivals', [
      {
        ...{
          event_type: 'order',
          source: 'erp',
          topic: 'dms.order.v1',
          partition: 0,
          chunk: 0,
          deliveries: 1,
        },
        arrived_hour: `${new Date(now.getTime() - minutes_ago * 60_000).toISOString().slice(0, 13)}:00:00Z`,
        last_ingested_at: new Date(now.getTime() - minutes_ago * 60_000).toISOString(),
        ...{ last_event_time, version: ++version },
      },
    ]);
  expect(await isLoading()).toBe(false);
  // A feed that has stopped weeks ago loads nothing.
  await arrives(noon(40), 30);
  expect(await isLoading()).toBe(false);
  await arrives(noon(30), 0);
  expect(await isLoading()).toBe(true);
  await arrives(noon(1), 0);
  expect(await isLoading()).toBe(false);
});
