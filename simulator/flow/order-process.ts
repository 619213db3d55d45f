import type { OrderStage } from '../../models/contract/events/order.ts';
import { decimal, fromYuan, type Tenthousandths } from '../money.ts';
import { DAY_MS, HOUR_MS, day } from '../time.ts';
import { runningPromotion } from '../demand/demand.ts';
import type { Dealer } from '../world/dealers.ts';
import type { Product } from '../world/products.ts';
import { guidePrice } from '../world/terms.ts';
import { invoice, creditNote } from './accounts.ts';
import { requestReturn } from './activity.ts';
import { after, dealerById, shelfOf, type Case, type Channel } from './channel.ts';
import { packCases, receiveCases, shipCases } from './logistics.ts';
import { HQ } from './scans.ts';

export interface OrderLine {
  readonly line_no: number;
  readonly product: Product;
  readonly qty: number;
  readonly unit_price: Tenthousandths;
  readonly promo_id: string | null;
  /** Cases found for it; as long as it is below what was ordered, the line is short. */
  cases: Case[];
  allocated_cases: number;
  open: boolean;
}

export interface Order {
  readonly order_id: string;
  readonly dealer: Dealer;
  /** Null: the manufacturer. */
  readonly supplier: Dealer | null;
  readonly lines: OrderLine[];
  readonly expedited: boolean;
  readonly channel: 'portal' | 'mobile' | 'rep' | 'edi' | 'phone';
  readonly requested_date: string;
  events: number;
  waits: number;
}

/**
 * Mean hours that an order stays in a stage before it enters the next. Finance review takes 58 of the 97 hours from placed to
 * delivered, 60 %: the bottleneck that the wallboard is to show.
 */
const DWELL_H = {
  placed: 3,
  confirmed: 2,
  rework: 6,
  finance_review: 58,
  approved: 3,
  allocated: 9,
  shipped: 22,
} as const;
const DWELL_SIGMA = 0.45;
const EXPEDITED_FACTOR = 0.35;

const REWORK_CHANCE = 0.07;
const CANCEL_CHANCE = 0.02;
const RETURN_CHANCE = 0.012;
const EXPEDITED_CHANCE = 0.06;
/** How often the manufacturer cannot ship a line in full. */
const SHORT_CHANCE = 0.025;
/** A dealer without stock is asked again this many times, a day apart, before the line is cancelled. */
const WAITS_MAX = 5;

/** Places an order of whole cases and sets it on its way. */
export function placeOrder(
  channel: Channel,
  dealer: Dealer,
  wanted: readonly { product: Product; cases: number }[],
): void {
  const random = channel.random.orders;
  const number = ++channel.born.orders;
  const order: Order = {
    order_id: `SO-${channel.options.seed}-${number}`,
    dealer,
    supplier: dealer.parent_dealer_id === '' ? null : (dealerById(channel, dealer.parent_dealer_id) ?? null),
    lines: wanted.map(({ product, cases }, i) => makeLine(channel, dealer, product, cases, i + 1)),
    expedited: random.chance(EXPEDITED_CHANCE),
    channel: random.weighted(CHANNELS, ({ weight }) => weight).channel,
    requested_date: day(channel.stream.toEventTime(channel.stream.now_ms) + random.int(4, 9) * DAY_MS),
    events: 0,
    waits: 0,
  };
  for (const line of order.lines) {
    const shelf = shelfOf(channel, dealer, line.product);
    if (shelf !== undefined) shelf.on_order += line.qty;
  }
  enter(channel, order, 'placed');
}

const CHANNELS = [
  { channel: 'mobile', weight: 45 },
  { channel: 'portal', weight: 30 },
  { channel: 'rep', weight: 12 },
  { channel: 'edi', weight: 8 },
  { channel: 'phone', weight: 5 },
] as const;

function makeLine(
  channel: Channel,
  dealer: Dealer,
  product: Product,
  cases: number,
  line_no: number,
): OrderLine {
  const promotion = runningPromotion(product, channel.stream.now_ms, channel.world.promotions);
  const haggled = channel.random.orders.between(0.98, 1);
  const fair = guidePrice(product, dealer.tier) * (1 - (promotion?.discount_pct ?? 0) / 100) * haggled;
  const unit_price = channel.injections.priced(channel, dealer, product, Math.round(fair / 100) * 100);
  const qty = cases * product.pack_qty;
  const promo_id = promotion?.promo_id ?? null;
  return { line_no, product, qty, unit_price, promo_id, cases: [], allocated_cases: 0, open: true };
}

/** The order enters a stage: its open lines say so, and what comes after is planned. */
function enter(
  channel: Channel,
  order: Order,
  stage: 'placed' | 'confirmed' | 'rework' | 'finance_review' | 'approved',
): void {
  for (const line of openLines(order))
    emitStage(
      channel,
      order,
      line,
      stage,
      line.qty,
      stage === 'rework' ? { reason: 'price or quantity to be checked' } : {},
    );
  const random = channel.random.orders;
  const next = (): void => {
    switch (stage) {
      case 'placed':
      case 'rework':
        enter(channel, order, 'confirmed');
        return;
      case 'confirmed':
        enter(channel, order, random.chance(REWORK_CHANCE) ? 'rework' : 'finance_review');
        return;
      case 'finance_review':
        if (random.chance(CANCEL_CHANCE)) cancel(channel, order, openLines(order), 'credit limit exceeded');
        else enter(channel, order, 'approved');
        return;
      case 'approved':
        allocate(channel, order);
        return;
    }
  };
  after(channel, dwell(channel, order, stage), next);
}

