import { DAY_MS } from '../../models/calendar/day.ts';
import { eventTypeByName, type EventTypeName } from '../../models/contract/registry.ts';
import { sqlText, type SqlClient, type SqlParams } from '../../sql/client.ts';
import type { Settings } from '../settings/settings.ts';

/** A question about a figure: at `as_of`, out of what the ledgers held at `known_at`. */
export interface KnownQuestion {
  readonly sql: SqlClient;
  readonly settings: Settings;
  readonly as_of: Date;
  readonly known_at: Date;
}

/** The KPIs look back 90 days of sales, of stock 35 more, from the local day of `as_of` and of the day before. */
const LOOK_BACK_DAYS = 90 + 35 + 3;
/** All the history of orders and codes is folded anew: one that has grown too long for that gets no answer. */
const SECONDS_MAX = 20;
const LIMITS = {
  max_execution_time: SECONDS_MAX,
  max_memory_usage: '2000000000',
  max_bytes_before_external_group_by: '1000000000',
} as const;

/**
 * Rows of a KPI's own query, the marts replaced by what they would have said at `known_at`: the same functions of the core
 * views, over the events and the versions of products that had been written by then.
 * @throws SqlError TIMEOUT_EXCEEDED or MEMORY_LIMIT_EXCEEDED when that takes more than 20 s or 2 GB
 */
export function rowsAsKnown<Row>(
  id: string,
  as_ofs: readonly string[],
  { sql, settings, as_of, known_at }: KnownQuestion,
): Promise<Row[]> {
  const utc_days = Array.from({ length: LOOK_BACK_DAYS + 2 }, (_, i) => utcDay(as_of, i - LOOK_BACK_DAYS));
  const params = { as_ofs, known_at, utc_days, first_day: utc_days[0], time_zone: settings.time_zone };
  return rowsOver<Row>('marts-as-known', id, sql, params, ' as known');
}

/**
 * Rows of a KPI's own query out of what is known now, with the stock at the very instants: of a day that is over the mart tells its end alone.
 */
export function rowsAtInstants<Row>(
  id: string,
  as_ofs: readonly string[],
  { sql, settings, as_of }: KnownQuestion,
): Promise<Row[]> {
  // The day of `as_of` and the one before; a local day lies within three UTC days.
  const parted = { first_parted: utcDay(as_of, -2), last_parted: utcDay(as_of, 1) };
  return rowsOver<Row>('stock-parted', id, sql, { as_ofs, ...parted, time_zone: settings.time_zone });
}

/** Rows of a KPI's own query over what `beneath` puts in the place of its marts; `remark` tells it apart in the server's log. */
function rowsOver<Row>(
  beneath: 'marts-as-known' | 'stock-parted',
  id: string,
  sql: SqlClient,
  params: SqlParams,
  remark = '',
): Promise<Row[]> {
  const file = `queries/processors/kpi-${id}.sql`;
  return sql.query<Row>(
    `${sqlText(`queries/processors/${beneath}.sql`)}SELECT * FROM\n(\n${sqlText(file)}\n)`,
    { params, settings: { log_comment: file + remark, ...LIMITS } },
  );
}

/** Event type → newest event time known at `known_at`, for those of `feeds` of which anything was. */
export async function watermarksAsKnown(
  feeds: readonly EventTypeName[],
  { sql, as_of, known_at }: KnownQuestion,
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    feeds.map((event_type) =>
      sql.queryFile<{ event_type: string; watermark: string }>(
        'queries/processors/feed-watermark-as-known.sql',
        { params: { event_type, raw: eventTypeByName(event_type)?.raw_table, as_of, known_at } },
      ),
    ),
  );
  return new Map(found.flat().map((row) => [row.event_type, row.watermark]));
}

function utcDay(from: Date, days: number): string {
  return new Date(from.getTime() + days * DAY_MS).toISOString().slice(0, 10);
}
