import type { ScanEvent } from '../../models/contract/events/scan.ts';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import type { StockEvent } from '../../models/contract/events/stock.ts';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { Random } from '../../simulator/random.ts';

/** A small channel whose figures a test can compute by hand: orders, snapshots, scans, with one diversion in it. */
export interface Channel {
  readonly orders: readonly OrderEvent[];
  readonly stock: readonly StockEvent[];
  readonly scans: readonly ScanEvent[];
  readonly references: readonly { readonly type: EventTypeName; readonly event: object }[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const DEALERS = [
  { dealer_id: 'D1', name: '杭州一号', adcode: '330100', territory_id: 'T-33', lon: 120.16, lat: 30.27 },
  { dealer_id: 'D2', name: '广州二号', adcode: '440100', territory_id: 'T-44', lon: 113.27, lat: 23.13 },
  { dealer_id: 'D3', name: '成都三号', adcode: '510100', territory_id: 'T-51', lon: 104.07, lat: 30.67 },
] as const;
export const SKUS = ['S1', 'S2', 'S3'] as const;
/** Cost of a unit of each product, and of S1 before its price rose 20 days ago. */
export const UNIT_COST = { S1: '12.50', S2: '7.30', S3: '20.01' } as const;
export const S1_COST_BEFORE = '11.10';
export const COST_ROSE_DAYS_AGO = 20;

export function channelOf(seed: string, now: Date): Channel {
  const random = new Random(seed);
  return {
    orders: ordersOf(random.fork('orders'), now),
    stock: stockOf(random.fork('stock'), now),
    scans: scansOf(now),
    references: referencesOf(now),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Ways of a line through its stages, with parts shipped apart, a loop of rework, an end before the shipment. */
const WAYS: readonly (readonly OrderEvent['stage'][])[] = [
  ['placed', 'confirmed', 'finance_review', 'approved', 'allocated', 'shipped', 'delivered'],
  ['placed', 'confirmed', 'rework', 'confirmed', 'approved', 'shipped', 'shipped', 'delivered', 'returned'],
  ['placed', 'finance_review', 'rework', 'finance_review', 'cancelled'],
  ['placed', 'approved', 'shipped'],
];

function ordersOf(random: Random, now: Date): OrderEvent[] {
  const events: OrderEvent[] = [];
  for (let order = 0; order < 160; order += 1) {
    const dealer = random.pick(DEALERS).dealer_id;
    const placed_ms = now.getTime() - random.between(0.01, 60) * DAY;
    for (let line_no = 1; line_no <= random.int(1, 3); line_no += 1) {
      const way = random.pick(WAYS);
      const qty = random.int(2, 40) * 2;
      const requested = random.chance(0.5) ? iso(placed_ms + random.int(1, 9) * DAY).slice(0, 10) : null;
      const parts = way.filter((stage) => stage === 'shipped').length;
      const line = {
        source: 'erp',
        dealer_id: dealer,
        order_id: `O${order}`,
        line_no,
        sku_id: random.pick(SKUS),
        unit_price: `${random.int(10, 60)}.${random.int(10, 99)}`,
        currency: 'CNY' as const,
        channel: 'portal' as const,
        requested_date: requested,
      };
      let at_ms = placed_ms;
      way.forEach((stage, step) => {
        if (at_ms <= now.getTime()) {
          events.push({
            ...line,
            event_id: `o${order}-${line_no}-${step}`,
            event_time: iso(at_ms),
            stage,
            qty: stage === 'shipped' ? qty / parts : stage === 'returned' ? 1 : qty,
          });
        }
        at_ms += random.between(0.5, 70) * HOUR;
      });
    }
  }
  return events;
}

function stockOf(random: Random, now: Date): StockEvent[] {
  const events: StockEvent[] = [];
  for (const { dealer_id } of DEALERS) {
    for (const sku_id of SKUS) {
      for (let location = 1; location <= random.int(1, 2); location += 1) {
        let at_ms = now.getTime() - 50 * DAY;
        for (let n = 0; at_ms <= now.getTime(); n += 1) {
          const on_hand = random.chance(0.25) ? 0 : random.int(1, 300);
          events.push({
            event_id: `st-${dealer_id}-${sku_id}-${location}-${n}`,
            source: 'wms',
            event_time: iso(at_ms),
            dealer_id,
            location_id: `${dealer_id}-L${location}`,
            sku_id,
            on_hand,
            in_transit: 0,
            committed: random.chance(0.3) ? 5 : 0,
            unit_cost: UNIT_COST[sku_id],
            currency: 'CNY',
          });
          at_ms += random.between(2, 60) * HOUR;
        }
      }
    }
  }
  return events;
}

/** Units in each case of the scans. */
export const UNITS_PER_CASE = 4;

/**
 * Ten cases for each dealer, shipped over 30 days; the dealer receives them and sells units at home, but for every fifth,
 * which nobody scans again. Two cases of D1 turn up at D2 in Guangzhou, two of whose units are sold there: the diversion.
 * A consumer from home scans one unit on holiday: no diversion.
 */
function scansOf(now: Date): ScanEvent[] {
  const events: ScanEvent[] = [];
  const scan = (
    code: string,
    biz_step: ScanEvent['biz_step'],
    at_ms: number,
    fields: Partial<ScanEvent>,
  ): void => {
    events.push({
      event_id: `sc-${events.length}`,
      source: 'wms',
      event_time: iso(at_ms),
      dealer_id: 'HQ',
      code,
      level: code.includes('-U') ? 'unit' : 'case',
      biz_step,
      sku_id: 'S1',
      lot: 'LOT-7',
      ...fields,
    });
  };
  for (const dealer of DEALERS) {
    for (let n = 0; n < 10; n += 1) {
      const code = `CASE-${dealer.dealer_id}-${n}`;
      const shipped_ms = now.getTime() - (4 + n * 3) * DAY;
      for (let unit = 0; unit < UNITS_PER_CASE; unit += 1) {
        scan(`${code}-U${unit}`, 'packing', shipped_ms - DAY, { parent_code: code });
      }
      scan(code, 'shipping', shipped_ms, { to_dealer_id: dealer.dealer_id });
      if (n % 5 === 4) continue;
      const is_diverted = dealer.dealer_id === 'D1' && n < 2;
      const found = is_diverted ? DEALERS[1] : dealer;
      const place = { lon: found.lon, lat: found.lat, accuracy_m: 20, dealer_id: found.dealer_id };
      scan(code, 'receiving', shipped_ms + DAY, place);
      for (let unit = 0; unit < 2; unit += 1)
        scan(`${code}-U${unit}`, 'retail_selling', shipped_ms + 2 * DAY, place);
      if (n === 3) {
        scan(`${code}-U3`, 'consumer_scan', shipped_ms + 3 * DAY, { dealer_id: '', lon: 109.51, lat: 18.25 });
      }
    }
  }
  return events;
}

function referencesOf(now: Date): Channel['references'] {
  const long_ago = iso(now.getTime() - 400 * DAY);
  const rose = iso(now.getTime() - COST_ROSE_DAYS_AGO * DAY);
  const common = (id: string, valid_from: string) => ({
    event_id: id,
    source: 'mdm',
    event_time: long_ago,
    valid_from,
  });
  const product = (sku_id: string, unit_cost: string, valid_from: string, n: number) => ({
    type: 'product' as const,
    event: {
      ...common(`p-${sku_id}-${n}`, valid_from),
      sku_id,
      name: sku_id,
      category: 'drinks',
      unit_cost,
      list_price: '30.10',
      currency: 'CNY',
      pack_qty: UNITS_PER_CASE,
    },
  });
  return [
    ...DEALERS.map((dealer) => ({
      type: 'dealer' as const,
      event: { ...common(`d-${dealer.dealer_id}`, long_ago), ...dealer, tier: 1, status: 'active' },
    })),
    ...DEALERS.map(({ territory_id, adcode }) => ({
      type: 'territory' as const,
      event: {
        ...common(`t-${territory_id}`, long_ago),
        territory_id,
        name: territory_id,
        adcodes: [`${adcode.slice(0, 2)}0000`],
      },
    })),
    product('S1', S1_COST_BEFORE, long_ago, 0),
    product('S1', UNIT_COST.S1, rose, 1),
    product('S2', UNIT_COST.S2, long_ago, 0),
    product('S3', UNIT_COST.S3, long_ago, 0),
  ];
}
