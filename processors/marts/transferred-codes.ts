import { groupBy } from '../../models/diversion/group-by.ts';
import { coveredCodes, type Received } from '../../models/diversion/transfer-quota.ts';
import type { Trail } from '../../models/diversion/trail.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { RunContext } from '../processor.ts';
import { unitsIn } from './code-contents.ts';

/** Days after its approval in which a transfer's goods must reach the dealer that receives them. */
const WINDOW_D = 30;

const APPROVED = 'queries/processors/transfer-approved.sql';
const DECIDED = 'queries/processors/transfer-decided.sql';
const SEEN = 'queries/processors/transfer-seen.sql';
const ORIGINS = 'queries/processors/transfer-origins.sql';
const KNOWN = 'queries/processors/transfer-known.sql';
const CANDIDATES = 'queries/processors/transfer-candidates.sql';
const DIRTY = 'queries/processors/diversion-dirty-transfers.sql';
const SCANS = 'queries/processors/transfer-scans.sql';
const QUOTAS = 'queries/processors/transfer-quotas.sql';
export const TRANSFER_FILES = [DECIDED, SEEN, ORIGINS, CANDIDATES, DIRTY, SCANS, QUOTAS];

/** A row of `raw_transfer_codes`. */
interface TransferCode extends Received {
  readonly suggestion_id: string;
  readonly from_dealer_id: string;
  readonly to_dealer_id: string;
}
interface Seen extends Omit<TransferCode, 'parent_code' | 'units'> {
  readonly code_level: string;
  readonly pack_qty: number;
}
interface Origin {
  readonly code: string;
  readonly at: string;
  readonly parent_code: string;
  readonly origin_dealer_id: string;
}
interface Quota extends Received {
  readonly suggestion_id: string;
  readonly decided_qty: number;
  readonly pack_qty: number;
}
interface TransferScan {
  readonly code: string;
  readonly source: string;
  readonly event_id: string;
  readonly suggestion_id: string;
  readonly carrier: string;
  readonly from_dealer_id: string;
}

/** Asks a file about the codes that are noted. */
export type AskOfCodes = <Row>(file: string) => Promise<Row[]>;

/**
 * Notes which of the codes noted for this run came to another dealer under an approved transfer, and besides for this run what
 * shares its quantity with them, and the codes of transfers that were decided on anew. A transfer names no code: its codes are the giver's goods that the receiving dealer scans.
 */
export async function noteTransferred({ sql, version }: RunContext): Promise<void> {
  if (!(await isAnyApproved(sql))) return;
  await sql.commandFile(DECIDED, { params: { version } });
  const seen = await sql.queryFile<Seen>(SEEN, {
    params: { codes: 'raw_dirty_codes', version, window_d: WINDOW_D },
  });
  const found = await ofGiver(sql, seen);
  const known = await sql.queryFile<TransferCode>(KNOWN, { params: { version } });
  if (found.length + known.length === 0) return;
  const keys = new Set(found.map(keyOf));
  await sql.insertRows('raw_transfer_codes', [
    ...known.filter((row) => !keys.has(keyOf(row))).map((row) => ({ ...row, version, is_deleted: 1 })),
    ...found.map((row) => ({ ...row, version, is_deleted: 0 })),
  ]);
  await sql.commandFile(DIRTY, { params: { version } });
}

/** The same of all codes, before any is judged. Nothing is noted for this run but what it needs; forget it. */
export async function noteAllTransferred(context: RunContext): Promise<void> {
  if (!(await isAnyApproved(context.sql))) return;
  await context.sql.commandFile(CANDIDATES, { params: { version: context.version } });
  await noteTransferred(context);
}

/** The trails with the scans marked that an approved transfer authorises. */
export async function withTransfers(
  sql: SqlClient,
  trails: readonly Trail[],
  ask: AskOfCodes,
): Promise<readonly Trail[]> {
  if (trails.length === 0 || !(await isAnyApproved(sql))) return trails;
  const rows = await ask<TransferScan>(SCANS);
  if (rows.length === 0) return trails;
  const covered = await coveredBy(sql, [...new Set(rows.map(({ suggestion_id }) => suggestion_id))]);
  const givers = new Set(
    rows
      .filter(({ suggestion_id, carrier }) => covered.get(suggestion_id)?.has(carrier) ?? false)
      .map((row) => JSON.stringify([row.code, row.source, row.event_id, row.from_dealer_id])),
  );
  return trails.map((trail) => ({
    ...trail,
    scans: trail.scans.map((scan) =>
      givers.has(JSON.stringify([trail.code, scan.source, scan.event_id, scan.origin_dealer_id]))
        ? { ...scan, is_authorised: true }
        : scan,
    ),
  }));
}

async function isAnyApproved(sql: SqlClient): Promise<boolean> {
  const [row] = await sql.queryFile<{ transfers: number }>(APPROVED);
  return (row?.transfers ?? 0) > 0;
}

/** Those that were the giver's when the receiving dealer first scanned them: what was shipped to that dealer itself is its own. */
async function ofGiver(sql: SqlClient, seen: readonly Seen[]): Promise<TransferCode[]> {
  if (seen.length === 0) return [];
  const origins = await sql.queryFileOver<Origin>(ORIGINS, {
    name: 'asked',
    structure: "code String, at DateTime64(3, 'UTC')",
    lines: seen.map(({ code, received_at: at }) => Buffer.from(`${JSON.stringify({ code, at })}\n`)),
  });
  const origin_of = new Map(origins.map((row) => [`${row.code}|${Date.parse(row.at)}`, row]));
  const units = await unitsIn(
    sql,
    seen.filter(({ code_level }) => code_level !== 'unit').map(({ code }) => code),
  );
  return seen.flatMap(({ code_level, pack_qty, ...row }) => {
    const origin = origin_of.get(`${row.code}|${Date.parse(row.received_at)}`);
    if (origin?.origin_dealer_id !== row.from_dealer_id) return [];
    const inside = code_level === 'unit' ? 1 : (units.get(row.code) ?? pack_qty);
    return [{ ...row, parent_code: origin.parent_code, units: inside }];
  });
}

/** Transfer → the codes that its quantity covers. */
async function coveredBy(
  sql: SqlClient,
  suggestion_ids: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await sql.queryFile<Quota>(QUOTAS, { params: { suggestion_ids } });
  const by_transfer = groupBy(rows, ({ suggestion_id }) => suggestion_id);
  return new Map(
    [...by_transfer].map(([suggestion_id, received]) => [
      suggestion_id,
      coveredCodes(received, received[0]?.decided_qty ?? 0, received[0]?.pack_qty ?? 1),
    ]),
  );
}

function keyOf({ suggestion_id, code }: TransferCode): string {
  return `${suggestion_id}|${code}`;
}
