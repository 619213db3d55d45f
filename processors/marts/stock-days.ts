import { DAY_MS, dateOf } from '../../models/calendar/day.ts';
import type { RunContext } from '../processor.ts';
import { bucketMart, FILL_SETTINGS } from './bucket-mart.ts';

const SPAN = 'queries/processors/stock-days-span.sql';
const FILL = 'queries/processors/stock-days-fill.sql';
/** What the days of so many snapshots need stays in memory. */
const SNAPSHOTS_PER_PART = 2_500_000;

/** Keeps `mart_stock_days` (D2, D9): a bucket is one local day of one dealer. */
export const stockDays = bucketMart({
  id: 'stock-days',
  types: ['stock'],
  tables: ['raw_mart_stock_days'],
  storage: ['migrations/0273_raw_mart_stock_days_by_day.sql'],
  min_interval_ms: 5_000,
  deliveries_max: 100_000,
  fill: fillByDays,
});

interface Span {
  /** YYYY-MM-DD. */
  readonly first_day: string;
  readonly last_day: string;
  readonly snapshots: number;
}

/** Fills by stretches of days, of which each reads its own months alone: parts by a hash of the dealer would each read all snapshots. */
async function fillByDays({ sql, version }: RunContext, parts: number): Promise<void> {
  const [span] = await sql.queryFile<Span>(SPAN);
  if (span === undefined || span.snapshots === 0) return;
  const stretches = Math.max(parts, Math.ceil(span.snapshots / SNAPSHOTS_PER_PART));
  const first = Date.parse(span.first_day) / DAY_MS;
  const last = Date.parse(span.last_day) / DAY_MS;
  const days = Math.ceil((last + 1 - first) / stretches);
  for (let day = first; day <= last; day += days) {
    const params = { version, first_day: dateOf(day), last_day: dateOf(Math.min(day + days - 1, last)) };
    await sql.commandFile(FILL, { params, settings: FILL_SETTINGS });
  }
}
