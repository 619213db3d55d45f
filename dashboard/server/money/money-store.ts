import { formatDecimal, minorPlaces, parseDecimal } from '../../../models/money/decimal.ts';
import { rebateOf } from '../../../models/money/rebate.ts';
import type { RebateProgram } from '../../../models/money/rebate-program.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { Difference, RebateRow, Statement } from './money-rows.ts';

/** Place of a row in the order of its list: the four texts that it is sorted by. */
export type MoneyPosition = readonly [string, string, string, string];

export interface DifferenceFilter {
  readonly dealer_id?: string;
  readonly pair?: string;
  readonly age_days_min?: number;
  readonly limit: number;
  readonly after?: MoneyPosition;
}

export interface RebateFilter {
  readonly dealer_id?: string;
  readonly program_id?: string;
  /** YYYY-MM: only periods that it lies in. */
  readonly month?: string;
  readonly limit: number;
  readonly after?: MoneyPosition;
}

/** A row of rebates.sql. */
interface StoredRebate {
  readonly program_id: string;
  readonly dealer_id: string;
  readonly dealer_name: string;
  readonly currency: string;
  readonly period: 'month' | 'quarter';
  readonly period_start: string;
  readonly period_end: string;
  readonly is_over: boolean;
  readonly version_from: string | null;
  readonly basis: RebateProgram['basis'];
  readonly retroactive: boolean;
  readonly tiers: readonly (readonly [string, string])[];
  readonly net_sales: string;
  readonly qty: string;
  readonly amount: string;
  readonly claimed: string | null;
  readonly booked: string | null;
  readonly difference: string | null;
  readonly reason: string;
  readonly parts: readonly (readonly [string, number, string, string])[];
}

const STATEMENTS_MAX = 120;
/** So many periods a dealer has at least in most channels that look at rebates: to ask again costs more than a few rows too many. */
const PERIODS_OF_A_DEALER = 2;
/** A programme and a dealer. */
type RebatePair = readonly [string, string];
const FIRST: MoneyPosition = ['', '', '', ''];

/** The money marts, read for the HTTP calls. Throws SqlError. */
export class MoneyStore {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  async differences(filter: DifferenceFilter): Promise<Difference[]> {
    const { dealer_id = '', pair = '', age_days_min = 0, after = FIRST, limit } = filter;
    const rows = await this.#sql.queryFile<Difference & { readonly reason: string }>(
      'queries/server/reconciliation.sql',
      {
        params: { dealer_id, pair, age_days_min, after, limit },
      },
    );
    return rows.map(({ reason, ...row }) => ({ ...row, ...(reason !== '' && { reason }) }));
  }

  statements(dealer_id: string): Promise<Statement[]> {
    return this.#sql.queryFile<Statement>('queries/server/statements.sql', {
      params: { dealer_id, limit: STATEMENTS_MAX },
    });
  }

  async rebates(filter: RebateFilter): Promise<RebateRow[]> {
    const { dealer_id = '', program_id = '', month = '', after = FIRST, limit } = filter;
    const rows: StoredRebate[] = [];
    let from: RebatePair = [after[0], after[1]];
    // A rebate is computed when it is asked for: of as many dealers as the page may need, and of more while it is not full.
    let pairs_max = month === '' ? Math.ceil(limit / PERIODS_OF_A_DEALER) : limit;
    for (let is_first = true; rows.length < limit; is_first = false, pairs_max *= 4) {
      const pairs = await this.#sql.queryFile<{ program_id: string; dealer_id: string }>(
        'queries/server/rebate-dealers.sql',
        { params: { dealer_id, program_id, from, is_inside: is_first ? 1 : 0, limit: pairs_max } },
      );
      const [first] = pairs;
      const last = pairs.at(-1);
      if (first === undefined || last === undefined) break;
      from = [last.program_id, last.dealer_id];
      rows.push(
        ...(await this.#sql.queryFile<StoredRebate>('queries/server/rebates.sql', {
          params: {
            dealers: [...new Set(pairs.map((pair) => pair.dealer_id))],
            first: [first.program_id, first.dealer_id],
            last: from,
            ...quarterOf(month),
            program_id,
            month,
            after,
            limit: limit - rows.length,
          },
        })),
      );
      if (pairs.length < pairs_max) break;
    }
    return rows.map(rebateRowOf);
  }
}

/** The days of the quarter that a month, YYYY-MM, lies in: no period reaches beyond. '' = all that ClickHouse has days for. */
function quarterOf(month: string): { first_day: string; end_day: string } {
  const [year = 0, number = 0] = month.split('-').map(Number);
  if (year < 1900 || year > 2298) return { first_day: '1900-01-01', end_day: '2299-12-31' };
  const first = Math.floor((number - 1) / 3) * 3;
  const dayOf = (at: number) => new Date(Date.UTC(year, at)).toISOString().slice(0, 10);
  return { first_day: dayOf(first), end_day: dayOf(first + 3) };
}

function rebateRowOf(row: StoredRebate): RebateRow {
  const {
    program_id,
    dealer_id,
    dealer_name,
    currency,
    period,
    period_start,
    period_end,
    is_over,
    claimed,
    booked,
    difference,
  } = row;
  return {
    program_id,
    dealer_id,
    dealer_name,
    currency,
    period,
    period_start,
    period_end,
    is_over,
    amount: formatDecimal(parseDecimal(row.amount), minorPlaces(currency)),
    claimed,
    booked,
    difference,
    ...(row.reason !== '' && { reason: row.reason }),
    derivation: derivationOf(row),
    parts: row.parts.map(([member, level, share_pct, amount]) => ({
      dealer_id: member,
      level,
      share_pct,
      amount,
    })),
  };
}

/**
 * The derivation by the model. It must come to what the mart came to by its own way: two computations that differ are a fault
 * that nobody is shown as money, so that it throws.
 */
function derivationOf(row: StoredRebate): RebateRow['derivation'] {
  const { version_from, basis, retroactive, net_sales, qty, currency, program_id, period } = row;
  if (version_from === null) return null;
  const tiers = row.tiers.map(([from, rate_pct]) => ({ from, rate_pct }));
  const rebate = rebateOf(
    { program_id, valid_from: version_from, basis, period, tiers, retroactive, split: [] },
    { net_sales, qty, currency },
  );
  if (parseDecimal(rebate.amount) !== parseDecimal(row.amount)) {
    throw new Error(
      `rebate ${program_id} of ${row.dealer_id}, ${row.period_start}: ${row.amount} stored, ${rebate.amount} derived`,
    );
  }
  return {
    version_from,
    basis,
    retroactive,
    basis_value: rebate.basis_value,
    net_sales,
    qty,
    steps: [...rebate.steps],
  };
}
