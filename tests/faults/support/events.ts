import type { EventTypeName } from '../../../models/contract/registry.ts';

/** A valid event of each type, number `i` of `source`, as it travels in Kafka. */
export function eventOf(type: EventTypeName, i: number, source = 'erp-test'): Record<string, unknown> {
  const event_time = new Date(Date.UTC(2026, 9, 1) + (i % 40_000) * 61_000).toISOString();
  return { event_id: `${type}-${i}`, source, event_time, ...FIELDS[type](i, event_time) };
}

type Fields = (i: number, event_time: string) => Record<string, unknown>;

const dealer_id = (i: number): string => `D${i % 500}`;
const sku_id = (i: number): string => `S${i % 200}`;

const FIELDS: Readonly<Record<EventTypeName, Fields>> = {
  order: (i) => ({
    dealer_id: dealer_id(i),
    order_id: `O${i >> 2}`,
    line_no: (i & 3) + 1,
    sku_id: sku_id(i),
    stage: 'placed',
    qty: (i % 50) + 1,
    unit_price: `${i % 90}.2500`,
    currency: 'CNY',
    channel: 'portal',
    requested_date: '2026-02-01',
    expedited: i % 7 === 0,
  }),
  scan: (i) => ({
    dealer_id: dealer_id(i),
    code: `urn:epc:id:sgtin:6901234.0${i % 10}.${i}`,
    level: 'unit',
    biz_step: 'receiving',
    sku_id: sku_id(i),
    lot: `L${i % 30}`,
    lat: 31 + (i % 100) / 100,
    lon: 121 + (i % 100) / 100,
    accuracy_m: 12,
    device_id: `pda-${i % 40}`,
  }),
  stock: (i) => ({
    dealer_id: dealer_id(i),
    location_id: `W${i % 9}`,
    sku_id: sku_id(i),
    on_hand: i % 300,
    in_transit: i % 20,
    committed: i % 10,
    unit_cost: '8.50',
    currency: 'CNY',
  }),
  money: (i) => ({
    dealer_id: dealer_id(i),
    doc_id: `INV${i}`,
    kind: 'invoice',
    amount: `${i}.10`,
    currency: 'CNY',
  }),
  activity: (i) => ({ dealer_id: dealer_id(i), kind: 'login', user_ref: `用户${i % 5}` }),
  dealer: (i, valid_from) => ({
    dealer_id: dealer_id(i),
    valid_from,
    name: `经销商 ${i % 500}`,
    tier: 1,
    territory_id: `T${i % 30}`,
    adcode: '310000',
    status: 'active',
  }),
  product: (i, valid_from) => ({
    sku_id: sku_id(i),
    valid_from,
    name: `产品 ${i}`,
    category: 'c',
    pack_qty: 12,
  }),
  territory: (i, valid_from) => ({
    territory_id: `T${i % 30}`,
    valid_from,
    name: 'East',
    adcodes: ['310000', '320000'],
  }),
  price: (i, valid_from) => ({ sku_id: sku_id(i), valid_from, floor_price: '9.90', currency: 'CNY' }),
  promotion: (i, valid_from) => ({
    promo_id: `P${i}`,
    valid_from,
    sku_ids: [sku_id(i)],
    starts: valid_from,
    ends: '2027-01-01T00:00:00.000Z',
    discount_pct: 10,
  }),
  rebate_program: (i, valid_from) => ({
    program_id: `R${i}`,
    valid_from,
    basis: 'net_sales',
    period: 'month',
    tiers: [{ from: 0, rate_pct: 1 }],
    retroactive: true,
  }),
  case_transition: (i) => ({
    alert_id: `A${i}`,
    from_state: 'open',
    to_state: 'acknowledged',
    actor: 'test',
  }),
  scan_retraction: (i) => ({
    dealer_id: `D${i % 40}`,
    code: `https://id.gs1.org/01/09506000134352/21/R${i}`,
    reason: 'incorrect_data',
  }),
  evidence_pack: (i) => ({
    alert_id: `A${i}`,
    state: 'open',
    actor: 'test',
    digest: '0'.repeat(64),
    size_bytes: i,
    version: '0',
  }),
  case_grouping: (i) => ({
    lead_alert_id: `A${i}`,
    action: 'merge',
    member_ids: [`A${i + 1}`],
    actor: 'test',
  }),
};
