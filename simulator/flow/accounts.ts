import { decimal, fromYuan, type Tenthousandths } from '../money.ts';
import { DAY_MS, month } from '../time.ts';
import type { Dealer } from '../world/dealers.ts';
import { REBATE_PROGRAM, rebateRate } from '../world/terms.ts';
import { after, type Channel } from './channel.ts';
import { shippedQty, type Order, type OrderLine } from './order-process.ts';

/** Days from invoice to payment. */
const PAYMENT_DAYS = [10, 40] as const;
/** Shares of documents that a reconciliation has to find: paid short, never paid, a rebate claimed too high. */
const PAID_SHORT_SHARE = 0.02;
const UNPAID_SHARE = 0.015;
const OVERCLAIMED_SHARE = 0.06;

/** Invoices what was shipped, and plans the payment. */
export function invoice(channel: Channel, order: Order, lines: readonly OrderLine[]): void {
  const amount = lines.reduce((sum, line) => sum + line.unit_price * shippedQty(line), 0);
  if (amount === 0) return;
  const random = channel.random.accounts;
  emitDocument(channel, order.dealer, 'invoice', amount, { order_id: order.order_id });
  count(channel, order.dealer, amount);
  if (random.chance(UNPAID_SHARE)) return;
  const paid = random.chance(PAID_SHORT_SHARE) ? amount - fromYuan(random.int(1, 200)) : amount;
  if (paid <= 0) return;
  after(channel, random.between(...PAYMENT_DAYS) * DAY_MS, () => {
    emitDocument(channel, order.dealer, 'payment', paid, { order_id: order.order_id });
  });
}

/** Credits what was returned. */
export function creditNote(channel: Channel, order: Order, amount: Tenthousandths): void {
  emitDocument(channel, order.dealer, 'credit_note', amount, { order_id: order.order_id });
  count(channel, order.dealer, -amount);
}

/** On the first of a month each dealer claims its rebate for the month before; some claim more than they are due. */
export function claimRebates(channel: Channel, dealers: readonly Dealer[], claimed_month: string): void {
  const random = channel.random.accounts;
  for (const dealer of dealers) {
    const net = channel.purchases.get(`${dealer.dealer_id}|${claimed_month}`) ?? 0;
    const rate = rebateRate(net / 10_000);
    channel.purchases.delete(`${dealer.dealer_id}|${claimed_month}`);
    if (rate === 0 || net <= 0) continue;
    const factor = random.chance(OVERCLAIMED_SHARE) ? random.between(1.05, 1.4) : 1;
    const amount = Math.round((net * rate * factor) / 100 / 100) * 100;
    after(channel, random.between(0.3, 4) * DAY_MS, () => {
      emitDocument(channel, dealer, 'rebate_claim', amount, {
        program_id: REBATE_PROGRAM.program_id,
        period: claimed_month,
      });
    });
  }
}

function count(channel: Channel, dealer: Dealer, amount: Tenthousandths): void {
  const key = `${dealer.dealer_id}|${month(channel.stream.now_ms)}`;
  channel.purchases.set(key, (channel.purchases.get(key) ?? 0) + amount);
}

function emitDocument(
  channel: Channel,
  dealer: Dealer,
  kind: string,
  amount: Tenthousandths,
  more: object,
): void {
  const number = String(++channel.born.documents);
  const doc_id = `DOC-${channel.options.seed}-${number}`;
  channel.stream.emit('money', number, {
    dealer_id: dealer.dealer_id,
    doc_id,
    kind,
    amount: decimal(amount),
    currency: 'CNY',
    ...more,
  });
}
