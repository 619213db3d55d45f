import type { RunContext } from '../processor.ts';
import { bucketMart, FILL_SETTINGS } from './bucket-mart.ts';

const NOTES = 'raw_dirty_spellings';
const FILL = 'queries/processors/code-journeys-fill.sql';
const STRETCHES = 'queries/processors/code-journeys-stretches.sql';
const RESPELT = 'queries/processors/code-journeys-respelt.sql';
const NOTE_RESPELT = 'queries/processors/code-journeys-note-respelt.sql';
/** What so many scans' items need stays in memory, 2 GB. Of shorter stretches each would read more beside it. */
const SCANS_PER_STRETCH = 2_500_000;
/** After every code. */
const LAST_CODE = '\u{10FFFF}';
/** Codes come in order: each is looked at once, and forgotten. */
const SPELLINGS_SETTINGS = {
  optimize_aggregation_in_order: 1,
  max_bytes_before_external_group_by: '1000000000',
} as const;
const SETTINGS = { ...FILL_SETTINGS, max_bytes_ratio_before_external_group_by: 0.4 } as const;

/** Keeps `mart_code_journeys` (D8's scan coverage, diversion): a bucket is one code, in all its spellings (`core_item_key`). */
export const codeJourneys = bucketMart({
  id: 'code-journeys',
  lane: 'cases',
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
  notes: NOTES,
  min_interval_ms: 800,
  deliveries_max: 100_000,
  fill: fillByStretches,
});

/**
 * Fills by stretches of the table's order, each of which is read alone: parts by a hash of the item would each read all scans. The
 * spellings of one item lie anywhere: items that have several are left out of the stretches, and come last.
 */
async function fillByStretches({ sql, version }: RunContext, parts: number): Promise<void> {
  const fill = (what: { noted_by: number; after: string; until: string }): Promise<void> =>
    sql.commandFile(FILL, { params: { version, ...what }, settings: SETTINGS });
  const forget = (): Promise<void> =>
    sql.commandFile('queries/processors/empty-table.sql', { params: { table: NOTES } });

  const bounds = await sql.queryFile<{ until: string }>(STRETCHES, {
    params: { parts, scans: SCANS_PER_STRETCH },
  });
  if (bounds.length === 0) {
    await fill({ noted_by: 0, after: '', until: '' });
    return;
  }
  await forget();
  const settings = SPELLINGS_SETTINGS;
  const [respelt] = await sql.queryFile<{ items: number }>(RESPELT, { settings });
  const noted_parts = respelt === undefined || respelt.items === 0 ? 0 : parts;
  if (noted_parts > 0) await sql.commandFile(NOTE_RESPELT, { params: { parts }, settings });
  let after = '';
  for (const until of [...bounds.map((bound) => bound.until), LAST_CODE]) {
    await fill({ noted_by: 0, after, until });
    after = until;
  }
  for (let part = 1; part <= noted_parts; part += 1) await fill({ noted_by: part, after: '', until: '' });
  await forget();
}