function dwell(channel: Channel, order: Order, stage: keyof typeof DWELL_H): number {
  const hours = channel.random.orders.logNormal(DWELL_H[stage], DWELL_SIGMA);
  return hours * HOUR_MS * (order.expedited ? EXPEDITED_FACTOR : 1);
}

/** Finds whole cases for each line: the manufacturer packs them, a dealer takes them off its shelf, or the order waits a day. */
function allocate(channel: Channel, order: Order): void {
  const random = channel.random.orders;
  for (const line of openLines(order)) {
    const ordered = line.qty / line.product.pack_qty;
    if (order.supplier === null) {
      const short = random.chance(SHORT_CHANCE) && ordered > 1;
      line.allocated_cases = short ? random.int(1, ordered - 1) : ordered;
    } else {
      const shelf = shelfOf(channel, order.supplier, line.product);
      const free = shelf === undefined ? 0 : shelf.sealed.length - shelf.reserved;
      line.allocated_cases = Math.max(0, Math.min(ordered, free));
      if (shelf !== undefined) shelf.reserved += line.allocated_cases;
    }
  }
  const found = openLines(order).filter((line) => line.allocated_cases > 0);
  if (found.length === 0 && order.waits++ < WAITS_MAX) {
    after(channel, DAY_MS, () => {
      allocate(channel, order);
    });
    return;
  }
  cancel(
    channel,
    order,
    openLines(order).filter((line) => line.allocated_cases === 0),
    'out of stock',
  );
  if (found.length === 0) return;
  for (const line of found)
    emitStage(channel, order, line, 'allocated', line.allocated_cases * line.product.pack_qty);
  const ships_in_ms = dwell(channel, order, 'allocated');
  after(channel, ships_in_ms * 0.6, () => {
    for (const line of found) line.cases = pick(channel, order, line);
  });
  after(channel, ships_in_ms, () => {
    ship(channel, order, found);
  });
}

function pick(channel: Channel, order: Order, line: OrderLine): Case[] {
  if (order.supplier === null) return packCases(channel, line.product, line.allocated_cases);
  const shelf = shelfOf(channel, order.supplier, line.product);
  if (shelf === undefined) return [];
  shelf.reserved -= line.allocated_cases;
  return shelf.sealed.splice(0, line.allocated_cases);
}

function ship(channel: Channel, order: Order, lines: readonly OrderLine[]): void {
  const shipped = lines.filter((line) => line.cases.length > 0);
  for (const line of shipped) {
    const freight = fromYuan(
      line.cases.length * channel.random.orders.between(6, 11) * (order.expedited ? 3.5 : 1),
    );
    emitStage(channel, order, line, 'shipped', shippedQty(line), { freight_cost: decimal(freight) });
    shipCases(channel, line.cases, order.supplier, order.dealer);
  }
  invoice(channel, order, shipped);
  after(channel, dwell(channel, order, 'shipped'), () => {
    for (const line of shipped) {
      emitStage(channel, order, line, 'delivered', shippedQty(line));
      const shelf = shelfOf(channel, order.dealer, line.product);
      if (shelf !== undefined) shelf.on_order -= line.qty;
      receiveCases(channel, line.cases, order.dealer);
      if (channel.random.orders.chance(RETURN_CHANCE)) planReturn(channel, order, line);
    }
  });
}

/** One case of a delivered line goes back, if it is still sealed when the return is agreed. */
function planReturn(channel: Channel, order: Order, line: OrderLine): void {
  const return_id = `RET-${order.order_id}-${line.line_no}`;
  const random = channel.random.orders;
  after(channel, random.between(1, 4) * DAY_MS, () => {
    requestReturn(channel, order.dealer, return_id, () => {
      const shelf = shelfOf(channel, order.dealer, line.product);
      const place = shelf?.sealed.findIndex((one) => line.cases.includes(one)) ?? -1;
      if (shelf === undefined || place < 0 || shelf.sealed.length <= shelf.reserved) return;
      shelf.sealed.splice(place, 1);
      emitStage(channel, order, line, 'returned', line.product.pack_qty, { reason: 'damaged in transit' });
      creditNote(channel, order, line.unit_price * line.product.pack_qty);
    });
  });
}

function cancel(channel: Channel, order: Order, lines: readonly OrderLine[], reason: string): void {
  for (const line of lines) {
    emitStage(channel, order, line, 'cancelled', line.qty, { reason });
    line.open = false;
    const shelf = shelfOf(channel, order.dealer, line.product);
    if (shelf !== undefined) shelf.on_order -= line.qty;
  }
}

export function shippedQty(line: OrderLine): number {
  return line.cases.length * line.product.pack_qty;
}

function openLines(order: Order): OrderLine[] {
  return order.lines.filter((line) => line.open);
}

function emitStage(
  channel: Channel,
  order: Order,
  line: OrderLine,
  stage: OrderStage,
  qty: number,
  more: object = {},
): void {
  channel.stream.emit(
    'order',
    `${order.order_id.slice(3 + channel.options.seed.length + 1)}-${++order.events}`,
    {
      dealer_id: order.dealer.dealer_id,
      order_id: order.order_id,
      line_no: line.line_no,
      sku_id: line.product.sku_id,
      stage,
      qty,
      unit_price: decimal(line.unit_price),
      currency: 'CNY',
      channel: order.channel,
      ...(line.promo_id === null ? {} : { promo_id: line.promo_id }),
      supplier_id: order.supplier?.dealer_id ?? HQ,
      requested_date: order.requested_date,
      expedited: order.expedited,
      ...more,
    },
  );
}
