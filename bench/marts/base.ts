import { Simulation } from '../../simulator/flow/simulation.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { DAY_MS, midnight } from '../../simulator/time.ts';
import type { SqlClient } from '../../sql/client.ts';
import { readPrefectures } from '../../sql/geo/load.ts';
import { Ledger } from '../ledger.ts';

/** The simulated channel that is copied: some 590,000 orders and scans. */
export const BASE = { dealers: 300, days: 120 } as const;
/** What holds from the first day on holds for the copies of earlier days too, years: more than any run goes back. */
const REFERENCES_YEARS = 15;

/** How far the offsets of a type reach: copies begin beyond. */
export type Spans = ReadonlyMap<string, number>;

/** Simulates the channel up to `now_ms` into the ledgers, as the sink writes them. Returns the span of offsets by table. */
export async function writeBase(sql: SqlClient, now_ms: number): Promise<Spans> {
  const start_ms = midnight(now_ms) - BASE.days * DAY_MS;
  const options = { ...DEFAULTS, seed: 'marts', dealers: BASE.dealers, days: BASE.days, start_ms };
  const ledger = new Ledger(sql);
  for (const event of new Simulation(options, readPrefectures(undefined)).until(now_ms)) {
    await ledger.add({ ...event, event: { ...event.event, ...heldLonger(event.event, start_ms) } });
  }
  await ledger.flush();
  return ledger.spans();
}

/** A version that holds since the first day holds since long before. */
function heldLonger(event: Readonly<Record<string, unknown>>, start_ms: number): object {
  const { valid_from } = event;
  if (typeof valid_from !== 'string' || Date.parse(valid_from) > start_ms) return {};
  return { valid_from: new Date(start_ms - REFERENCES_YEARS * 366 * DAY_MS).toISOString() };
}
