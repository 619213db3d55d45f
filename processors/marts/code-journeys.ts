import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_code_journeys` (D8's scan coverage, diversion): a bucket is one code. */
export const codeJourneys = bucketMart({
  id: 'code-journeys',
  types: ['scan', 'scan_retraction'],
  tables: ['raw_mart_code_journeys', 'raw_mart_code_shipments', 'raw_mart_code_legs'],
  storage: ['migrations/0272_raw_mart_by_time.sql', 'migrations/0275_raw_mart_code_legs.sql'],
  min_interval_ms: 800,
  deliveries_max: 100_000,
});
