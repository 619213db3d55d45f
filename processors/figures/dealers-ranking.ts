import type { LiveRow } from '../../models/contract/live.ts';
import { toldIn } from '../../models/channel/money-in.ts';
import { daysOfSupply } from '../../models/turnover/turnover.ts';
import { defineProcessor } from '../processor.ts';
import type { Settings } from '../settings/settings.ts';

interface SalesRow {
  readonly dealer_id: string;
  readonly name: string;
  readonly region: string;
  readonly currency: string;
  readonly sales_value: number;
  readonly available_units: number | null;
  readonly daily_demand: number | null;
}

/** Dealers on the board. */
const DEALERS_MAX = 50;

/** The dealers by their net order value of the last 28 local days (placed − cancelled − returned). */
export const dealersRanking = defineProcessor({
  id: 'dealers-ranking',
  lane: 'slow',
  trigger: {
    on: 'timer',
    every_ms: 60_000,
    after: ['sales-days', 'stock-days', 'reference-versions'],
    min_interval_ms: 15_000,
  },
  query: ({ sql, now, settings }) =>
    sql.queryFile<SalesRow>('queries/processors/dealers-ranking.sql', {
      params: { now, time_zone: settings.time_zone },
    }),
  compute: (sales: readonly SalesRow[], { now, settings }) => ({
    live: [
      {
        topic: 'dealers.ranking' as const,
        as_of: sales.length === 0 ? null : now.toISOString(),
        rows: new Map(ranking(sales, settings).map((row) => [row.dealer_id, row])),
      },
    ],
  }),
  store: () => Promise.resolve(),
});

/** Sorted by value, then by id, so that equal dealers keep their places. */
function ranking(sales: readonly SalesRow[], { reporting_currency }: Settings): LiveRow<'dealers.ranking'>[] {
  const told = toldIn(
    sales.map((row) => row.currency),
    reporting_currency,
  );
  const sorted = sales
    .filter((row) => row.currency === told?.currency)
    .sort((a, b) => b.sales_value - a.sales_value || (a.dealer_id < b.dealer_id ? -1 : 1))
    .slice(0, DEALERS_MAX);
  const first = sorted[0]?.sales_value ?? 0;
  return sorted.map((row, i) => ({
    rank: i + 1,
    dealer_id: row.dealer_id,
    name: row.name,
    region: row.region,
    sales_value: row.sales_value,
    sales_index: first > 0 ? (row.sales_value / first) * 100 : 0,
    days_of_supply:
      row.available_units === null ? null : daysOfSupply(row.available_units, row.daily_demand ?? 0).value,
  }));
}
