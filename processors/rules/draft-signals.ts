import type { StoredSignal } from '../../models/diversion/stored-signal.ts';
import type { HabitRule } from '../../models/diversion/judge-habits.ts';
import type { LineRule } from '../../models/diversion/rules/below-floor.ts';
import { scanRegion } from '../../models/diversion/regions.ts';
import type { CodeRule, CodeSignal, Trail } from '../../models/diversion/trail.ts';
import type { SqlClient } from '../../sql/client.ts';
import { pendingRanges, topicOf } from '../loop/offsets.ts';
import { settledInLedgers } from '../loop/settled.ts';
import { observationParams, readTrails } from '../marts/code-trails.ts';
import { dealerSignalRows, readDealerHabits } from '../marts/dealer-habits.ts';
import { linesInParts, lineColumns, type JudgedLine } from '../marts/price-signals.ts';
import { saidOfCode, saidOfDealers, saidOfLine, type DraftRule } from './draft-rule.ts';

/** A stretch of event time; `to` is not part of it. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** What a rule alone says of history. */
export interface DraftSignals {
  /** How many codes, pairs of a dealer and a product, or order lines below their floor it was asked about. */
  readonly asked: number;
  readonly asked_about: 'codes' | 'dealers and products' | 'order lines below the floor';
  readonly signals: readonly StoredSignal[];
}

/** Codes looked at in one part: what ClickHouse keeps of them in memory. */
const CODES_PER_PART = 20_000;
/** Deliveries of orders whose lines are looked at in one part. */
const DELIVERIES_PER_PART = 400_000;
const OF_NO_CODE = {
  code: '',
  sent_code: '',
  lot: '',
  parent_code: '',
  shipped_at: null,
  session_id: '',
  p_inside: 0,
};

/** Asks a rule of any form about the stretch, with the territories and prices that held then. Writes nothing. */
export function draftSignals(
  sql: SqlClient,
  rule: DraftRule,
  span: Span,
  time_zone: string,
): Promise<DraftSignals> {
  if ('judge' in rule) return ofCodes(sql, rule, span);
  if ('judgeHabits' in rule) return ofDealers(sql, rule, span, time_zone);
  return ofLines(sql, rule, span, time_zone);
}

/** All codes that were scanned in the stretch, each by its whole trail; what is said of scans outside the stretch is left out. */
async function ofCodes(sql: SqlClient, rule: CodeRule, span: Span): Promise<DraftSignals> {
  const signals: StoredSignal[] = [];
  let asked = 0;
  for await (const trails of trailsIn(sql, span)) {
    asked += trails.codes;
    for (const trail of trails.found)
      for (const one of saidOfCode(rule, trail, span.to.getTime()))
        if (isWithin(one.scan.event_time, span)) signals.push(signalOf(trail, one));
  }
  return { asked, asked_about: 'codes', signals };
}

/** Every dealer and product over the days up to the end of the stretch, as they are judged live; what had ended before it is left out. */
async function ofDealers(
  sql: SqlClient,
  rule: HabitRule,
  span: Span,
  time_zone: string,
): Promise<DraftSignals> {
  const habits = await readDealerHabits(sql, time_zone, new Date(span.to.getTime() - 1));
  const signals = dealerSignalRows(saidOfDealers(rule, habits), habits)
    .filter(({ event_time }) => isWithin(event_time, span))
    .map((row) => ({ ...OF_NO_CODE, ...row }));
  return { asked: habits.orders.length, asked_about: 'dealers and products', signals };
}

/** All order lines below their floor that were placed in the stretch, by what is known of them now. */
async function ofLines(sql: SqlClient, rule: LineRule, span: Span, time_zone: string): Promise<DraftSignals> {
  const settled = await settledInLedgers(sql)();
  const ranges = pendingRanges([topicOf('order')], settled, new Map(), Number.MAX_SAFE_INTEGER);
  const deliveries = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const parts = Math.ceil(deliveries / DELIVERIES_PER_PART);
  // Later than any: what conflicts say is in the views already.
  const conflicts_since_ms = Date.now();
  const lines = new Map<string, JudgedLine>();
  for await (const part of linesInParts({ sql, settings: { time_zone }, ranges, conflicts_since_ms }, parts))
    for (const line of part)
      if (line.is_known === 0 && isWithin(line.placed_at, span))
        lines.set(`${line.dealer_id}|${line.ref}`, line);
  const signals = [...lines.values()].flatMap((line) => {
    const said = saidOfLine(rule, line);
    if (said === null) return [];
    return [{ ...OF_NO_CODE, ...lineColumns(line), kind: rule.kind, log_odds: said.log_odds }];
  });
  return { asked: lines.size, asked_about: 'order lines below the floor', signals };
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
    region: scanRegion(scan),
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
