import { LATE_MS } from '../../models/diversion/trail.ts';
import type { OffsetRange, RunContext } from '../processor.ts';
import { rangeParams } from './bucket-mart.ts';
import { rangesByType } from './ranges-by-type.ts';

const NOTE = 'queries/processors/scan-feeds-note.sql';
const FILL = 'queries/processors/scan-feeds-fill.sql';
const ORDER = 'queries/processors/scan-feeds-order.sql';
const WATERMARK = 'queries/processors/scan-watermark.sql';

/** The `.sql` files by which feeds are waited for. */
export const FEED_FILES = [NOTE, ORDER, WATERMARK] as const;
export const FEED_TABLES = ['raw_scan_feeds', 'raw_scan_feed_order'] as const;

/** A feed that may explain a scan and lies behind the newest one is waited for, but no longer than so: what is a day late is down. */
const LATE_MAX_H = 24;
/** A feed that lies so far behind has ended. */
const CLOSED_AFTER_D = 7;
/** So many of a partition's newest deliveries tell whether its feeds keep order. */
const ORDER_DELIVERIES = 50_000;
/** How often that is looked at. */
const ORDER_EVERY_MS = 60_000;

/** Notes how far new scans take their feeds. */
export function noteFeeds({ sql, ranges }: RunContext): Promise<void> {
  return sql.commandFile(NOTE, { params: rangeParams(ranges) });
}

/** Notes how far all scans have taken their feeds. */
export function fillFeeds({ sql }: RunContext): Promise<void> {
  return sql.commandFile(FILL);
}

/**
 * Event time up to which the feeds that may explain a scan out of order have come, as far as `LATE_MS` beyond the scan is to be waited for: a
 * feed that keeps order is waited for less.
 * Whether it does is looked at once a minute, in the partitions of the run.
 */
export async function watermarkOf(context: RunContext): Promise<Date> {
  const found = await ask(context);
  if (context.now.getTime() - found.order_measured_ms < ORDER_EVERY_MS) return found.watermark;
  const scans = rangesByType(context.ranges).find(({ event_type }) => event_type === 'scan');
  for (const range of scans?.ranges ?? []) await noteOrder(context, range);
  return (await ask(context)).watermark;
}

async function ask({ sql, now }: RunContext): Promise<{ watermark: Date; order_measured_ms: number }> {
  const [row] = await sql.queryFile<{ watermark: string; order_measured_at: string }>(WATERMARK, {
    params: {
      now,
      late_min: LATE_MS / 60_000,
      late_max_h: LATE_MAX_H,
      closed_after_d: CLOSED_AFTER_D,
    },
  });
  return {
    watermark: new Date(row?.watermark ?? 0),
    order_measured_ms: Date.parse(row?.order_measured_at ?? '1970-01-01T00:00:00Z'),
  };
}

function noteOrder({ sql, now }: RunContext, { topic, partition, to }: OffsetRange): Promise<void> {
  return sql.commandFile(ORDER, {
    params: { topic, partition, from: Math.max(0, to - ORDER_DELIVERIES), to, now },
  });
}
