import type { Admin, Kafka } from '../../../ingest/kafka.ts';
import type { Logger } from '../../../ingest/program/program.ts';
import { TopicFollower } from '../../../ingest/topic-follower.ts';
import type { Alert } from '../../../models/contract/alert.ts';
import { caseGrouping, type CaseGroupingEvent } from '../../../models/contract/events/case-grouping.ts';
import { caseTransition, type CaseTransitionEvent } from '../../../models/contract/events/case-transition.ts';
import { caseMoves } from '../../../processors/cases/case-moves.ts';
import { Progress } from '../../../processors/loop/progress.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { CaseStore } from './case-store.ts';
import { areMovesTakenIn } from './moves-taken-in.ts';
import type { PendingMoves } from './pending-moves.ts';

/** What somebody said of cases. */
export type Said = CaseTransitionEvent | CaseGroupingEvent;

/**
 * What people had said of cases that is not taken in: what a server that has just started cannot see in the stored cases, though it was
 * said through the one before. By the time at which it was said.
 * @param prefix of the topics
 * @throws when Kafka or ClickHouse cannot be read
 */
export async function readMovesAhead(options: {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly sql: SqlClient;
  readonly prefix: string;
  readonly log: Logger;
}): Promise<Said[]> {
  const { kafka, admin, sql, prefix, log } = options;
  if (await areMovesTakenIn(sql, admin, prefix)) return [];
  const taken_in = (await Progress.load(sql)).offsets(caseMoves.id);
  const ahead: Said[] = [];
  const read = async (topic: string): Promise<void> => {
    const follower = await TopicFollower.start({
      kafka,
      topicPrefix: prefix,
      topic,
      log,
      apply: (value, { partition, offset }) => {
        if (value !== null && offset >= (taken_in.get(topic)?.get(partition) ?? 0))
          ahead.push(JSON.parse(value.toString()) as Said);
      },
      onFailure: (err) => {
        log.error({ err, topic }, 'what was said of cases before cannot be read');
      },
    });
    await follower.stop();
  };
  await Promise.all([caseTransition.topic, caseGrouping.topic].map(read));
  return ahead.toSorted((a, b) => a.event_time.localeCompare(b.event_time));
}

/** Makes moves that are not taken in count as if this server had made them. */
export async function resumeMoves(
  pending: PendingMoves,
  cases: Pick<CaseStore, 'find'>,
  ahead: readonly Said[],
): Promise<void> {
  for (const said of ahead) {
    const about = 'alert_id' in said ? [said.alert_id] : [said.lead_alert_id, ...said.member_ids];
    for (const alert_id of about) {
      const stored = await cases.find(alert_id);
      if (stored !== undefined) pending.add(afterSaid(pending.over(stored), said));
    }
  }
}

/** A case after what was said of it. */
function afterSaid(alert: Alert, said: Said): Alert {
  const updated_at = said.event_time > alert.updated_at ? said.event_time : alert.updated_at;
  const after: Alert = { ...alert, updated_at };
  if ('alert_id' in said) {
    after.state = said.to_state;
    delete after.reason;
    if (said.reason) after.reason = said.reason;
    if (said.assignee === '') delete after.assignee;
    else if (said.assignee) after.assignee = said.assignee;
    return after;
  }
  delete after.member_ids;
  const { lead_alert_id, action, member_ids } = said;
  if (alert.alert_id === lead_alert_id) {
    const before = new Set(alert.member_ids);
    for (const member of member_ids) {
      if (action === 'merge') before.add(member);
      else before.delete(member);
    }
    if (before.size > 0) after.member_ids = [...before].toSorted();
    return after;
  }
  delete after.merged_into;
  if (action === 'merge') after.merged_into = lead_alert_id;
  return after;
}
