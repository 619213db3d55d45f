import { createHash } from 'node:crypto';
import { DAY_MS } from '../../models/calendar/day.ts';
import type { Alert } from '../../models/contract/alert.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import { withinBudget, type BeyondBudget } from '../../models/diversion/budget.ts';
import { leadsOf, type CaseGrouping } from '../../models/diversion/case-groups.ts';
import type { ConfidenceAccount } from '../../models/diversion/confidence.ts';
import { groupBy } from '../../models/diversion/group-by.ts';
import { fuseCases, type CaseEvidence } from '../../models/diversion/fusion.ts';
import type { StoredSignal } from '../../models/diversion/stored-signal.ts';
import { learnedLogOdds, type Outcomes } from '../../models/diversion/learned.ts';
import type { Settings } from '../settings/settings.ts';
import { defineProcessor, type LiveSet, type Output, type RunContext } from '../processor.ts';
import { columnsOf, storedCase, withGroup, withMove, type CaseColumns, type Move } from './case-row.ts';

/** Signals fused in one run at most: the newest. Far beyond what people can look into. */
const SIGNALS_MAX = 200_000;
const OPEN_STATES: readonly string[] = ['open', 'acknowledged', 'investigating'];

interface Dealer {
  readonly dealer_id: string;
  readonly name: string;
  readonly adcode: string;
}
interface Input {
  readonly signals: readonly StoredSignal[];
  readonly stored: readonly CaseColumns[];
  readonly moves: readonly Move[];
  readonly groupings: readonly CaseGrouping[];
  readonly outcomes: readonly Outcomes[];
  readonly dealers: readonly Dealer[];
  readonly beyond: readonly BeyondBudget[];
}
interface Result extends Output {
  readonly changed: readonly Alert[];
  readonly withdrawn: readonly Alert[];
  /** Days of which more or fewer cases are left out than before. */
  readonly beyond: readonly BeyondBudget[];
  /** What the confidence of those that rest on evidence is made of. */
  readonly accounts: ReadonlyMap<string, ConfidenceAccount>;
}

/**
 * Fuses signals into cases, keeps what people did with them, and publishes them (D14). A case keeps its id as long as
 * origin, region, product and lot are the same. One that later data explain is withdrawn while it is still open; once a
 * person has taken it up, only people close it, and it says since when it has lapsed. What they said of earlier cases moves the confidence of the others. Cases that
 * they merged are one from then on; each that is part of another keeps its row, which points to its lead, and is told to nobody.
 */
export const diversionCases = defineProcessor<Input, Result>({
  id: 'diversion-cases',
  lane: 'cases',
  trigger: {
    on: 'timer',
    every_ms: 10_000,
    after: ['diversion-signals', 'price-signals', 'habit-signals', 'case-moves'],
    min_interval_ms: 400,
  },
  query: async ({ sql }) => {
    const [signals, stored, moves, groupings, dealers, beyond] = await Promise.all([
      sql.queryFile<StoredSignal>('queries/processors/diversion-signals.sql', {
        params: { limit: SIGNALS_MAX },
      }),
      sql.queryFile<CaseColumns>('queries/processors/diversion-cases.sql'),
      sql.queryFile<Move>('queries/processors/case-moves.sql', { params: { alert_ids: [] } }),
      sql.queryFile<CaseGrouping>('queries/processors/case-groupings.sql'),
      sql.queryFile<Dealer>('queries/processors/dealer-places.sql'),
      sql.queryFile<BeyondBudget>('queries/processors/case-budget.sql'),
    ]);
    // Where nobody has moved a case nobody has judged one.
    const outcomes =
      moves.length === 0 ? [] : await sql.queryFile<Outcomes>('queries/processors/diversion-outcomes.sql');
    return { signals, stored, moves, groupings, outcomes, dealers, beyond };
  },
  compute: (input, { now, settings }) => computeCases(input, now, settings),
  store: storeCases,
});

