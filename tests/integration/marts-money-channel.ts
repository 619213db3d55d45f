import type { MoneyEvent } from '../../models/contract/events/money.ts';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import { formatDecimal, ONE, parseDecimal } from '../../models/money/decimal.ts';
import type { RebateProgram } from '../../models/money/rebate-program.ts';
import { Random } from '../../simulator/random.ts';

/** Orders, documents and programmes whose money floats get wrong, of a chain of four dealers. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const now = new Date();
const random = new Random('money');
export const PARENTS = new Map([
  ['M1', 'M2'],
  ['M2', 'M3'],
  ['M3', ''],
  ['M4', 'M3'],
]);
export const CURRENCY_OF: Readonly<Record<string, 'CNY' | 'JPY'>> = {
  M1: 'CNY',
  M2: 'CNY',
  M3: 'CNY',
  M4: 'JPY',
};
export const iso = (ms: number): string => new Date(ms).toISOString();
export const monthOf = (event_time: string): string => iso(Date.parse(event_time) + 8 * HOUR).slice(0, 7);
export const billionths = (text: string | number): bigint => parseDecimal(String(text));
/** qty has at most 3 decimals and a price 6: the product has nine, exactly. */
export const valueOf = (event: OrderEvent): bigint =>
  (billionths(event.qty) * billionths(event.unit_price)) / ONE;

export const orders: OrderEvent[] = [];
export const documents: MoneyEvent[] = [];
for (let n = 0; n < 120; n += 1) {
  const dealer_id = random.pick([...PARENTS.keys()]);
  const placed_ms = now.getTime() - random.between(1, 200) * DAY;
  const currency = CURRENCY_OF[dealer_id] ?? 'CNY';
  const line = {
    source: 'erp',
    dealer_id,
    order_id: `O${n}`,
    line_no: 1,
    sku_id: 'S1',
    unit_price: random.pick(['0.1', '0.005', '1.005', '19.99', '1234.565', '7.333333']),
    currency,
    channel: 'portal' as const,
  };
  const qty = random.pick(['3', '0.7', '33', '1000.1', '7.125']);
  const stages: [OrderEvent['stage'], string][] = [['placed', qty]];
  const fate = random.int(0, 5);
  if (fate === 0) stages.push(['cancelled', qty]);
  if (fate > 1) stages.push(['shipped', qty]);
  if (fate === 5) stages.push(['returned', '0.1']);
  const events = stages.map(([stage, units], step) => ({
    ...line,
    event_id: `${n}-${step}`,
    event_time: iso(placed_ms + step * 7 * HOUR),
    stage,
    qty: units,
  }));
  orders.push(...events);
  const shipped = events.find(({ stage }) => stage === 'shipped');
  if (!shipped) continue;
  // A document has six decimals.
  const exact = valueOf(shipped) - (valueOf(shipped) % 1000n);
  const document = (kind: MoneyEvent['kind'], amount: bigint, after_h: number, more = {}): void => {
    documents.push({
      event_id: `doc-${documents.length}`,
      source: 'finance',
      event_time: iso(placed_ms + after_h * HOUR),
      dealer_id,
      doc_id: `doc-${documents.length}`,
      kind,
      amount: formatDecimal(amount),
      currency,
      order_id: `O${n}`,
      ...more,
    });
  };
  if (fate > 2) document('invoice', fate === 3 ? exact + ONE / 100n : exact, 20);
  if (fate > 3) document('payment', exact, 23);
  if (fate === 3) document('payment', ONE, 23);
  if (n % 9 === 0) {
    const of_rebate = { order_id: null, program_id: 'NET', period: monthOf(shipped.event_time) };
    document('rebate_claim', (ONE * 1234n) / 100n, 21, of_rebate);
    document('rebate_payment', (ONE * 1233n) / 100n, 22, of_rebate);
    // A rebate that is credited to the order.
    if (n % 2 === 0)
      document('credit_note', ONE / 2n, 23, { program_id: 'NET', period: monthOf(shipped.event_time) });
  }
}
documents.sort((a, b) => (a.event_time < b.event_time ? -1 : 1));

export const long_ago = iso(now.getTime() - 400 * DAY);
const changed = iso(now.getTime() - 100 * DAY);
export const PROGRAMS: readonly RebateProgram[] = [
  {
    program_id: 'NET',
    valid_from: long_ago,
    basis: 'net_sales',
    period: 'month',
    tiers: [
      { from: '0.5', rate_pct: '1.005' },
      { from: '1000', rate_pct: '2.5' },
      { from: '20000', rate_pct: '3.3333' },
    ],
    retroactive: false,
    split: [
      { level: 0, share_pct: '33.3333' },
      { level: 1, share_pct: '33.3333' },
      { level: 2, share_pct: '33.3334' },
    ],
  },
  {
    program_id: 'UNITS',
    valid_from: long_ago,
    basis: 'qty',
    period: 'quarter',
    tiers: [{ from: '10', rate_pct: '0.125' }],
    retroactive: false,
    split: [],
  },
  {
    program_id: 'UNITS',
    valid_from: changed,
    basis: 'qty',
    period: 'quarter',
    tiers: [
      { from: '5', rate_pct: '0.3' },
      { from: '900', rate_pct: '1.7' },
    ],
    retroactive: true,
    split: [{ level: 1, share_pct: '100' }],
  },
];
