import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_sales_days` (D2, D9, ranking): a bucket is one local day of one dealer. */
export const salesDays = bucketMart({
  id: 'sales-days',
  types: ['order', 'product'],
  tables: ['raw_mart_sales_days', 'raw_mart_dealer_sales'],
  storage: ['migrations/0274_raw_mart_dealer_sales.sql', 'mart/later-placings.sql'],
  // Lines that are placed again are found by the copy that order-lines keeps of them.
  behind: ['order-lines'],
  min_interval_ms: 5_000,
  deliveries_max: 100_000,
});
