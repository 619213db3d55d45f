import type { Readable } from 'node:stream';
import type { SqlClient } from '../../../sql/client.ts';
import type { Decision, OrderRow, TransferRow } from './suggestion-rows.ts';

/** The lists of suggestions, each with its rows. */
export interface SuggestionRows {
  readonly replenishment: OrderRow;
  readonly transfers: TransferRow;
}
export type SuggestionList = keyof SuggestionRows;

export interface SuggestionFilter {
  readonly dealer_id?: string | undefined;
  readonly sku_id?: string | undefined;
  readonly state?: string | undefined;
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
    filter: SuggestionFilter,
    limit: number,
  ): Promise<SuggestionRows[List][]> {
    return this.#sql.queryFile(`queries/server/${name}.sql`, { params: paramsOf(filter, limit) });
  }

  export(
    name: SuggestionList,
    filter: SuggestionFilter,
    format: 'CSVWithNames' | 'Parquet',
  ): Promise<Readable> {
    return this.#sql.exportFile(`queries/server/${name}.sql`, format, {
      params: paramsOf(filter, 0),
      settings: { output_format_csv_crlf_end_of_line: 1, format_csv_null_representation: '' },
    });
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

function paramsOf({ dealer_id = '', sku_id = '', state = '', after = '' }: SuggestionFilter, limit: number) {
  return { dealer_id, sku_id, state, after, limit };
}
