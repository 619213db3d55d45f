import { DAY_MS } from '../calendar/day.ts';
import { ALERT_CODES_MAX, ALERT_KINDS, type AlertKind, type AlertSeverity } from '../contract/alert.ts';
import { sumOfMoney } from './case-value.ts';
import {
  CONFIDENCE_MIN,
  CONTEXT_LOG_ODDS_MAX,
  confidenceOf,
  ownLogOdds,
  termsOf,
  type ConfidenceAccount,
} from './confidence.ts';
import { groupBy, sum } from './group-by.ts';
import { lessonsOf } from './learned.ts';
import { foundIn, withRegions } from './regions.ts';
import { caseKey, type StoredSignal } from './stored-signal.ts';
import { MANUFACTURER } from './trail.ts';

/** The evidence of one case: everything in an alert that does not depend on people or on when it was found. */
export interface CaseEvidence {
  /** What it is about (`caseKey`); of merged cases, what their lead is about as long as anything speaks of that. */
  readonly key: string;
  /** Id of the case that people merged these into; "" = nobody merged any. */
  readonly lead_id: string;
  /** Of merged cases, each alone; else none. */
  readonly parts: readonly CaseEvidence[];
  readonly kinds: readonly AlertKind[];
  readonly confidence: number;
  /** What the confidence is made of. */
  readonly account: ConfidenceAccount;
  readonly severity: AlertSeverity;
  readonly origin_dealer_id: string;
  /** The dealer that most of the codes were found at; "" when only consumers scanned. */
  readonly found_dealer_id: string;
  /** "" = no one region. */
  readonly found_adcode: string;
  readonly found_territory_id: string;
  readonly sku_id: string;
  readonly lot: string;
  readonly units: number;
  /** Decimal string, 2 decimals or more; exact. Of the goods priced in `currency`. */
  readonly value: string;
  /** The reporting currency where any goods are priced in it; "" = no price is known. */
  readonly currency: string;
  readonly codes: readonly string[];
  readonly first_event_time: string;
  readonly last_event_time: string;
}

/** What goods that are passed on also leave behind at the dealer that had them, within so many days. */
const OF_FOUND_GOODS: readonly AlertKind[] = ['order_surge', 'missing_scans'];
const SAME_DEED_DAYS = 21;
/** Goods of an order are shipped within so many days. */
const SHIPPED_DAYS = 28;

/** `value` in the reporting currency: money is not converted, and what is told in others alone is at most a warning. */
const CRITICAL = { confidence: 0.9, value: 5_000 };
const WARNING_CONFIDENCE = 0.7;
/** Goods worth so much by the confidence are not to be passed over, however sure they are. */
const WARNING_LOSS = CRITICAL.value;

/** What else cases are made by. */
export interface FusionOptions {
  /** ISO 4217: the money that the severity of a case is told by. */
  readonly reporting_currency: string;
  /** What closed cases have taught (`learnedLogOdds`). Default: nothing yet. */
  readonly learned?: ReadonlyMap<AlertKind, number>;
  /** Which cases people merged. Default: none. */
  readonly merged?: MergedCases;
}

/** Cases that people merged: `id_of` gives the id of the case about a `caseKey`, `leads` (`leadsOf`) the lead of an id. */
export interface MergedCases {
  readonly id_of: (key: string) => string;
  readonly leads: ReadonlyMap<string, string>;
}

/** What else the evidence of a case is weighed by. */
interface Surroundings {
  /** Consumers that saw goods of one origin, product and lot, wherever. */
  readonly travellers: ReadonlyMap<string, number>;
  /** What speaks of a dealer and a product as a whole. */
  readonly context: ReadonlyMap<string, readonly StoredSignal[]>;
  readonly learned: ReadonlyMap<AlertKind, number>;
  readonly reporting_currency: string;
}

