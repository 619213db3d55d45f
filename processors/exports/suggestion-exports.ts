import type { Readable } from 'node:stream';
import type { SqlClient } from '../../sql/client.ts';
import { CELL_SETTINGS, CSV_SETTINGS, afterBom, type ExportFormat } from './export-format.ts';
import { streamWorkbook } from './workbook-stream.ts';
import type { Cell } from './sheet-xml.ts';

export const SUGGESTION_LISTS = ['replenishment', 'transfers'] as const;
export type SuggestionList = (typeof SUGGESTION_LISTS)[number];

/** Which suggestions; all where nothing is said. */
export interface SuggestionFilter {
  readonly dealer_id?: string | undefined;
  readonly sku_id?: string | undefined;
  readonly state?: string | undefined;
  /** Those of one forecast. */
  readonly forecast_version?: string | undefined;
}

/** Suggested orders and transfers as files; all are streamed. */
export class SuggestionExports {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /**
   * The file's bytes. CSV begins with a byte order mark, and its texts that look like formulas with an apostrophe.
   * @param modified stands in a workbook as its time of change
   */
  async file(
    list: SuggestionList,
    filter: SuggestionFilter,
    format: ExportFormat,
    modified: Date,
  ): Promise<Readable> {
    const params = paramsOf(filter);
    switch (format) {
      case 'csv':
        return afterBom(
          await this.#sql.exportFile(`queries/exports/${list}-guarded.sql`, 'CSVWithNames', {
            params,
            settings: CSV_SETTINGS,
          }),
        );
      case 'parquet':
        return this.#sql.exportFile(`queries/exports/${list}.sql`, 'Parquet', { params });
      case 'xlsx': {
        const portions = this.#sql.streamFile<Cell>(`queries/exports/${list}.sql`, {
          params,
          settings: CELL_SETTINGS,
        });
        return streamWorkbook({
          before: [],
          streamed: { name: list, portions },
          after: [],
          modified,
        });
      }
    }
  }
}

function paramsOf({ dealer_id = '', sku_id = '', state = '', forecast_version = '' }: SuggestionFilter) {
  return { dealer_id, sku_id, state, forecast_version };
}