function computeCases(input: Input, now: Date, { reporting_currency, cases_per_day_max }: Settings): Result {
  const stored = new Map(input.stored.map((row) => [row.alert_id, storedCase(row)]));
  const moves = new Map(input.moves.map((move) => [move.alert_id, move]));
  const leads = leadsOf(input.groupings);
  const members = groupBy([...leads.keys()].sort(), (alert_id) => leads.get(alert_id) ?? '');
  const changed: Alert[] = [];
  const current = new Map<string, Alert>();
  const now_iso = now.toISOString();
  const keep = (alert_id: string, told: Alert): void => {
    const lead = leads.get(alert_id) ?? '';
    // Without its lead a case stands alone.
    const merged_into = current.has(lead) ? lead : '';
    const fresh = withMove(
      withGroup(told, { merged_into, member_ids: members.get(alert_id) ?? [] }),
      moves.get(alert_id),
    );
    const old = stored.get(alert_id);
    const alert = old !== undefined && isSameCase(old, fresh) ? old : fresh;
    current.set(alert_id, alert);
    if (alert !== old) changed.push(alert);
  };
  const accounts = new Map<string, ConfidenceAccount>();
  const found = (alert_id: string, evidence: CaseEvidence): void => {
    accounts.set(alert_id, evidence.account);
    keep(alert_id, alertOf(alert_id, evidence, stored.get(alert_id), reporting_currency, now_iso));
  };
  const options = {
    reporting_currency,
    learned: learnedLogOdds(input.outcomes),
    merged: { id_of: alertId, leads },
  };
  const isTakenUp = (evidence: CaseEvidence): boolean => moves.has(idOf(evidence));
  const { raised, beyond } = withinBudget(fuseCases(input.signals, options), cases_per_day_max, isTakenUp);
  for (const evidence of raised) {
    const alert_id = idOf(evidence);
    found(alert_id, evidence);
    for (const part of evidence.parts) {
      const part_id = alertId(part.key);
      if (part_id !== alert_id) found(part_id, part);
    }
  }
  const withdrawn: Alert[] = [];
  // What is part of another stays as long as that does: leads first.
  const gone = [...stored.values()].filter(({ alert_id }) => !current.has(alert_id));
  for (const old of gone.toSorted((a, b) => Number(leads.has(a.alert_id)) - Number(leads.has(b.alert_id)))) {
    const { alert_id } = old;
    const is_part = current.has(leads.get(alert_id) ?? '');
    if (!is_part && withMove(old, moves.get(alert_id)).state === 'open') withdrawn.push(old);
    else keep(alert_id, { ...old, updated_at: now_iso, lapsed_at: old.lapsed_at ?? now_iso });
  }
  const cases = [...current.values()].filter(({ merged_into }) => merged_into === undefined);
  return {
    changed,
    withdrawn,
    beyond: changesOf(input.beyond, beyond),
    accounts,
    live: [alertSet(cases, input.dealers, now), arcSet(cases, input.dealers)],
  };
}

/** Open cases, and those that changed in the last 24 hours. */
function alertSet(cases: readonly Alert[], dealers: readonly Dealer[], now: Date): LiveSet {
  const since = new Date(now.getTime() - DAY_MS).toISOString();
  const places = new Map(dealers.map((dealer) => [dealer.dealer_id, dealer]));
  const rows = new Map<string, LiveRow<'alerts'>>();
  for (const one of cases) {
    if (!OPEN_STATES.includes(one.state) && one.updated_at < since) continue;
    const origin = places.get(one.origin_dealer_id);
    rows.set(one.alert_id, {
      ...one,
      ...(origin === undefined || origin.name === '' ? {} : { origin_dealer_name: origin.name }),
      ...(origin === undefined || origin.adcode === '' ? {} : { origin_adcode: origin.adcode }),
    });
  }
  return { topic: 'alerts', as_of: lastEventTime(cases), rows };
}

const SEVERITY_RANK = { critical: 2, warning: 1, info: 0 } as const;

/**
 * Flows from the prefecture of the origin dealer to that where the goods were found, over the open cases in which some
 * were found: one about a dealer's orders or prices alone names no code.
 */
function arcSet(cases: readonly Alert[], dealers: readonly Dealer[]): LiveSet {
  const places = new Map(dealers.map((dealer) => [dealer.dealer_id, dealer.adcode]));
  type Arc = Extract<LiveRow<'map'>, { kind: 'arc' }>;
  const rows = new Map<string, Arc>();
  for (const one of cases) {
    const from_adcode = places.get(one.origin_dealer_id) ?? '';
    const to_adcode = one.found_adcode ?? '';
    if (!OPEN_STATES.includes(one.state) || from_adcode === '' || to_adcode === '') continue;
    if (one.codes.length === 0) continue;
    const key = `arc:${from_adcode}:${to_adcode}`;
    const arc = rows.get(key);
    const severity =
      arc !== undefined && SEVERITY_RANK[arc.severity] >= SEVERITY_RANK[one.severity]
        ? arc.severity
        : one.severity;
    rows.set(key, {
      kind: 'arc',
      from_adcode,
      to_adcode,
      cases: (arc?.cases ?? 0) + 1,
      units: (arc?.units ?? 0) + one.units,
      severity,
    });
  }
  return { topic: 'map', as_of: lastEventTime(cases), rows };
}

