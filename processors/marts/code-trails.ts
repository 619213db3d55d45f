import { BORDER_KM, type Trail, type TrailScan } from '../../models/diversion/trail.ts';
import type { SqlClient, SqlParams } from '../../sql/client.ts';
import { unitsIn } from './code-contents.ts';
import { withTransfers, type AskOfCodes } from './transferred-codes.ts';

export const OBSERVATIONS_FILE = 'queries/processors/diversion-observations.sql';
/** Scans of one code that are judged at most: the first. */
const SCANS_MAX = 300;

/** A row of `diversion-observations.sql`: a scan, and what is known of its code. */
type ObservedScan = TrailScan &
  Omit<Trail, 'parent_code' | 'shipments' | 'scans'> & {
    readonly container: string;
    readonly shipments_at: readonly string[];
    readonly shipments_to: readonly string[];
    readonly shipments_container: readonly number[];
    readonly shipments_supply: readonly number[];
  };

/** @param codes table of the codes that are asked about, with the version of the run */
export function observationParams(codes: string, version: number): SqlParams {
  return { codes, version, border_km: BORDER_KM, scans_max: SCANS_MAX };
}

/** What is known of the codes that are noted. */
export async function readTrails(sql: SqlClient, ask: AskOfCodes): Promise<readonly Trail[]> {
  const trails = trailsOf(await ask<ObservedScan>(OBSERVATIONS_FILE));
  return withContents(sql, await withTransfers(sql, trails, ask));
}

/** The rows come by code, in order of time. */
function trailsOf(rows: readonly ObservedScan[]): Trail[] {
  const trails: (Trail & { readonly scans: TrailScan[] })[] = [];
  for (const row of rows) {
    const last = trails.at(-1);
    if (last?.code === row.code) last.scans.push(row);
    else trails.push({ ...trailOf(row), scans: [row] });
  }
  return trails;
}

function trailOf(row: ObservedScan): Omit<Trail, 'scans'> {
  const { code, sent_code, level, sku_id, lot, box_scans, units, unit_value, currency } = row;
  const shipments = row.shipments_at.map((at, i) => ({
    at,
    to_dealer_id: row.shipments_to[i] ?? '',
    is_container: row.shipments_container[i] === 1,
    is_supply: row.shipments_supply[i] === 1,
  }));
  const parent_code = row.container;
  return {
    code,
    sent_code,
    level,
    sku_id,
    lot,
    parent_code,
    shipments,
    box_scans,
    units,
    unit_value,
    currency,
  };
}

/** The trails with the units that are known to be in each case or pallet; where none are, the pack size stays. */
async function withContents(sql: SqlClient, trails: readonly Trail[]): Promise<readonly Trail[]> {
  const units = await unitsIn(
    sql,
    trails.filter(({ level }) => level !== 'unit').map(({ code }) => code),
  );
  return units.size === 0
    ? trails
    : trails.map((one) => ({ ...one, units: units.get(one.code) ?? one.units }));
}
