import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_order_lines` (D4, D9, D20): a bucket is one order of one dealer. */
export const orderLines = bucketMart({
  id: 'order-lines',
  lane: 'live',
  types: ['order'],
  tables: ['raw_mart_order_lines'],
  min_interval_ms: 50,
  deliveries_max: 100_000,
});
