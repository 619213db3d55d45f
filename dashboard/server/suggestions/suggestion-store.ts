import type { SuggestionFilter, SuggestionList } from '../../../processors/exports/suggestion-exports.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { Decision, OrderRow, TransferRow } from './suggestion-rows.ts';

/** The lists of suggestions, each with its rows. */
export interface SuggestionRows {
  readonly replenishment: OrderRow;
  readonly transfers: TransferRow;
}

/** A place in a list, by the id before it; '' or none = its beginning. */
interface Position {
  readonly after?: string | undefined;
}

/** Suggestions and decisions in ClickHouse. */
export class SuggestionStore {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  list<List extends SuggestionList>(
    name: List,
    filter: SuggestionFilter & Position,
    limit: number,
  ): Promise<SuggestionRows[List][]> {
    return this.#sql.queryFile(`queries/server/${name}.sql`, { params: paramsOf(filter, limit) });
  }

  async find(id: string): Promise<{ readonly qty: number; readonly state: string } | undefined> {
    const [row] = await this.#sql.queryFile<{ qty: number; state: string }>('queries/server/suggestion.sql', {
      params: { id },
    });
    return row;
  }

  async decide(decision: Decision): Promise<void> {
    await this.#sql.insertRows('raw_mart_suggestion_decisions', [decision]);
  }
}

function paramsOf(
  { dealer_id = '', sku_id = '', state = '', after = '' }: SuggestionFilter & Position,
  limit: number,
) {
  return { dealer_id, sku_id, state, after, limit };
}
