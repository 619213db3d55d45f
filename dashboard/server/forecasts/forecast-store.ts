import type { Readable } from 'node:stream';
import type { SqlClient } from '../../../sql/client.ts';

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

/** A row of a forecast by its name. */
export interface RowKey {
  readonly bucket_grain: 'day' | 'week';
  readonly dealer_id: string;
  readonly sku_id: string;
  /** YYYY-MM-DD */
  readonly bucket_start: string;
}

export interface ForecastRowNow extends RowKey {
  readonly baseline_qty: number;
  /** Decimal string; null = no override holds. */
  readonly override_qty: string | null;
}

export interface NewOverride extends RowKey {
  /** Decimal string; null takes it back. */
  readonly override_qty: string | null;
  readonly reason: string;
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

/** Forecast versions and overrides in ClickHouse. */
export class ForecastStore {
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

  /** The export's bytes; `guarded` = texts that look like formulas begin with an apostrophe. */
  export(version: string, filter: RowFilter, format: 'CSVWithNames' | 'Parquet'): Promise<Readable> {
    const file = format === 'Parquet' ? 'forecast-export' : 'forecast-export-guarded';
    return this.#sql.exportFile(`queries/server/${file}.sql`, format, {
      params: exportParams(version, filter),
      settings: { output_format_csv_crlf_end_of_line: 1, format_csv_null_representation: '' },
    });
  }

  /** The export's rows as values, in portions. */
  rows(version: string, filter: RowFilter): AsyncGenerator<Record<string, unknown>[]> {
    return this.#sql.streamFile('queries/server/forecast-export.sql', {
      params: exportParams(version, filter),
    });
  }

  pivot(version: string, { dealer_id = '', sku_id = '' }: RowFilter): Promise<PivotCell[]> {
    return this.#sql.queryFile('queries/server/forecast-pivot.sql', {
      params: { version, dealer_id, sku_id },
    });
  }

  /** Those of the named rows that the version has. */
  find(version: string, keys: readonly RowKey[]): Promise<ForecastRowNow[]> {
    return this.#sql.queryFile('queries/server/forecast-rows.sql', {
      params: {
        version,
        grains: keys.map((key) => key.bucket_grain),
        dealers: keys.map((key) => key.dealer_id),
        skus: keys.map((key) => key.sku_id),
        buckets: keys.map((key) => key.bucket_start),
      },
    });
  }

  /** Adds overrides under one new revision. */
  async add(
    version: string,
    revision: number,
    by: string,
    at: Date,
    overrides: readonly NewOverride[],
  ): Promise<void> {
    await this.#sql.insertRows(
      'raw_mart_forecast_overrides',
      overrides.map((override) => ({
        ...override,
        forecast_version: version,
        override_by: by,
        override_at: at.toISOString(),
        revision,
      })),
    );
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
