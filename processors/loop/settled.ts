import { bareTopic, topicName, type Admin } from '../../ingest/kafka.ts';
import { EVENT_TYPES } from '../../models/contract/registry.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { Offsets } from './offsets.ts';

/** Tells up to which offset the deliveries of each partition are settled. */
export type Settled = () => Promise<Offsets>;

/**
 * What the sink has committed. It commits an offset only when everything below it is in the ledger and in its reading
 * order: before that a reader may see a row in one and not in the other. One request, however many rows there are.
 */
export function settledBySink(admin: Admin, group: string, prefix: string): Settled {
  const topics = EVENT_TYPES.map((type) => topicName(type.topic, prefix));
  return async () => {
    const committed = await admin.fetchOffsets({ groupId: group, topics });
    return new Map(
      committed.map(({ topic, partitions }) => [
        bareTopic(topic, prefix),
        new Map(
          partitions
            .map(({ partition, offset }) => [partition, Number(offset)] as const)
            .filter(([, offset]) => offset > 0),
        ),
      ]),
    );
  };
}

/** What the ledgers hold: right only while no sink writes (a rebuild offline, tests that wrote the ledger themselves). */
export function settledInLedgers(sql: SqlClient): Settled {
  return async () => {
    const settled = new Map<string, Map<number, number>>();
    for (const type of EVENT_TYPES) {
      const rows = await sql.queryFile<{ topic: string; partition: number; next: number }>(
        'queries/processors/ledger-heads.sql',
        { params: { raw: type.raw_table } },
      );
      for (const row of rows) {
        const partitions = settled.get(row.topic) ?? new Map<number, number>();
        settled.set(row.topic, partitions.set(row.partition, row.next));
      }
    }
    return settled;
  };
}
