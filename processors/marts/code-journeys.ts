import { bucketMart } from './bucket-mart.ts';

/** Keeps `mart_code_journeys` (D8's scan coverage, diversion): a bucket is one code, in all its spellings (`core_item_key`). */
export const codeJourneys = bucketMart({
  id: 'code-journeys',
  types: ['scan', 'scan_retraction'],
  tables: ['raw_mart_code_journeys', 'raw_mart_code_shipments', 'raw_mart_code_legs'],
  storage: [
    'migrations/0272_raw_mart_by_time.sql',
    'migrations/0275_raw_mart_code_legs.sql',
    'migrations/0300_raw_mart_code_spellings.sql',
    'migrations/0301_raw_mart_code_shipped_by.sql',
    'mart/code-journeys-of.sql',
    'functions/item-key.sql',
    'functions/item-lot.sql',
  ],
  notes: 'raw_dirty_spellings',
  min_interval_ms: 800,
  deliveries_max: 100_000,
});
