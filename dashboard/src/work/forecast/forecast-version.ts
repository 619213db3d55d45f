/** A level of a backtest's accuracy. Ratios; null when undefined. */
export interface LevelAccuracy {
  readonly level: 'dealer_sku_day' | 'dealer_sku_28d' | 'dealer_week' | 'category_month';
  readonly points: number;
  readonly wape: number | null;
  readonly bias: number | null;
  readonly naive_wape: number | null;
  readonly coverage_p80: number | null;
}

/** A version as `GET /v1/forecasts` tells it. */
export interface ForecastVersion {
  readonly forecast_version: string;
  readonly as_of: string;
  readonly generated_at: string;
  readonly series: number;
  readonly days: number;
  readonly weeks: number;
  /** Grain → class of demand → model. */
  readonly choices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly accuracy: readonly LevelAccuracy[];
  readonly revision: number;
}
