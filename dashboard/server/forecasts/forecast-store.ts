import type { SqlClient } from '../../../sql/client.ts';

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
  /** What is planned: an override of the row, or of its week or days, else the baseline. */
  readonly final_qty: number;
}

export interface NewOverride extends RowKey {
  /** Decimal string; null takes it back. */
  readonly override_qty: string | null;
  readonly reason: string;
}

/** The rows of forecast versions that are overridden, and the overrides, in ClickHouse. */
export class ForecastStore {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** Those of the named rows that the version has. */
  find(version: string, keys: readonly RowKey[]): Promise<ForecastRowNow[]> {
    // Sent as a table: as a parameter, ten thousand keys are more than ClickHouse takes.
    return this.#sql.queryFileOver(
      'queries/server/forecast-rows.sql',
      {
        name: 'wanted',
        structure: 'bucket_grain String, dealer_id String, sku_id String, bucket_start String',
        lines: keys.map(({ bucket_grain, dealer_id, sku_id, bucket_start }) =>
          Buffer.from(`${JSON.stringify({ bucket_grain, dealer_id, sku_id, bucket_start })}\n`),
        ),
      },
      { params: { version } },
    );
  }

  /** Those that have one of the named dealers or products. */
  pairs(
    version: string,
    dealers: readonly string[],
    skus: readonly string[],
  ): Promise<Pick<RowKey, 'dealer_id' | 'sku_id'>[]> {
    return this.#sql.queryFile('queries/server/forecast-pairs.sql', { params: { version, dealers, skus } });
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
}
