import { fetchTopicOffsets, topicName, type Admin } from '../../../ingest/kafka.ts';
import { caseGrouping } from '../../../models/contract/events/case-grouping.ts';
import { caseTransition } from '../../../models/contract/events/case-transition.ts';
import { caseMoves } from '../../../processors/cases/case-moves.ts';
import { Progress } from '../../../processors/loop/progress.ts';
import type { SqlClient } from '../../../sql/client.ts';

/**
 * Whether the processors, and so the sink before them, have taken in all that people had said of cases up to the call. Two requests to
 * Kafka and one to ClickHouse; rejects when either does not answer.
 * @param prefix of the topics
 */
export async function areMovesTakenIn(sql: SqlClient, admin: Admin, prefix: string): Promise<boolean> {
  const topics = [caseTransition.topic, caseGrouping.topic];
  // The ends first: what is said after them is not asked for.
  const ends = await Promise.all(topics.map((topic) => fetchTopicOffsets(admin, topicName(topic, prefix))));
  const taken_in = (await Progress.load(sql)).offsets(caseMoves.id);
  return topics.every((topic, at) =>
    (ends[at] ?? []).every(
      ({ partition, low, high }) =>
        low === high || (taken_in.get(topic)?.get(partition) ?? 0) >= Number(high),
    ),
  );
}