/** Days whose count is another one now; 0 = none of it is left out any more. */
function changesOf(before: readonly BeyondBudget[], now: readonly BeyondBudget[]): BeyondBudget[] {
  const told = new Map(before.map((one) => [one.day, one]));
  const days = new Set(now.map(({ day }) => day));
  return [
    ...now.filter(({ day, cases, surest }) => {
      const old = told.get(day);
      return old?.cases !== cases || old.surest.toFixed(9) !== surest.toFixed(9);
    }),
    ...before.filter(({ day }) => !days.has(day)).map((old) => ({ ...old, cases: 0 })),
  ];
}

async function storeCases(
  { changed, withdrawn, beyond, accounts }: Result,
  { sql, version }: RunContext,
): Promise<void> {
  const accounted = changed.flatMap(({ alert_id, confidence }) => {
    const account = accounts.get(alert_id);
    return account === undefined ? [] : [{ alert_id, confidence, account: JSON.stringify(account), version }];
  });
  // First: who sees a case finds what its confidence is made of.
  await sql.insertRows('raw_mart_case_accounts', accounted);
  await Promise.all([
    sql.insertRows('raw_mart_diversion_cases', [
      ...changed.map((alert) => ({ ...columnsOf(alert), version, is_deleted: 0 })),
      ...withdrawn.map((alert) => ({ ...columnsOf(alert), version, is_deleted: 1 })),
    ]),
    sql.insertRows(
      'raw_mart_case_budget',
      beyond.map((one) => ({ ...one, version, is_deleted: Number(one.cases === 0) })),
    ),
  ]);
}

/** The case that people merged it into, where they did. */
function idOf({ lead_id, key }: CaseEvidence): string {
  return lead_id === '' ? alertId(key) : lead_id;
}

/** 20 hexadecimal digits of the SHA-256 of what the case is about. */
function alertId(key: string): string {
  return `dv-${createHash('sha256').update(key).digest('hex').slice(0, 20)}`;
}

function alertOf(
  alert_id: string,
  evidence: CaseEvidence,
  old: Alert | undefined,
  reporting_currency: string,
  now_iso: string,
): Alert {
  const { found_dealer_id, found_adcode, found_territory_id, lot, currency } = evidence;
  return {
    alert_id,
    state: old?.state ?? 'open',
    severity: evidence.severity,
    kinds: [...evidence.kinds],
    confidence: evidence.confidence,
    origin_dealer_id: evidence.origin_dealer_id,
    ...(found_dealer_id === '' ? {} : { found_dealer_id }),
    ...(found_adcode === '' ? {} : { found_adcode }),
    ...(found_territory_id === '' ? {} : { found_territory_id }),
    sku_id: evidence.sku_id,
    ...(lot === '' ? {} : { lot }),
    units: evidence.units,
    value: evidence.value,
    currency: (currency === '' ? reporting_currency : currency) as Alert['currency'],
    codes: [...evidence.codes],
    first_event_time: evidence.first_event_time,
    last_event_time: evidence.last_event_time,
    raised_at: old?.raised_at ?? now_iso,
    updated_at: now_iso,
    ...(old?.assignee === undefined ? {} : { assignee: old.assignee }),
    ...(old?.reason === undefined ? {} : { reason: old.reason }),
  };
}

/** Whether two states of a case differ in nothing but when they were computed. */
function isSameCase(a: Alert, b: Alert): boolean {
  const told = (one: Alert): string =>
    JSON.stringify({ ...columnsOf(one), updated_at: '', confidence: one.confidence.toFixed(9) });
  return told(a) === told(b);
}

function lastEventTime(cases: readonly Alert[]): string | null {
  return (
    cases
      .map((one) => one.last_event_time)
      .sort()
      .at(-1) ?? null
  );
}
