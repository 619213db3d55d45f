import { ALERT_CODES_MAX, ALERT_KINDS, type AlertKind, type AlertSeverity } from '../contract/alert.ts';

/** A stored signal: what a rule said about one scan. */
export interface StoredSignal {
  readonly code: string;
  readonly kind: AlertKind;
  readonly event_time: string;
  readonly sku_id: string;
  readonly lot: string;
  readonly parent_code: string;
  readonly origin_dealer_id: string;
  readonly found_dealer_id: string;
  readonly found_adcode: string;
  readonly log_odds: number;
  readonly units: number;
  /** Decimal string; null when no price is known. */
  readonly unit_value: string | null;
  readonly currency: string;
}

/** The evidence of one case: everything in an alert that does not depend on people or on when it was found. */
export interface CaseEvidence {
  readonly key: string;
  readonly kinds: readonly AlertKind[];
  readonly confidence: number;
  readonly severity: AlertSeverity;
  readonly origin_dealer_id: string;
  /** The dealer that most of the codes were found at; "" when only consumers scanned. */
  readonly found_dealer_id: string;
  readonly found_adcode: string;
  readonly sku_id: string;
  readonly lot: string;
  readonly units: number;
  /** Decimal string, 2 decimals or more; exact. */
  readonly value: string;
  readonly currency: string;
  readonly codes: readonly string[];
  readonly first_event_time: string;
  readonly last_event_time: string;
}

/** Odds that goods seen in a region at all are diverted, before any signal: 1 in 100. */
const PRIOR_LOG_ODDS = Math.log(0.01 / 0.99);
/** More evidence than this makes a case no surer (1 in 160,000 to be wrong): signals of one case are not independent. */
const LOG_ODDS_MAX = 12;
/** Below it nothing is raised: as likely as not. */
export const CONFIDENCE_MIN = 0.5;

const CRITICAL = { confidence: 0.9, value: 5_000 };
const WARNING_CONFIDENCE = 0.7;

/** What one case is about: origin dealer, found region, product, lot. */
export function caseKey(signal: StoredSignal): string {
  return [signal.origin_dealer_id, signal.found_adcode, signal.sku_id, signal.lot].join('|');
}

/**
 * Fuses signals into cases by `caseKey`, strongest evidence of each code only: a code scanned ten times is one code.
 * Log-odds of the codes add up to the prior. Cases below CONFIDENCE_MIN are left out. The result does not depend on the
 * order of the signals.
 */
export function fuseCases(signals: readonly StoredSignal[]): CaseEvidence[] {
  const groups = new Map<string, StoredSignal[]>();
  for (const signal of signals) {
    const key = caseKey(signal);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [signal]);
    else group.push(signal);
  }
  return [...groups]
    .map(([key, group]) => evidenceOf(key, group))
    .filter((evidence) => evidence.confidence >= CONFIDENCE_MIN)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function evidenceOf(key: string, group: readonly StoredSignal[]): CaseEvidence {
  const in_time = group.toSorted(byTimeThenCode);
  const by_code = new Map<string, StoredSignal>();
  for (const signal of in_time) {
    const known = by_code.get(signal.code);
    if (known === undefined || signal.log_odds > known.log_odds) by_code.set(signal.code, signal);
  }
  const strongest = [...by_code.values()];
  // Units inside a case that was itself found are counted with the case; the case's scan and theirs tell of the same goods.
  const counted = strongest.filter(
    (signal) => signal.parent_code === signal.code || !by_code.has(signal.parent_code),
  );
  const log_odds = Math.min(
    LOG_ODDS_MAX,
    counted.reduce((sum, signal) => sum + signal.log_odds, PRIOR_LOG_ODDS),
  );
  const [first] = in_time;
  const last = in_time.at(-1);
  if (first === undefined || last === undefined) throw new Error('a case without a signal');
  const confidence = 1 / (1 + Math.exp(-log_odds));
  const currency = counted.find((signal) => signal.unit_value !== null)?.currency ?? '';
  const value = sumOfMoney(
    counted.filter((signal) => signal.currency === currency && signal.unit_value !== null),
  );
  return {
    key,
    kinds: ALERT_KINDS.filter((kind) => group.some((signal) => signal.kind === kind)),
    confidence,
    severity: severityOf(confidence, Number(value)),
    origin_dealer_id: first.origin_dealer_id,
    found_dealer_id: mostFrequent(
      strongest.map((signal) => signal.found_dealer_id).filter((id) => id !== ''),
    ),
    found_adcode: first.found_adcode,
    sku_id: first.sku_id,
    lot: first.lot,
    units: counted.reduce((sum, signal) => sum + signal.units, 0),
    value,
    currency,
    codes: [...by_code.keys()].slice(0, ALERT_CODES_MAX),
    first_event_time: first.event_time,
    last_event_time: last.event_time,
  };
}

function severityOf(confidence: number, value: number): AlertSeverity {
  if (confidence >= CRITICAL.confidence && value >= CRITICAL.value) return 'critical';
  return confidence >= WARNING_CONFIDENCE ? 'warning' : 'info';
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

/** Σ units × unit_value, exact: six decimals of money times three of quantity in integers. */
function sumOfMoney(signals: readonly StoredSignal[]): string {
  const nano = signals.reduce(
    (sum, signal) => sum + micro(signal.unit_value ?? '0') * BigInt(Math.round(signal.units * 1000)),
    0n,
  );
  // Half up to six decimals.
  const total = (nano + 500n) / 1000n;
  const fraction = String(total % 1_000_000n)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${total / 1_000_000n}.${fraction}`;
}

function micro(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
