import { DAY_MS } from '../calendar/day.ts';
import { divideRounded, formatDecimal, minorUnit, parseDecimal } from './decimal.ts';

/**
 * What moves the money of an order: its lines' stages, and the documents that name it. `rebate` is a credit note that names a rebate programme
 * too: it pays what is invoiced, and corrects no invoice.
 */
export const MATCH_STEPS = [
  'placed',
  'cancelled',
  'shipped',
  'returned',
  'invoice',
  'credit_note',
  'rebate',
  'payment',
] as const;
export type MatchStep = (typeof MATCH_STEPS)[number];

/** One movement. Decimals as texts, instants RFC 3339 UTC. */
export interface OrderMovement {
  readonly step: MatchStep;
  readonly amount: string;
  readonly event_time: string;
}

/** The steps between which an order's money is compared. */
export const MATCH_PAIRS = ['order_shipment', 'shipment_invoice', 'invoice_payment'] as const;
export type MatchPair = (typeof MATCH_PAIRS)[number];

/** Where two of them differ. */
export interface MatchDifference {
  readonly pair: MatchPair;
  /** Later step minus earlier one: negative = still to come, positive = too much. */
  readonly amount: string;
  /** The oldest movement that is open: first in first out, what the other side does not cover. */
  readonly since: string;
  readonly age_days: number;
}

/** A side of a pair: what adds to it less what takes from it. */
interface Side {
  readonly adds: readonly MatchStep[];
  readonly takes?: MatchStep;
}

const SIDES: Readonly<Record<MatchPair, readonly [earlier: Side, later: Side]>> = {
  order_shipment: [{ adds: ['placed'], takes: 'cancelled' }, { adds: ['shipped'] }],
  shipment_invoice: [
    { adds: ['shipped'], takes: 'returned' },
    { adds: ['invoice'], takes: 'credit_note' },
  ],
  invoice_payment: [{ adds: ['invoice'], takes: 'credit_note' }, { adds: ['payment', 'rebate'] }],
};

/**
 * Matches order ↔ shipment ↔ invoice ↔ payment of one order, net of what was cancelled, returned and credited. Each side is rounded
 * once to the smallest unit of the currency, as an invoice is; then a cent's difference is one.
 * @param movements of one order, all in one currency
 * @returns the differences; empty when all four agree
 */
export function threeWayMatch(
  movements: readonly OrderMovement[],
  currency: string,
  as_of: string,
): MatchDifference[] {
  const unit = minorUnit(currency);
  const payable = (amount: bigint): bigint => divideRounded(amount, unit) * unit;
  return MATCH_PAIRS.flatMap((pair) => {
    const [earlier, later] = SIDES[pair];
    const earlier_amount = payable(sum(movements, (one) => amountOf(one, earlier)));
    const later_amount = payable(sum(movements, (one) => amountOf(one, later)));
    const difference = later_amount - earlier_amount;
    if (difference === 0n) return [];
    const since = oldestOpen(
      movements.map((one) => {
        const amount = amountOf(one, later) - amountOf(one, earlier);
        return { event_time: one.event_time, amount: difference < 0n ? -amount : amount };
      }),
      payable,
    );
    const age_days = Math.floor((Date.parse(as_of) - Date.parse(since)) / DAY_MS);
    return [{ pair, amount: formatDecimal(difference), since, age_days }];
  });
}

/** What a movement adds to a side, billionths. A document may be negative. */
function amountOf({ step, amount }: OrderMovement, { adds, takes }: Side): bigint {
  if (adds.includes(step)) return parseDecimal(amount);
  return step === takes ? -parseDecimal(amount) : 0n;
}

/** First in first out: when the first of the movements above 0 was that those below 0 do not cover. */
function oldestOpen(
  movements: readonly { readonly event_time: string; readonly amount: bigint }[],
  payable: (amount: bigint) => bigint,
): string {
  const covered = payable(-sum(movements, ({ amount }) => (amount < 0n ? amount : 0n)));
  const open = movements
    .filter(({ amount }) => amount > 0n)
    .sort((a, b) => Date.parse(a.event_time) - Date.parse(b.event_time));
  let reached = 0n;
  // Where only the rounding of each side makes the difference, none lies beyond the cover: the last made it.
  const found = open.find(({ amount }) => payable((reached += amount)) > covered) ?? open.at(-1);
  if (found === undefined) throw new RangeError('a difference without a movement that makes it');
  return found.event_time;
}

function sum<T>(list: readonly T[], of: (one: T) => bigint): bigint {
  return list.reduce((all, one) => all + of(one), 0n);
}
