import { eventTypeByName, type EventTypeName } from '../../../models/contract/registry.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { eventually } from '../../../stack/lab/pipeline.ts';
import type { Feed } from './feed.ts';

/** What ClickHouse holds of one type, against what Kafka was given. */
export interface Account {
  readonly messages: number;
  /** Rows of the ledger. */
  readonly rows: number;
  /** Different (partition, offset) among them. */
  readonly distinct: number;
  /** Offsets accounted for by dead letters, and not at the same time by a row. */
  readonly dead: number;
  /** Rows in reading order, duplicates of events gone; and different (source, event_id) in the ledger. */
  readonly by_key: number;
  readonly events: number;
  /** Offsets between a partition's first and last that nothing accounts for. */
  readonly missing: number;
}

/** Waits until everything that Kafka holds is accounted for, then gives the account of each type. */
export async function accountWhenDrained(
  feed: Feed,
  sql: SqlClient,
  within_ms = 60_000,
): Promise<Map<EventTypeName, Account>> {
  const counts = await feed.counts();
  const accounts = new Map<EventTypeName, Account>();
  for (const [type, messages] of counts) {
    await eventually(
      `${type}: ${messages} messages accounted for`,
      async () => {
        // While the server is away there is no answer; the wait goes on.
        const account = await accountOf(sql, type, messages).catch(() => undefined);
        return account !== undefined && account.rows + account.dead >= messages ? true : undefined;
      },
      within_ms,
    );
    // The figures of that account are of different moments, some from before the last insert: taken again at rest.
    accounts.set(type, await accountOf(sql, type, messages));
  }
  return accounts;
}

export async function accountOf(sql: SqlClient, type: EventTypeName, messages: number): Promise<Account> {
  const found = eventTypeByName(type);
  if (found === undefined) throw new Error(`no type ${type}`);
  const [row] = await sql.query<Omit<Account, 'messages'>>(
    `WITH
       ledger AS (SELECT _partition, _offset FROM {raw: Identifier} WHERE _topic = {topic: String}),
       letters AS (SELECT DISTINCT _partition, _offset FROM raw_dead_letters WHERE _topic = {topic: String} AND reason != 'lost'),
       accounted AS (SELECT * FROM ledger UNION DISTINCT SELECT * FROM letters)
     SELECT
       (SELECT count() FROM {raw: Identifier}) AS rows,
       (SELECT uniqExact(_partition, _offset) FROM ledger) AS distinct,
       (SELECT count() FROM letters WHERE (_partition, _offset) NOT IN ledger) AS dead,
       (SELECT count() FROM {by_key: Identifier} FINAL) AS by_key,
       (SELECT uniqExact(source, event_id) FROM {raw: Identifier}) AS events,
       (SELECT sum(span - n) FROM (SELECT max(_offset) + 1 AS span, count() AS n FROM accounted GROUP BY _partition)) AS missing`,
    { params: { raw: found.raw_table, by_key: `${found.raw_table}_by_key`, topic: found.topic } },
  );
  if (row === undefined) throw new Error('no account');
  return { messages, ...row };
}

/** What the account of a type must be when each message is one row. */
export function onceEach(messages: number, dead = 0): Account {
  const rows = messages - dead;
  return { messages, rows, distinct: rows, dead, by_key: rows, events: rows, missing: 0 };
}
