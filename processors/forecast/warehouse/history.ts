import { dateOf, dayOf } from '../../../models/calendar/day.ts';
import type { SqlClient } from '../../../sql/client.ts';

/** Older demand tells nothing that two years do not. */
const HISTORY_DAYS_MAX = 730;
/** Products and dealers are new for so long: those that have not met yet are to be expected to. */
export const NEW_DAYS = 90;
/** Pairs that are forecast although the dealer has not ordered the product: a guard of memory and time, far above what a channel launches. */
const EXPECTED_PAIRS_MAX = 20_000;

/** One dealer and product. */
export interface SeriesFacts {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly dealer_name: string;
  readonly adcode: string;
  readonly territory_id: string;
  /** 0 = not known. */
  readonly tier: number;
  readonly sku_name: string;
  readonly category: string;
  readonly open_orders_qty: number;
  readonly on_hand_qty: number | null;
  readonly in_transit_qty: number | null;
  readonly committed_qty: number | null;
  /** Of a new dealer that has not ordered the product: share of the dealers around it that do. Else null. */
  readonly peer_share: number | null;
}

/** A planned price and the local days on which it holds. */
export interface PriceDays {
  readonly sku_id: string;
  /** Of the rules that are about a dealer the highest holds. */
  readonly rank: number;
  /** 0 = any. */
  readonly tier: number;
  /** '' = any. */
  readonly territory_id: string;
  readonly first_day: number;
  readonly last_day: number;
  readonly price: number;
}

export interface PromotionDays {
  readonly sku_ids: readonly string[];
  /** Empty = all. */
  readonly territory_ids: readonly string[];
  readonly first_day: number;
  readonly last_day: number;
  readonly discount_pct: number;
}

/** What ClickHouse knows of demand. Days are counted from 1970-01-01, local. */
export interface DemandHistory {
  readonly first_day: number;
  /** The last whole local day. */
  readonly last_day: number;
  readonly series: readonly SeriesFacts[];
  /** By `keyOf`: units a day on which something was ordered. */
  readonly demand: ReadonlyMap<
    string,
    { readonly days: readonly number[]; readonly qtys: readonly number[] }
  >;
  /** By `keyOf`: days on which nothing was to be had. */
  readonly out_of_stock: ReadonlyMap<string, readonly number[]>;
  readonly promotions: readonly PromotionDays[];
  /** By product, rank and time. */
  readonly prices: readonly PriceDays[];
}

interface Pair {
  readonly dealer_id: string;
  readonly sku_id: string;
}

export function keyOf({ dealer_id, sku_id }: Pair): string {
  return `${dealer_id}\u0000${sku_id}`;
}

/**
 * Reads the demand up to `last_day` (default: yesterday, the last whole local day). Null when nothing was ordered before today.
 */
export async function readDemandHistory(
  sql: SqlClient,
  time_zone: string,
  last?: number,
): Promise<DemandHistory | null> {
  const [span] = await sql.queryFile<{ today: string; first_day: string | null; last_day: string | null }>(
    'queries/forecast/span.sql',
    { params: { time_zone } },
  );
  if (span === undefined || span.first_day === null || span.last_day === null) return null;
  const last_day = Math.min(last ?? Infinity, dayOf(span.today) - 1);
  const first_day = Math.max(dayOf(span.first_day), last_day - HISTORY_DAYS_MAX + 1);
  if (first_day > last_day) return null;
  const range = { first: dateOf(first_day), last: dateOf(last_day) };
  const [series, demand, outs, promotions, prices] = await Promise.all([
    sql.queryFile<SeriesFacts>('queries/forecast/series.sql', {
      params: { ...range, as_of: new Date(), new_days: NEW_DAYS, pairs_max: EXPECTED_PAIRS_MAX },
    }),
    sql.queryFile<Pair & { days: number[]; qtys: number[] }>('queries/forecast/demand.sql', {
      params: range,
    }),
    sql.queryFile<Pair & { days: number[] }>('queries/forecast/out-of-stock.sql', { params: range }),
    sql.queryFile<PromotionDays>('queries/forecast/promotions.sql', { params: { time_zone } }),
    sql.queryFile<PriceDays>('queries/forecast/prices.sql', { params: { time_zone } }),
  ]);
  return {
    first_day,
    last_day,
    series: series.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    demand: new Map(demand.map((row) => [keyOf(row), row])),
    out_of_stock: new Map(outs.map((row) => [keyOf(row), row.days])),
    promotions,
    prices,
  };
}
