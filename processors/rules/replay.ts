import { withinBudget } from '../../models/diversion/budget.ts';
import { fuseCases, type CaseEvidence } from '../../models/diversion/fusion.ts';
import { regionOf } from '../../models/diversion/regions.ts';
import type { CaseState } from '../../models/contract/alert.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { Settings } from '../settings/settings.ts';
import type { DraftRule } from './draft-rule.ts';
import { draftSignals, type DraftSignals, type Span } from './draft-signals.ts';

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
export interface Replayed extends Omit<DraftSignals, 'signals'> {
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

/**
 * Judges history by a draft rule alone, without writing anything (`draftSignals`), fuses what it says into cases, and holds these
 * against those that are stored.
 */
export async function replayRule(
  sql: SqlClient,
  rule: DraftRule,
  { from, to }: Span,
  settings: Pick<Settings, 'cases_per_day_max' | 'reporting_currency' | 'time_zone'>,
): Promise<Replayed> {
  const { signals, ...asked } = await draftSignals(sql, rule, { from, to }, settings.time_zone);
  const known = await sql.queryFile<KnownCase>('queries/rules/known-cases.sql', { params: { from, to } });
  const { raised: within } = withinBudget(fuseCases(signals, settings), settings.cases_per_day_max);
  const raised = within.map((evidence) => ({
    ...evidence,
    known: known.find((one) => isSame(one, evidence)) ?? null,
  }));
  const caught = known.filter((one) => raised.some((evidence) => evidence.known === one));
  const confirmed = caught.filter(({ verdict }) => verdict === 'confirmed').length;
  const dismissed = caught.filter(({ verdict }) => verdict === 'dismissed').length;
  return {
    ...asked,
    signals: signals.length,
    raised,
    caught,
    missed: known.filter((one) => !caught.includes(one)),
    confirmed,
    dismissed,
    precision: confirmed + dismissed === 0 ? null : confirmed / (confirmed + dismissed),
  };
}

/** About the same goods of the same dealer; a case without a region or a lot is about all of them. */
function isSame(known: KnownCase, evidence: CaseEvidence): boolean {
  const agree = (a: string, b: string): boolean => a === '' || b === '' || a === b;
  return known.about.some(
    ([origin, region, sku, lot]) =>
      origin === evidence.origin_dealer_id &&
      sku === evidence.sku_id &&
      agree(region, regionOf(evidence)) &&
      agree(lot, evidence.lot),
  );
}
