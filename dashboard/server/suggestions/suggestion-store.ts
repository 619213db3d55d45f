import type { SuggestionFilter, SuggestionList } from '../../../processors/exports/suggestion-exports.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { Benefit, Decision, OrderRow, TransferRow } from './suggestion-rows.ts';

/** The lists of suggestions, each with its rows. */
export interface SuggestionRows {
  readonly replenishment: OrderRow;
  readonly transfers: TransferRow;
}

/** A place in a list, by the id before it; '' or none = its beginning. */
interface Position {
  readonly after?: string | undefined;
}

type Stored<Row> = Omit<Row, keyof Benefit>;

const NOT_ACCEPTED: Benefit = {
  stockout_days: null,
  stockout_days_without: null,
  lost_qty: null,
  lost_qty_without: null,
  saved_days: null,
  saved_qty: null,
  benefit_reason: 'not accepted',
};

interface FoundSuggestion {
  readonly kind: 'replenishment' | 'transfer';
  readonly qty: number;
  readonly state: string;
}

/** Suggestions and decisions in ClickHouse. */
export class SuggestionStore {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  async list<List extends SuggestionList>(
    name: List,
    filter: SuggestionFilter & Position,
    limit: number,
  ): Promise<SuggestionRows[List][]> {
    const rows = await this.#sql.queryFile<Stored<OrderRow | TransferRow>>(`queries/server/${name}.sql`, {
      params: paramsOf(filter, limit),
    });
    const benefits = await this.#benefitsOf(
      rows.filter(isAccepted).map(({ suggestion_id }) => suggestion_id),
    );
    return rows.map((row) => ({
      ...row,
      ...(benefits.get(row.suggestion_id) ?? NOT_ACCEPTED),
    })) as SuggestionRows[List][];
  }

  async #benefitsOf(ids: readonly string[]): Promise<ReadonlyMap<string, Benefit>> {
    if (ids.length === 0) return new Map();
    const found = await this.#sql.queryFile<Benefit & { readonly suggestion_id: string }>(
      'queries/server/suggestion-benefits.sql',
      { params: { ids } },
    );
    return new Map(found.map(({ suggestion_id, ...benefit }) => [suggestion_id, benefit]));
  }

  async find(id: string): Promise<FoundSuggestion | undefined> {
    const [row] = await this.#sql.queryFile<FoundSuggestion>('queries/server/suggestion.sql', {
      params: { id },
    });
    return row;
  }

  /** Units that the giver of a suggested transfer can give for it, what was decided on its other ones aside; undefined for an order. */
  async spare(id: string): Promise<{ readonly from_dealer_id: string; readonly spare: number } | undefined> {
    const [row] = await this.#sql.queryFile<{ from_dealer_id: string; spare: number }>(
      'queries/server/transfer-spare.sql',
      { params: { id } },
    );
    return row;
  }

  async decide(decision: Decision): Promise<void> {
    await this.#sql.insertRows('raw_mart_suggestion_decisions', [decision]);
  }
}

function isAccepted({ state, decided_qty }: Stored<OrderRow | TransferRow>): boolean {
  return (state === 'accepted' || state === 'edited') && (decided_qty ?? 0) > 0;
}

function paramsOf(
  { dealer_id = '', sku_id = '', state = '', after = '' }: SuggestionFilter & Position,
  limit: number,
) {
  return { dealer_id, sku_id, state, after, limit };
}
