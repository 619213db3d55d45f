import type { Readable } from 'node:stream';
import type { SqlClient } from '../../sql/client.ts';
import { CELL_SETTINGS, CSV_SETTINGS, afterBom, type ExportFormat } from './export-format.ts';
import { forecastWorkbook } from './forecast-workbook.ts';
import type { Cell } from './sheet-xml.ts';

export interface StoredVersion {
  readonly forecast_version: string;
  readonly as_of: string;
  readonly generated_at: string;
  readonly seed: number;
  readonly series: number;
  readonly days: number;
  readonly weeks: number;
  readonly choices: unknown;
  readonly accuracy: unknown;
  /** Of its overrides; grows with each change, 0 = none. */
  readonly revision: number;
}

/** Which rows of a version. */
export interface RowFilter {
  readonly grain?: 'day' | 'week' | undefined;
  readonly dealer_id?: string | undefined;
  readonly sku_id?: string | undefined;
}

export interface PivotCell {
  readonly sku_id: string;
  readonly name: string;
  readonly block: number;
  readonly first_day: string;
  readonly qty: number;
}

interface VersionRow extends Omit<StoredVersion, 'choices' | 'accuracy'> {
  readonly choices: string;
  readonly accuracy: string;
}

/** Forecast versions, and their rows as files; all files are streamed. */
export class ForecastExports {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** The last one first, at most `limit`, those after `before` in that order. */
  versions(before: string, limit: number): Promise<StoredVersion[]> {
    return this.#versions({ version: '', before, limit });
  }

  /** `latest` is an alias of the last one. */
  async version(name: string): Promise<StoredVersion | undefined> {
    const [found] = await this.#versions({ version: name, before: '', limit: 1 });
    return found;
  }

  /**
   * The bytes of the rows of a version. In CSV texts that look like formulas begin with an apostrophe; in XLSX they are texts.
   * @param bom whether a CSV begins with a byte order mark
   */
  async file(version: StoredVersion, filter: RowFilter, format: ExportFormat, bom = true): Promise<Readable> {
    const params = exportParams(version.forecast_version, filter);
    switch (format) {
      case 'csv': {
        const rows = await this.#sql.exportFile('queries/exports/forecast-guarded.sql', 'CSVWithNames', {
          params,
          settings: CSV_SETTINGS,
        });
        return bom ? afterBom(rows) : rows;
      }
      case 'parquet':
        return this.#sql.exportFile('queries/exports/forecast.sql', 'Parquet', { params });
      case 'xlsx':
        return forecastWorkbook(
          version,
          this.#sql.streamFile<Cell>('queries/exports/forecast.sql', { params, settings: CELL_SETTINGS }),
          await this.#pivot(version.forecast_version, filter),
        );
    }
  }

  /** The rows of a version by their columns, in portions. */
  async *rows(version: string, filter: RowFilter): AsyncGenerator<Record<string, unknown>[]> {
    const params = exportParams(version, filter);
    let columns: readonly string[] | undefined;
    for await (const portion of this.#sql.streamFile<unknown>('queries/exports/forecast.sql', { params })) {
      const values = columns === undefined ? portion.slice(1) : portion;
      const names = (columns ??= portion[0]?.map(String) ?? []);
      yield values.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
    }
  }

  #pivot(version: string, { dealer_id = '', sku_id = '' }: RowFilter): Promise<PivotCell[]> {
    return this.#sql.queryFile('queries/exports/forecast-pivot.sql', {
      params: { version, dealer_id, sku_id },
    });
  }

  async #versions(params: { version: string; before: string; limit: number }): Promise<StoredVersion[]> {
    const rows = await this.#sql.queryFile<VersionRow>('queries/server/forecast-versions.sql', { params });
    return rows.map(({ choices, accuracy, ...row }) => ({
      forecast_version: row.forecast_version,
      as_of: row.as_of,
      generated_at: row.generated_at,
      seed: row.seed,
      series: row.series,
      days: row.days,
      weeks: row.weeks,
      choices: JSON.parse(choices) as unknown,
      accuracy: JSON.parse(accuracy) as unknown,
      revision: row.revision,
    }));
  }
}

function exportParams(version: string, { grain, dealer_id = '', sku_id = '' }: RowFilter) {
  return { version, grain: grain ?? '', dealer_id, sku_id };
}
