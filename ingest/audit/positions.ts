import type { EventType } from '../../models/contract/event-type.ts';
import { SINK_GROUP } from '../../models/contract/topics.ts';
import type { SqlClient } from '../../sql/client.ts';
import { fetchTopicOffsets, topicName, type Admin } from '../kafka.ts';
import type { OffsetRange } from './ranges.ts';

/** What ClickHouse holds of one partition, or what of it. */
export interface Head extends OffsetRange {
  readonly count: number;
}

/** Where one partition stood when the audit began. */
export interface Position {
  readonly type: EventType;
  /** Of a topic other than the type's: rows that have no business in this ledger. */
  readonly topic: string;
  readonly partition: number;
  /** null when the broker has no such partition. */
  readonly kafka: { readonly low: number; readonly high: number } | null;
  /** What the sink has committed: below it rows, dead letters and copies are complete; null when it never did. */
  readonly committed: number | null;
  /** The commit says that an insert was open. */
  readonly open: boolean;
  readonly ledger: Head | null;
  readonly letters: Head | null;
  readonly declared: readonly OffsetRange[];
  /** Below it everything must be accounted for. */
  readonly next: number;
}

interface HeadRow {
  readonly topic: string;
  readonly partition: number;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

/** The commits that the sink makes: an offset without one of these was set by somebody else and says nothing. */
const SETTLED = /^settled( |$)/;
const INTENT = /^v\d+ /;

/**
 * Where every partition of a type stands. Asked in this order, so that an audit of a running system is right: commits,
 * ledger, and Kafka's ends last: what is stored was committed or in Kafka before, never after.
 */
export async function positionsOf(
  admin: Admin,
  sql: SqlClient,
  type: EventType,
  prefix: string,
): Promise<Position[]> {
  const name = topicName(type.topic, prefix);
  const exists = (await admin.listTopics()).includes(name);
  const commits = exists ? await commitsOf(admin, prefix + SINK_GROUP, name) : new Map<number, Commit>();
  const heads = await sql.queryFile<HeadRow>('queries/audit/ledger-heads.sql', {
    params: { raw: type.raw_table },
  });
  const letters = await lettersOf(sql, type.topic);
  const declared = await declaredLosses(sql, type.topic);
  const ends = exists ? await fetchTopicOffsets(admin, name) : [];
  const kafka = new Map(
    ends.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]),
  );
  const places = new Set([
    ...kafka.keys(),
    ...letters.keys(),
    ...declared.keys(),
    ...heads.map(({ partition }) => partition),
  ]);
  const topics = new Set([type.topic, ...heads.map(({ topic }) => topic)]);
  return [...topics].flatMap((topic) =>
    [...places]
      .sort((a, b) => a - b)
      .flatMap((partition): Position[] => {
        const own = topic === type.topic;
        const row = heads.find((head) => head.topic === topic && head.partition === partition);
        if (!own && row === undefined) return [];
        const ledger = row === undefined ? null : { count: row.rows, first: row.first, last: row.last };
        const commit = own ? commits.get(partition) : undefined;
        return [
          {
            type,
            topic,
            partition,
            kafka: (own ? kafka.get(partition) : undefined) ?? null,
            committed: commit?.offset ?? null,
            open: commit?.open ?? false,
            ledger,
            letters: (own ? letters.get(partition) : undefined) ?? null,
            declared: (own ? declared.get(partition) : undefined) ?? [],
            next: nextOf(commit, ledger, own ? letters.get(partition) : undefined),
          },
        ];
      }),
  );
}

/**
 * One beyond everything that is accounted for. A dead letter says so only while nothing is open: a former owner's can
 * come late, into a range that its successor is about to store.
 */
function nextOf(commit: Commit | undefined, ledger: Head | null, letters: Head | undefined): number {
  const letter = commit?.open === true ? -1 : (letters?.last ?? -1);
  return Math.max(commit?.offset ?? 0, (ledger?.last ?? -1) + 1, letter + 1);
}

interface Commit {
  readonly offset: number;
  readonly open: boolean;
}

async function commitsOf(admin: Admin, groupId: string, topic: string): Promise<Map<number, Commit>> {
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const commits = new Map<number, Commit>();
  for (const { partition, offset, metadata } of answer?.partitions ?? []) {
    const isSettled = SETTLED.test(metadata ?? '');
    if (!isSettled && !INTENT.test(metadata ?? '')) continue;
    commits.set(partition, { offset: Number(offset), open: !isSettled });
  }
  return commits;
}

async function lettersOf(sql: SqlClient, topic: string): Promise<Map<number, Head>> {
  const rows = await sql.queryFile<{ partition: number; letters: number; first: number; last: number }>(
    'queries/audit/letter-heads.sql',
    { params: { topic } },
  );
  return new Map(
    rows.map(({ partition, letters, first, last }) => [partition, { count: letters, first, last }]),
  );
}

async function declaredLosses(sql: SqlClient, topic: string): Promise<Map<number, OffsetRange[]>> {
  const rows = await sql.queryFile<{ partition: number; first: number; detail: string }>(
    'queries/audit/declared-losses.sql',
    { params: { topic } },
  );
  const losses = new Map<number, OffsetRange[]>();
  for (const { partition, first, detail } of rows) {
    const last = Number(/ to (\d+)/.exec(detail)?.[1] ?? first);
    losses.set(partition, [...(losses.get(partition) ?? []), { first, last }]);
  }
  return losses;
}
