import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_code_journeys` (D8's scan coverage, diversion): a bucket is one code. */
export const codeJourneys = bucketMart({
  id: 'code-journeys',
  types: ['scan', 'scan_retraction'],
  tables: ['raw_mart_code_journeys'],
  min_interval_ms: 800,
  deliveries_max: 100_000,
});
