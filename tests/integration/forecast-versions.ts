import type { SqlClient } from '../../sql/client.ts';

const DAY_MS = 86_400_000;

/** A forecast version written by hand, so that its sums can be checked on paper: all days of a pair have one mean, and naively half of it. */
export interface HandVersion {
  readonly forecast_version: string;
  /** YYYY-MM-DD of the first day forecast. */
  readonly start: string;
  readonly days: number;
  /** Weeks from the same day on, of seven such days each. Default: none. */
  readonly weeks?: number;
  /** 'dealer product' → units a day. Product S1 is of category tea, others of none. */
  readonly means: Readonly<Record<string, number>>;
  /** Of them, what promotions add. Default: it is not known. */
  readonly uplifts?: Readonly<Record<string, number>>;
}

/** Stores it as `npm run forecast` does, the version's own row last. */
export async function storeVersion(sql: SqlClient, version: HandVersion): Promise<void> {
  const { forecast_version, start, days, weeks = 0, means, uplifts = {} } = version;
  const pairs = Object.entries(means).map(([pair, mean]) => {
    const [dealer_id = '', sku_id = ''] = pair.split(' ');
    return { forecast_version, dealer_id, sku_id, mean };
  });
  await sql.insertRows(
    'raw_mart_forecast_series',
    pairs.map(({ dealer_id, sku_id, mean }) => ({
      ...{ forecast_version, dealer_id, sku_id, adcode: '310000', model: 'm', quality_flag: 'ok' },
      dealer_name: `Dealer ${dealer_id}`,
      sku_name: `Product ${sku_id}`,
      category: sku_id === 'S1' ? 'tea' : '',
      open_orders_qty: 0,
      cold_start: false,
      daily_mean: mean,
    })),
  );
  await sql.insertRows(
    'raw_mart_forecasts',
    pairs.flatMap(({ mean, ...pair }) => [
      ...bucketsOf(start, 'day', days).map((bucket) => ({
        ...{ ...pair, ...bucket, ...flat(mean) },
        promo_uplift: uplifts[`${pair.dealer_id} ${pair.sku_id}`] ?? null,
      })),
      ...bucketsOf(start, 'week', weeks).map((bucket) => ({ ...pair, ...bucket, ...flat(7 * mean) })),
    ]),
  );
  await sql.insertRows('raw_mart_forecast_versions', [
    {
      ...{ forecast_version, as_of: `${start}T00:00:00Z`, generated_at: `${start}T01:00:00Z` },
      ...{ seed: 1, series: pairs.length, days, weeks, choices: '{}', accuracy: '[]' },
    },
  ]);
}

function bucketsOf(start: string, bucket_grain: 'day' | 'week', count: number): object[] {
  const length_ms = (bucket_grain === 'week' ? 7 : 1) * DAY_MS;
  return Array.from({ length: count }, (_, step) => ({
    bucket_grain,
    horizon_step: step + 1,
    bucket_start: new Date(Date.parse(start) + step * length_ms).toISOString().slice(0, 10),
  }));
}

/** A forecast that is sure of itself: all quantiles are the mean. */
const flat = (mean: number) => ({ mean, p10: mean, p50: mean, p90: mean, p95: mean, naive: mean / 2 });
