import { formatDecimal, parseDecimal } from './decimal.ts';

/** What is known of one order's money. Decimals as texts, all in one currency; instants RFC 3339 UTC, null = never. */
export interface OrderAccount {
  readonly ordered: string;
  readonly cancelled: string;
  readonly shipped: string;
  readonly returned: string;
  readonly invoiced: string;
  readonly credited: string;
  readonly paid: string;
  readonly ordered_at: string | null;
  readonly shipped_at: string | null;
  readonly invoiced_at: string | null;
  readonly paid_at: string | null;
}

/** The steps between which an order's money is compared. */
export const MATCH_PAIRS = ['order_shipment', 'shipment_invoice', 'invoice_payment'] as const;
export type MatchPair = (typeof MATCH_PAIRS)[number];

/** Where two of them differ. */
export interface MatchDifference {
  readonly pair: MatchPair;
  /** Later step minus earlier one: negative = still to come, positive = too much. */
  readonly amount: string;
  /** Last movement on either side: since then they have differed at least. */
  readonly since: string | null;
  readonly age_days: number | null;
}

const DAY_MS = 86_400_000;

/**
 * Matches order ↔ shipment ↔ invoice ↔ payment of one order, net of what was cancelled, returned and credited:
 * ordered = placed − cancelled; delivered = shipped − returned; billed = invoiced − credited. Exact: a cent's difference is one.
 * @returns the differences; empty when all four agree
 */
export function threeWayMatch(account: OrderAccount, as_of: string): MatchDifference[] {
  const net = (plus: string, minus: string): bigint => parseDecimal(plus) - parseDecimal(minus);
  const shipped = parseDecimal(account.shipped);
  const delivered = net(account.shipped, account.returned);
  const billed = net(account.invoiced, account.credited);
  const found: [MatchPair, bigint, string | null][] = [
    [
      'order_shipment',
      shipped - net(account.ordered, account.cancelled),
      latest(account.ordered_at, account.shipped_at),
    ],
    ['shipment_invoice', billed - delivered, latest(account.shipped_at, account.invoiced_at)],
    ['invoice_payment', parseDecimal(account.paid) - billed, latest(account.invoiced_at, account.paid_at)],
  ];
  return found
    .filter(([, amount]) => amount !== 0n)
    .map(([pair, amount, since]) => ({
      pair,
      amount: formatDecimal(amount),
      since,
      age_days: since === null ? null : Math.floor((Date.parse(as_of) - Date.parse(since)) / DAY_MS),
    }));
}

function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}
