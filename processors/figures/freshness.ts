import { freshnessState } from '../../models/channel/freshness.ts';
import type { DeadLetterReason } from '../../models/contract/dead-letters.ts';
import { EVENT_TYPES, type EventTypeName } from '../../models/contract/registry.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import { defineProcessor } from '../processor.ts';
import { feedSla, type Settings } from '../settings/settings.ts';

interface FeedRow {
  readonly source: string;
  readonly event_type: EventTypeName;
  readonly last_event_time: string;
  readonly last_ingested_at: string;
  readonly events_24h: number;
  readonly lag_p50_s: number | null;
  readonly lag_p99_s: number | null;
}
interface DeadLetters {
  readonly open: number;
  readonly last_dead_at: string | null;
  readonly last_reason: DeadLetterReason | null;
}
interface Broken {
  readonly identities: readonly string[];
  readonly asked_at: string | null;
}
interface Input {
  readonly feeds: readonly FeedRow[];
  readonly dead_letters: DeadLetters;
  readonly broken: Broken;
}
type Row = LiveRow<'freshness'>;

/** The feeds that the board expects: one that never came is shown as missing. */
const EXPECTED = EVENT_TYPES.filter((type) => type.kind === 'event').map((type) => type.type);
const DEAD_LETTERS = 'dead_letters';
const IDENTITIES = 'identities';

/** How fresh each feed is, what stands in the dead letters (D1), and which identities are broken, if any is. */
export const freshness = defineProcessor({
  id: 'freshness',
  trigger: { on: 'timer', every_ms: 5_000, after: ['feed-arrivals'], min_interval_ms: 2_000 },
  query: async ({ sql, now }): Promise<Input> => {
    const feeds = await sql.queryFile<FeedRow>('queries/processors/freshness.sql', { params: { now } });
    const [dead_letters] = await sql.queryFile<DeadLetters>('queries/processors/dead-letters-open.sql');
    const [broken] = await sql.queryFile<Broken>('queries/processors/identities-broken.sql');
    if (dead_letters === undefined || broken === undefined) throw new Error('a count returned no row');
    return { feeds, dead_letters, broken };
  },
  compute: (input: Input, { now, settings }) => {
    const rows = freshnessRows(input, now, settings);
    const newest =
      input.feeds
        .map((feed) => feed.last_event_time)
        .sort()
        .at(-1) ?? null;
    return { live: [{ topic: 'freshness' as const, as_of: newest, rows }] };
  },
  store: () => Promise.resolve(),
});

function freshnessRows(
  { feeds, dead_letters, broken }: Input,
  now: Date,
  settings: Settings,
): Map<string, Row> {
  const rows = new Map<string, Row>();
  const expected = feeds.filter((feed) => EXPECTED.some((type) => type === feed.event_type));
  for (const feed of expected) {
    const sla_s = feedSla(settings, feed.source, feed.event_type);
    const age_s = (now.getTime() - Date.parse(feed.last_event_time)) / 1000;
    rows.set(`${feed.source}|${feed.event_type}`, {
      source: feed.source,
      type: feed.event_type,
      last_event_time: feed.last_event_time,
      last_ingested_at: feed.last_ingested_at,
      events_24h: feed.events_24h,
      ingest_lag_p50_s: feed.lag_p50_s,
      ingest_lag_p99_s: feed.lag_p99_s,
      sla_s,
      state: freshnessState(age_s, sla_s),
      dead_letters: 0,
    });
  }
  for (const type of EXPECTED) {
    if (expected.some((feed) => feed.event_type === type)) continue;
    rows.set(`|${type}`, { ...nothing(type), sla_s: feedSla(settings, '', type), state: 'missing' });
  }
  rows.set(`|${DEAD_LETTERS}`, {
    ...nothing(DEAD_LETTERS),
    sla_s: 0,
    last_ingested_at: dead_letters.last_dead_at,
    state: dead_letters.open === 0 ? 'live' : 'late',
    dead_letters: dead_letters.open,
    ...(dead_letters.last_reason === null ? {} : { reason: dead_letters.last_reason }),
  });
  if (broken.identities.length > 0) {
    rows.set(`|${IDENTITIES}`, {
      ...nothing(IDENTITIES),
      sla_s: 0,
      last_ingested_at: broken.asked_at,
      state: 'stale',
      broken: [...broken.identities],
    });
  }
  return rows;
}

function nothing(type: string): Omit<Row, 'sla_s' | 'state'> {
  return {
    source: '',
    type,
    last_event_time: null,
    last_ingested_at: null,
    events_24h: 0,
    ingest_lag_p50_s: null,
    ingest_lag_p99_s: null,
    dead_letters: 0,
  };
}
