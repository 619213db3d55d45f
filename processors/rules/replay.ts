import { fuseCases, type CaseEvidence, type StoredSignal } from '../../models/diversion/fusion.ts';
import { isTold, type CodeRule, type CodeSignal, type Trail } from '../../models/diversion/trail.ts';
import type { CaseState } from '../../models/contract/alert.ts';
import type { SqlClient } from '../../sql/client.ts';
import { observationParams, readTrails } from '../marts/code-trails.ts';
import type { Settings } from '../settings/settings.ts';

/** A stretch of event time; `to` is not part of it. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** A case as it is stored, in so far as a draft is compared with it. */
interface KnownCase {
  readonly alert_id: string;
  readonly state: CaseState;
  /** What people last said of it; "" = nothing yet. */
  readonly verdict: '' | 'confirmed' | 'dismissed';
  /** Origin dealer, found region, product and lot: its own, and those of the cases that were merged into it. */
  readonly about: readonly (readonly [origin: string, region: string, sku: string, lot: string])[];
}

/** What a draft rule would have done. */
export interface Replayed {
  readonly codes: number;
  readonly signals: number;
  /** What it would have raised by itself. */
  readonly raised: readonly (CaseEvidence & { readonly known: KnownCase | null })[];
  /** Stored cases of the same stretch that it would have raised too, and those that it would not. */
  readonly caught: readonly KnownCase[];
  readonly missed: readonly KnownCase[];
  /** Of what it would have raised, cases that people confirmed, and that they dismissed. */
  readonly confirmed: number;
  readonly dismissed: number;
  /** confirmed ÷ (confirmed + dismissed); null when nobody has judged any of them. */
  readonly precision: number | null;
}

/** Codes looked at in one part: what ClickHouse keeps of them in memory. */
const CODES_PER_PART = 20_000;

/**
 * Judges history by a draft rule alone, without writing anything: all codes that were scanned in the stretch, each by its whole trail,
 * with the territories and prices of its shipments. What it says of scans outside the stretch is left out.
 */
export async function replayRule(
  sql: SqlClient,
  rule: CodeRule,
  { from, to }: Span,
  settings: Pick<Settings, 'cases_per_day_max' | 'reporting_currency'>,
): Promise<Replayed> {
  const signals: StoredSignal[] = [];
  let codes = 0;
  for await (const trails of trailsIn(sql, { from, to })) {
    codes += trails.codes;
    for (const trail of trails.found)
      for (const one of rule.judge(trail, to.getTime()).filter(isTold))
        if (isWithin(one.scan.event_time, { from, to })) signals.push(signalOf(trail, one));
  }
  const known = await sql.queryFile<KnownCase>('queries/rules/known-cases.sql', { params: { from, to } });
  const raised = fuseCases(signals, settings).map((evidence) => ({
    ...evidence,
    known: known.find((one) => isSame(one, evidence)) ?? null,
  }));
  const caught = known.filter((one) => raised.some((evidence) => evidence.known === one));
  const confirmed = caught.filter(({ verdict }) => verdict === 'confirmed').length;
  const dismissed = caught.filter(({ verdict }) => verdict === 'dismissed').length;
  return {
    codes,
    signals: signals.length,
    raised,
    caught,
    missed: known.filter((one) => !caught.includes(one)),
    confirmed,
    dismissed,
    precision: confirmed + dismissed === 0 ? null : confirmed / (confirmed + dismissed),
  };
}

async function* trailsIn(
  sql: SqlClient,
  { from, to }: Span,
): AsyncGenerator<{ readonly codes: number; readonly found: readonly Trail[] }> {
  let after = '';
  for (;;) {
    const codes = await sql.queryFile<{ code: string }>('queries/rules/codes.sql', {
      params: { from, to, after, limit: CODES_PER_PART },
    });
    const last = codes.at(-1);
    if (last === undefined) return;
    const asked = {
      name: 'asked',
      structure: 'code String, version UInt64',
      lines: codes.map(({ code }) => Buffer.from(`${JSON.stringify({ code, version: 0 })}\n`)),
    };
    const params = observationParams('asked', 0);
    const found = await readTrails(sql, (file) => sql.queryFileOver(file, asked, { params }));
    yield { codes: codes.length, found };
    after = last.code;
  }
}

function signalOf(
  trail: Trail,
  { kind, scan, origin_dealer_id, p_inside, log_odds }: CodeSignal,
): StoredSignal {
  const { code, sent_code, sku_id, lot, parent_code, units, unit_value, currency } = trail;
  return {
    code,
    sent_code,
    kind,
    first_event_time: scan.event_time,
    event_time: scan.event_time,
    sku_id,
    lot,
    parent_code,
    origin_dealer_id,
    shipped_at: scan.shipped_at,
    found_dealer_id: scan.dealer_id,
    region: scan.adcode,
    session_id: scan.session_id,
    p_inside,
    log_odds,
    units,
    unit_value,
    currency,
  };
}

function isWithin(instant: string, { from, to }: Span): boolean {
  const at = Date.parse(instant);
  return at >= from.getTime() && at < to.getTime();
}

/** About the same goods of the same dealer; a case without a region or a lot is about all of them. */
function isSame(known: KnownCase, evidence: CaseEvidence): boolean {
  const agree = (a: string, b: string): boolean => a === '' || b === '' || a === b;
  return known.about.some(
    ([origin, region, sku, lot]) =>
      origin === evidence.origin_dealer_id &&
      sku === evidence.sku_id &&
      agree(region, evidence.found_adcode) &&
      agree(lot, evidence.lot),
  );
}