/**
 * Fuses signals into cases by `caseKey`, in the regions of `withRegions`. Of a code its strongest signal counts: a code scanned ten times is one code. Log-odds of
 * the codes add up to the prior; of a case that was found and the units in it, those that say more together. What consumers saw counts by how many of them, beyond the travellers that are expected.
 * What speaks of the dealer and the product as a whole is a case of its own, and strengthens those of the goods that it may be about; orders beyond need, or
 * codes that are not seen again, of goods that were found elsewhere meanwhile are part of the case about those. What people
 * said of earlier cases of the same kinds moves them all. Cases that people merged are one, over the signals of them all. Cases
 * below CONFIDENCE_MIN are left out. The result does not depend on the order of the signals.
 */
export function fuseCases(told: readonly StoredSignal[], options: FusionOptions): CaseEvidence[] {
  const signals = withRegions(told);
  const travellers = new Map<string, number>();
  for (const [about, group] of groupBy(signals.filter(isConsumers), travelKey))
    travellers.set(about, consumersOf(group));
  const context = groupBy(
    signals.filter(({ code }) => code === ''),
    goodsKey,
  );
  const { reporting_currency } = options;
  const around: Surroundings = {
    travellers,
    context,
    learned: options.learned ?? new Map(),
    reporting_currency,
  };
  const sure = casesOf(groupBy(signals, caseKey), options.merged, around).filter(
    ({ evidence }) => evidence.confidence >= CONFIDENCE_MIN,
  );
  const told_of = new Set(sure.flatMap(({ context_of_goods }) => context_of_goods));
  const raised = sure.filter((one) => !isPartOfAnother(one, told_of)).map(({ evidence }) => evidence);
  return raised.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Signals of codes, by the code that each is in. */
type Contents = ReadonlyMap<string, readonly StoredSignal[]>;

/** A case, and what of its dealer as a whole it is made of, or may be about its goods. */
interface Weighed {
  readonly evidence: CaseEvidence;
  readonly of_dealer: readonly StoredSignal[];
  readonly context_of_goods: readonly StoredSignal[];
}

/** Whether a case about a dealer's orders or silence tells of goods that were found elsewhere: one deed, one case. */
function isPartOfAnother(
  { evidence, of_dealer }: Weighed,
  told_of_goods: ReadonlySet<StoredSignal>,
): boolean {
  const { codes, lead_id, kinds } = evidence;
  if (codes.length > 0 || lead_id !== '' || !kinds.every((kind) => OF_FOUND_GOODS.includes(kind)))
    return false;
  return of_dealer.every((signal) => told_of_goods.has(signal));
}

function casesOf(
  groups: ReadonlyMap<string, readonly StoredSignal[]>,
  merged: MergedCases | undefined,
  around: Surroundings,
): Weighed[] {
  const alone = (key: string): Weighed => weigh(key, groups.get(key) ?? [], around);
  if (merged === undefined || merged.leads.size === 0) return [...groups.keys()].map(alone);
  const leading = new Set(merged.leads.values());
  const ids = new Map([...groups.keys()].map((key) => [key, merged.id_of(key)]));
  const lead_of = (key: string): string => {
    const id = ids.get(key) ?? '';
    return merged.leads.get(id) ?? (leading.has(id) ? id : '');
  };
  return [...groupBy([...groups.keys()].sort(), lead_of)].flatMap(([lead_id, keys]) => {
    if (lead_id === '') return keys.map(alone);
    const key = keys.find((one) => ids.get(one) === lead_id) ?? keys[0] ?? '';
    const all = keys.flatMap((one) => groups.get(one) ?? []);
    const { evidence, ...rest } = weigh(key, all, around);
    const parts = keys.map((one) => alone(one).evidence);
    return [{ ...rest, evidence: { ...evidence, lead_id, parts } }];
  });
}

/** @param key what the case is about, where the signals are of more than one */
function weigh(
  key: string,
  group: readonly StoredSignal[],
  { travellers, context, learned, reporting_currency }: Surroundings,
): Weighed {
  const in_time = group.toSorted(byTimeThenCode);
  const about = in_time.find((signal) => caseKey(signal) === key);
  if (about === undefined) throw new Error('a case without a signal');
  const by_code = new Map<string, StoredSignal>();
  for (const signal of in_time) {
    const known = by_code.get(signal.code);
    if (signal.code !== '' && (known === undefined || isStronger(signal, known)))
      by_code.set(signal.code, signal);
  }
  const strongest = [...by_code.values()];
  // Units inside a case that was itself found are counted with the case: its scan and theirs tell of the same goods.
  const isContent = ({ code, parent_code }: StoredSignal): boolean =>
    parent_code !== code && by_code.has(parent_code);
  const counted = strongest.filter((signal) => !isContent(signal));
  const contents = groupBy(strongest.filter(isContent), ({ parent_code }) => parent_code);
  const of_dealer = strongestByKind(in_time.filter(({ code }) => code === ''));
  const own = {
    codes: counted
      .filter((signal) => !isConsumers(signal))
      .map((signal) => ({
        code: signal.code,
        kind: signal.kind,
        log_odds: logOddsWithin(signal, contents),
      })),
    consumers: seenBy(counted.filter(isConsumers), travellers),
    of_dealer: termsOf(of_dealer),
  };
  const found = in_time.filter(({ code }) => code !== '');
  const of_product = [...new Set(found.map(goodsKey))].flatMap((goods) => context.get(goods) ?? []);
  const context_of_goods = of_product.filter((one) => isAbout(one, found));
  const added =
    of_dealer.length > 0 || ownLogOdds(own) < 0
      ? []
      : context_of_goods.filter(({ log_odds }) => log_odds >= CONTEXT_LOG_ODDS_MAX);
  const account = {
    ...own,
    context: termsOf(added),
    lessons: lessonsOf([...counted, ...of_dealer], learned),
  };
  const confidence = confidenceOf(account);
  // Each line below the floor is goods of its own; other signals of a dealer tell of the same goods, the strongest best.
  const goods = [
    ...counted,
    ...of_dealer.filter(({ kind }) => kind !== 'below_floor'),
    ...in_time.filter(({ kind }) => kind === 'below_floor'),
  ];
  const priced = goods.filter(({ unit_value }) => unit_value !== null);
  const is_reported = priced.some((signal) => signal.currency === reporting_currency);
  const currency = is_reported ? reporting_currency : (priced[0]?.currency ?? '');
  const value = sumOfMoney(priced.filter((signal) => signal.currency === currency));
  const all = [...in_time, ...added];
  const evidence: CaseEvidence = {
    key,
    lead_id: '',
    parts: [],
    kinds: ALERT_KINDS.filter((kind) => all.some((signal) => signal.kind === kind)),
    confidence,
    account,
    severity: severityOf(confidence, is_reported ? Number(value) : 0),
    origin_dealer_id: about.origin_dealer_id,
    found_dealer_id: mostFrequent(
      goods.map((signal) => signal.found_dealer_id).filter((id) => id !== '' && id !== MANUFACTURER),
    ),
    ...foundIn(about.region),
    sku_id: about.sku_id,
    lot: about.lot,
    units: sum(goods.map(({ units }) => units)),
    value,
    currency,
    codes: strongest.map(({ sent_code }) => sent_code).slice(0, ALERT_CODES_MAX),
    first_event_time: all.map((one) => one.first_event_time).sort()[0] ?? about.event_time,
    last_event_time:
      all
        .map((one) => one.event_time)
        .sort()
        .at(-1) ?? about.event_time,
  };
  return { evidence, of_dealer: in_time.filter(({ code }) => code === ''), context_of_goods };
}

/**
 * Whether what speaks of a dealer as a whole may be about goods that were found: a price about those that were shipped after the order, orders
 * and silence about those that were found meanwhile, of whatever shipment (shelves are sold off in the order in which they were filled).
 */
function isAbout(one: StoredSignal, found: readonly StoredSignal[]): boolean {
  const begins = Date.parse(one.first_event_time);
  const ends = Date.parse(one.event_time);
  return found.some(({ shipped_at, first_event_time, event_time }) => {
    if (one.kind === 'below_floor' && shipped_at !== null) {
      // What gave money back may be booked long after the goods went.
      const shipped = Date.parse(shipped_at);
      return shipped >= begins && shipped <= begins + SHIPPED_DAYS * DAY_MS;
    }
    return (
      Date.parse(first_event_time) <= ends + SAME_DEED_DAYS * DAY_MS &&
      Date.parse(event_time) >= begins - SAME_DEED_DAYS * DAY_MS
    );
  });
}

/** Of each region how many consumers saw the goods there, and how many elsewhere. */
function seenBy(
  consumers: readonly StoredSignal[],
  travellers: ReadonlyMap<string, number>,
): ConfidenceAccount['consumers'] {
  return [...groupBy(consumers, caseKey).values()].map((group) => {
    const seen = consumersOf(group);
    const [about] = group.map(travelKey);
    return { seen, elsewhere: Math.max(0, (travellers.get(about ?? '') ?? 0) - seen) };
  });
}

/** What a code says, or what dealers' scans of what is in it say together, if that is more: goods that are scanned twice are no surer to be honest. */
function logOddsWithin(signal: StoredSignal, contents: Contents): number {
  const inside = (contents.get(signal.code) ?? []).filter((one) => !isConsumers(one));
  return Math.max(signal.log_odds, sum(inside.map((one) => logOddsWithin(one, contents))));
}

/** How many consumers scanned, each by the probability that it was outside; one session is one consumer. */
function consumersOf(signals: readonly StoredSignal[]): number {
  const by_session = new Map<string, number>();
  for (const { session_id, code, p_inside } of signals) {
    const session = session_id === '' ? `code ${code}` : session_id;
    by_session.set(session, Math.max(by_session.get(session) ?? 0, 1 - p_inside));
  }
  return sum([...by_session.values()].sort((a, b) => a - b));
}

function isConsumers({ kind, found_dealer_id, code }: StoredSignal): boolean {
  return kind === 'out_of_territory' && found_dealer_id === '' && code !== '';
}

function travelKey({ origin_dealer_id, sku_id, lot }: StoredSignal): string {
  return `${origin_dealer_id}|${sku_id}|${lot}`;
}

function goodsKey({ origin_dealer_id, sku_id }: Pick<StoredSignal, 'origin_dealer_id' | 'sku_id'>): string {
  return `${origin_dealer_id}|${sku_id}`;
}

/** Of each kind and product of a dealer the strongest. */
function strongestByKind(signals: readonly StoredSignal[]): StoredSignal[] {
  return [...groupBy(signals, (signal) => `${signal.kind}|${goodsKey(signal)}`).values()].map((group) =>
    group.reduce((one, other) => (other.log_odds > one.log_odds ? other : one)),
  );
}

function isStronger(a: StoredSignal, b: StoredSignal): boolean {
  return a.log_odds > b.log_odds;
}

function severityOf(confidence: number, value: number): AlertSeverity {
  if (confidence >= CRITICAL.confidence && value >= CRITICAL.value) return 'critical';
  return confidence >= WARNING_CONFIDENCE || confidence * value >= WARNING_LOSS ? 'warning' : 'info';
}

function byTimeThenCode(a: StoredSignal, b: StoredSignal): number {
  if (a.event_time !== b.event_time) return a.event_time < b.event_time ? -1 : 1;
  if (a.code !== b.code) return a.code < b.code ? -1 : 1;
  if (a.log_odds !== b.log_odds) return b.log_odds - a.log_odds;
  // Whatever else differs, the order must not: it decides whose parent and dealer are taken.
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  return one < other ? -1 : Number(one > other);
}

/** The most frequent; of equals the first in order. "" for none. */
function mostFrequent(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? '';
}
