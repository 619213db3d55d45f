import { totalQuantile } from '../../../models/forecast/total-band.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { CompareLevel, CompareRow } from './compare-rows.ts';
import type { Member, SeriesRow } from './series-rows.ts';

export interface SeriesQuestion {
  readonly version: string;
  /** '' = none */
  readonly compare: string;
  readonly grain: 'day' | 'week';
  /** '' = all */
  readonly dealer_id: string;
  readonly sku_id: string;
}

/** Two versions at one grain. */
export interface VersionPair {
  readonly version: string;
  readonly compare: string;
  readonly grain: 'day' | 'week';
}

interface SharedBuckets {
  readonly buckets: number;
  readonly first_bucket: string;
  readonly last_bucket: string;
}

interface StoredRow {
  readonly bucket_start: string;
  readonly actual: number | null;
  readonly series: number;
  readonly mean: number;
  readonly squares: number;
  readonly deviations: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly baseline_qty: number;
  readonly final_qty: number;
  readonly overrides: number;
  readonly compare_mean: number | null;
}

/** How far back the demand is told. */
const BUCKETS_BACK = { day: 56, week: 26 } as const;
const MEMBERS_MAX = 20;

/** What versions say of one series or of a total, beside what came. Throws SqlError. */
export class ForecastSeries {
  readonly #sql: SqlClient;
  readonly #time_zone: string;

  constructor(sql: SqlClient, time_zone: string) {
    this.#sql = sql;
    this.#time_zone = time_zone;
  }

  /** In the order of time. */
  async rows(question: SeriesQuestion): Promise<SeriesRow[]> {
    const rows = await this.#sql.queryFile<StoredRow>('queries/server/forecast-series.sql', {
      params: { ...question, buckets_back: BUCKETS_BACK[question.grain], time_zone: this.#time_zone },
    });
    return rows.map(seriesRowOf);
  }

  /** What two versions have in common in time; texts are empty where that is nothing. */
  async sharedBuckets({ version, compare, grain }: VersionPair): Promise<SharedBuckets> {
    const [row] = await this.#sql.queryFile<SharedBuckets>('queries/server/forecast-shared-buckets.sql', {
      params: { version, compare, grain },
    });
    return row ?? { buckets: 0, first_bucket: '', last_bucket: '' };
  }

  /** Two versions side by side, the largest change first, `limit` rows after so many. */
  async compare(
    question: VersionPair & { readonly level: CompareLevel; readonly after: number; readonly limit: number },
  ): Promise<CompareRow[]> {
    return this.#sql.queryFile('queries/server/forecast-compare.sql', { params: { ...question } });
  }

  /** Those whose id or name has `find` in it, at most 20. */
  members(version: string, kind: 'dealer' | 'sku', find: string): Promise<Member[]> {
    return this.#sql.queryFile('queries/server/forecast-members.sql', {
      params: { version, kind, find, limit: MEMBERS_MAX },
    });
  }
}

function seriesRowOf(row: StoredRow): SeriesRow {
  const { bucket_start, actual, series, mean, squares, deviations, overrides, compare_mean } = row;
  const at = (level: number, own: number): number | null => {
    if (series === 0) return null;
    return series === 1 ? own : totalQuantile({ mean, squares, deviations }, level);
  };
  const isAhead = series > 0;
  return {
    bucket_start,
    actual,
    mean: isAhead ? mean : null,
    p10: at(0.1, row.p10),
    p50: at(0.5, row.p50),
    p90: at(0.9, row.p90),
    p95: at(0.95, row.p95),
    baseline_qty: isAhead ? row.baseline_qty : null,
    final_qty: isAhead ? row.final_qty : null,
    overrides,
    compare_mean,
  };
}
