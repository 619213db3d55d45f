import { parseDecimal } from './decimal.ts';

/** One version of a rebate programme, decimals as texts. */
export interface RebateProgram {
  readonly program_id: string;
  /** Which version it is: the instant from which it holds. */
  readonly valid_from: string;
  readonly basis: 'net_sales' | 'qty';
  readonly period: 'month' | 'quarter';
  /** Ascending by `from`; the rate holds from `from` on. */
  readonly tiers: readonly { readonly from: string; readonly rate_pct: string }[];
  /** The reached rate holds for the whole period, not only above the step. */
  readonly retroactive: boolean;
  /** Shares over the dealer's chain of parents; level 0 is the dealer itself; empty = all of it to the dealer. */
  readonly split: readonly { readonly level: number; readonly share_pct: string }[];
}

/** Months of a rebate period, and its first month: "2026-05" of a quarter → "2026-04". */
export function periodStart(month: string, period: RebateProgram['period']): string {
  if (period === 'month') return month;
  const [year = '', number = '01'] = month.split('-');
  const first = Math.floor((Number(number) - 1) / 3) * 3 + 1;
  return `${year}-${String(first).padStart(2, '0')}`;
}

/** A tier with its bounds in billionths: [from, to), the last one open. */
export interface Band {
  readonly from: bigint;
  readonly to: bigint | null;
  readonly rate_pct: bigint;
}

/** The bands of a programme's tiers. Throws RangeError unless they ascend. */
export function bandsOf(program: RebateProgram): Band[] {
  const steps = program.tiers.map((tier) => ({
    from: parseDecimal(tier.from),
    rate_pct: parseDecimal(tier.rate_pct),
  }));
  return steps.map((step, i) => {
    const to = steps[i + 1]?.from ?? null;
    if (to !== null && to <= step.from) throw new RangeError('tiers must ascend');
    return { ...step, to };
  });
}
