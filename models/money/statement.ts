import { formatDecimal, parseDecimal } from './decimal.ts';

/** A document of a dealer's account. `amount`: decimal text. */
export interface AccountDocument {
  readonly doc_id: string;
  readonly kind: 'invoice' | 'payment' | 'credit_note' | 'rebate_claim' | 'rebate_payment';
  /** YYYY-MM in the zone of the installation. */
  readonly month: string;
  readonly amount: string;
}

/** A dealer's account in one month, decimals as texts; what the dealer owes is positive. */
export interface MonthStatement {
  readonly month: string;
  readonly opening: string;
  readonly invoiced: string;
  readonly paid: string;
  readonly credited: string;
  readonly rebated: string;
  /** opening + invoiced − paid − credited − rebated */
  readonly closing: string;
}

/**
 * Statements of one dealer and currency, month by month, each opening as the one before closed. A claim of a rebate changes no
 * balance, its payment does. Months without a document are left out: nothing changed in them.
 */
export function monthStatements(documents: readonly AccountDocument[]): MonthStatement[] {
  const months = [...new Set(documents.map(({ month }) => month))].sort();
  let balance = 0n;
  return months.map((month) => {
    const of = (kind: AccountDocument['kind']): bigint =>
      documents
        .filter((document) => document.month === month && document.kind === kind)
        .reduce((sum, { amount }) => sum + parseDecimal(amount), 0n);
    const opening = balance;
    const invoiced = of('invoice');
    const paid = of('payment');
    const credited = of('credit_note');
    const rebated = of('rebate_payment');
    balance = opening + invoiced - paid - credited - rebated;
    return {
      month,
      opening: formatDecimal(opening),
      invoiced: formatDecimal(invoiced),
      paid: formatDecimal(paid),
      credited: formatDecimal(credited),
      rebated: formatDecimal(rebated),
      closing: formatDecimal(balance),
    };
  });
}
