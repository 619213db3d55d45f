import { gtin13, unitCode } from '../../simulator/codes.ts';
import { MARK_CURRENCY, OTHER_CURRENCY, PARTITIONS, markedOrderId, worthOf } from './marks.ts';

/** A feed collects events for so long, then posts them. */
export const TICK_MS = 20;
/** The share of order events; the rest are scans. */
const ORDERS_SHARE = 0.2;
const DEALERS = 200;
const PRODUCTS = 50;
const LIFE = ['placed', 'confirmed', 'approved', 'allocated', 'shipped'] as const;
const STEPS = ['commissioning', 'shipping', 'receiving', 'retail_selling'] as const;
/** So many orders, and units, are begun between two events of one: its life is spread over the run. */
const BETWEEN = 100;

/** The two requests of one tick: newline-delimited JSON. */
export interface TickBodies {
  readonly orders: string;
  readonly scans: string;
}

/**
 * Bodies of the ticks of a run at `rate` events a second, in order: every tick has one marked order for each partition,
 * the other orders and all scans are as a channel gives them. Event times are the ticks' scheduled times.
 */
export class EventStream {
  readonly #orders: number;
  readonly #scans: number;
  #order = 0;
  #scan = 0;

  constructor(rate: number) {
    const events = (rate * TICK_MS) / 1000;
    this.#orders = Math.round(events * ORDERS_SHARE);
    this.#scans = Math.round(events) - this.#orders;
    if (this.#orders < PARTITIONS)
      throw new RangeError(`at ${rate} events/s a tick has no room for the marks`);
  }

  tick(tick: number, scheduled_ms: number): TickBodies {
    const event_time = new Date(scheduled_ms).toISOString();
    let orders = '';
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      orders += orderLine(
        `mark-${tick}-${partition}`,
        event_time,
        markedOrderId(partition, tick),
        'placed',
        tick,
        worthOf(partition),
        MARK_CURRENCY,
      );
    }
    for (let i = PARTITIONS; i < this.#orders; i += 1) orders += this.#nextOrder(event_time);
    let scans = '';
    for (let i = 0; i < this.#scans; i += 1)
      scans += this.#nextScan(event_time, i === 0 ? `scan-mark-${tick}` : null);
    return { orders, scans };
  }

  #nextOrder(event_time: string): string {
    const n = this.#order++;
    const step = n % LIFE.length;
    const order = Math.floor(n / LIFE.length) - step * BETWEEN;
    // Before there are old orders, a new one takes the place of their next stage.
    const id = order < 0 ? `first-${n}` : `order-${order}`;
    const stage = order < 0 ? 'placed' : (LIFE[step] ?? 'placed');
    return orderLine(`o-${n}`, event_time, id, stage, order, '128.5000', OTHER_CURRENCY);
  }

  #nextScan(event_time: string, marked_id: string | null): string {
    const n = this.#scan++;
    const step = n % STEPS.length;
    const unit = Math.floor(n / STEPS.length) - step * BETWEEN;
    const biz_step = unit < 0 ? 'commissioning' : (STEPS[step] ?? 'commissioning');
    const product = (Math.abs(unit) % PRODUCTS) + 1;
    const dealer = dealerId(unit);
    const code = unitCode(gtin13(product), String(unit < 0 ? 500_000_000 + n : unit).padStart(9, '0'));
    const isDealers = biz_step === 'receiving' || biz_step === 'retail_selling';
    const place = isDealers
      ? `,"lat":${(22 + (n % 180) / 10).toFixed(4)},"lon":${(100 + (n % 200) / 10).toFixed(4)},"accuracy_m":20`
      : '';
    const shipped = biz_step === 'shipping' ? `,"to_dealer_id":"${dealer}"` : '';
    return `{"event_id":"${marked_id ?? `s-${n}`}","source":"bench-wms","event_time":"${event_time}","dealer_id":"${isDealers ? dealer : 'HQ'}","code":"${code}","level":"unit","biz_step":"${biz_step}","sku_id":"${skuId(product)}","lot":"L1"${shipped}${place},"device_id":"${dealer}-H1"}\n`;
  }
}

function orderLine(
  event_id: string,
  event_time: string,
  order_id: string,
  stage: string,
  n: number,
  unit_price: string,
  currency: string,
): string {
  const sku = skuId((Math.abs(n) % PRODUCTS) + 1);
  return `{"event_id":"${event_id}","source":"bench-erp","event_time":"${event_time}","dealer_id":"${dealerId(n)}","order_id":"${order_id}","line_no":1,"sku_id":"${sku}","stage":"${stage}","qty":1,"unit_price":"${unit_price}","currency":"${currency}","channel":"portal"}\n`;
}

function dealerId(n: number): string {
  return `D${String((Math.abs(n) % DEALERS) + 1).padStart(5, '0')}`;
}

function skuId(product: number): string {
  return `SKU-${String(product).padStart(4, '0')}`;
}

/** Dealers and products of the run, as reference events. */
export function referenceEvents(): { readonly dealers: object[]; readonly products: object[] } {
  const common = {
    source: 'bench-ref',
    event_time: '2026-01-01T00:00:00.000Z',
    valid_from: '2026-01-01T00:00:00.000Z',
  };
  const dealers = Array.from({ length: DEALERS }, (_, n) => ({
    ...common,
    event_id: `dealer-${n}`,
    dealer_id: dealerId(n),
    name: `Dealer ${n + 1}`,
    tier: 1,
    territory_id: '',
    adcode: '310000',
    status: 'active',
  }));
  const products = Array.from({ length: PRODUCTS }, (_, n) => ({
    ...common,
    event_id: `product-${n}`,
    sku_id: skuId(n + 1),
    gtin: gtin13(n + 1),
    name: `Product ${n + 1}`,
    category: 'bench',
    brand: 'bench',
    unit_cost: '60.0000',
    list_price: '128.5000',
    currency: OTHER_CURRENCY,
    pack_qty: 1,
    lead_time_days: 7,
    shelf_life_days: 365,
  }));
  return { dealers, products };
}
