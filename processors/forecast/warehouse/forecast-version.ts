import { dateOf } from '../../../models/calendar/day.ts';
import { agreeWithDays } from '../../../models/forecast/reconciliation.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { readDemandHistory } from './history.ts';
import { storeVersion, type StoredForecast } from './stored-version.ts';
import type { LevelAccuracy } from './version-accuracy.ts';
import { forecastDays, forecastWeeks } from './version-forecasts.ts';

export interface VersionOptions {
  readonly time_zone: string;
  readonly seed: number;
  readonly threads: number;
  /** Told what is being done. */
  readonly onStep?: (step: string) => void;
}

/** A version that was stored. */
export interface ForecastVersion extends StoredForecast {
  readonly series: number;
  readonly cold_starts: number;
  /** Demand that was taken as missing (`absurdBound`). */
  readonly absurd: readonly {
    readonly dealer_id: string;
    readonly sku_id: string;
    readonly day: string;
    readonly qty: number;
  }[];
  readonly accuracy: readonly LevelAccuracy[];
  readonly time_ms: Readonly<Record<string, number>>;
}

/**
 * Computes a version from what ClickHouse knows and stores it: 28 days and 12 weeks ahead for every dealer and product that
 * ordered in the last two years, or is to be expected to. The first four weeks are the sums of their days. Null when nothing was
 * ordered before today. A run that fails leaves no version.
 */
export async function makeForecastVersion(
  sql: SqlClient,
  { time_zone, seed, threads, onStep: tell = () => undefined }: VersionOptions,
): Promise<ForecastVersion | null> {
  const started = performance.now();
  tell('reading the demand');
  const history = await readDemandHistory(sql, time_zone);
  if (history === null || history.series.length === 0) return null;
  const read = performance.now();
  const days = await forecastDays(history, { seed, threads, tell });
  const weeks = await forecastWeeks(history, days.panel, { seed, threads, tell });
  if (weeks !== null) agreeWithDays(weeks.result.final, days.result.final);
  const modelled = performance.now();
  tell('storing');
  const stored = await storeVersion(sql, { history, days, weeks, seed, time_zone });
  const ended = performance.now();
  return {
    ...stored,
    series: history.series.length,
    cold_starts: days.result.cold_started.length,
    absurd: days.absurd.map(({ series, day, qty }) => ({
      dealer_id: history.series[series]?.dealer_id ?? '',
      sku_id: history.series[series]?.sku_id ?? '',
      ...{ day: dateOf(day), qty },
    })),
    accuracy: days.accuracy?.levels ?? [],
    time_ms: {
      read: read - started,
      models: modelled - read,
      store: ended - modelled,
      total: ended - started,
    },
  };
}
