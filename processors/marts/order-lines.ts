import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_order_lines` (D4, D9, D20): a bucket is one order of one dealer. */
export const orderLines = bucketMart({
  id: 'order-lines',
  lane: 'live',
  types: ['order'],
  tables: [
    'raw_mart_order_lines',
    'raw_mart_order_moments',
    'raw_mart_order_visits',
    'raw_mart_lines_placed_again',
  ],
  storage: ['migrations/0272_raw_mart_by_time.sql', 'migrations/0331_raw_mart_lines_placed_again.sql'],
  min_interval_ms: 50,
  deliveries_max: 100_000,
  fill_part_deliveries: 2_500_000,
});
