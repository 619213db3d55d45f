import type { DeadLetterReason } from '../../../models/contract/dead-letters.ts';
import type { EventTypeName } from '../../../models/contract/registry.ts';
import type { LiveRow } from '../../../models/contract/live.ts';

export type FreshnessRow = LiveRow<'freshness'>;

/** The type of the pseudo feed whose row counts the dead letters. */
export const DEAD_LETTERS = 'dead_letters';
/** The type of the pseudo feed whose row, while there is one, names the identities that do not hold. */
export const IDENTITIES = 'identities';

const STATE_ORDER: Readonly<Record<FreshnessRow['state'], number>> = {
  missing: 0,
  stale: 1,
  late: 2,
  live: 3,
};

/** Events before reference data, as the contract lists them. */
const TYPE_ORDER = {
  order: 0,
  scan: 1,
  stock: 2,
  money: 3,
  activity: 4,
  dealer: 5,
  product: 6,
  territory: 7,
  price: 8,
  promotion: 9,
  rebate_program: 10,
  case_transition: 11,
  scan_retraction: 12,
  case_grouping: 13,
  evidence_pack: 14,
} as const satisfies Record<EventTypeName, number>;

/** The feeds, those in trouble first, the dead letters that are open, and the identities that are broken. */
export interface Feeds {
  readonly feeds: readonly FreshnessRow[];
  readonly live: number;
  readonly dead_letters: DeadLetters;
  readonly broken: readonly string[];
}

export interface DeadLetters {
  readonly open: number;
  /** The newest one: when it was set aside, and why. */
  readonly last_at: string | null;
  readonly last_reason: DeadLetterReason | null;
}

export function feedsInOrder(rows: Iterable<FreshnessRow>): Feeds {
  const all = [...rows];
  const feeds = all
    .filter((row) => row.type !== DEAD_LETTERS && row.type !== IDENTITIES)
    .sort(
      (a, b) =>
        STATE_ORDER[a.state] - STATE_ORDER[b.state] ||
        typeOrder(a.type) - typeOrder(b.type) ||
        a.source.localeCompare(b.source),
    );
  const counted = all.find((row) => row.type === DEAD_LETTERS);
  return {
    feeds,
    live: feeds.filter((row) => row.state === 'live').length,
    dead_letters: {
      open: counted?.dead_letters ?? 0,
      last_at: counted?.last_ingested_at ?? null,
      last_reason: counted?.reason ?? null,
    },
    broken: all.find((row) => row.type === IDENTITIES)?.broken ?? [],
  };
}

function typeOrder(type: string): number {
  return type in TYPE_ORDER ? TYPE_ORDER[type as EventTypeName] : Number.MAX_SAFE_INTEGER;
}
