import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_stock_days` (D2, D9): a bucket is one local day of one dealer. */
export const stockDays = bucketMart({
  id: 'stock-days',
  types: ['stock'],
  tables: ['raw_mart_stock_days'],
  storage: ['migrations/0273_raw_mart_stock_days_by_day.sql'],
  min_interval_ms: 5_000,
  deliveries_max: 100_000,
});
