import { caseGrouping, type CaseGroupingEvent } from '../../../models/contract/events/case-grouping.ts';
import { caseTransition, type CaseTransitionEvent } from '../../../models/contract/events/case-transition.ts';
import { evidencePack, type EvidencePackEvent } from '../../../models/contract/events/evidence-pack.ts';
import { kafkaKey, type EventType } from '../../../models/contract/event-type.ts';
import type { EventWriter } from '../../../ingest/event-writer.ts';
import { topicName } from '../../../ingest/kafka.ts';
import type { Alert } from '../../../models/contract/alert.ts';
import { etagOf } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';

/** The `source` of the events that this server writes. */
export const SERVER_SOURCE = 'dealerstream-server';
const RETRY_AFTER_S = '5';

/** Where what people say of cases is written, with acks=all, keyed so that what is said of one case stays in order. */
export interface CaseEvents {
  /** @throws ProblemError 503 when Kafka does not acknowledge; whether the move was made is then unknown */
  readonly move: (event: CaseTransitionEvent) => Promise<void>;
  /** @throws ProblemError likewise */
  readonly group: (event: CaseGroupingEvent) => Promise<void>;
  /** @throws ProblemError likewise: what is not written down is not given out */
  readonly giveOut: (event: EvidencePackEvent) => Promise<void>;
}

/**
 * The `event_id` of what is done to a case: made of the case as it was seen and of what is said of it. Whoever sends the same once more,
 * since the answer was lost, or to a server that has started anew and knows of no move that is not stored yet, sends the same event
 * again, and `core_*` keep its first delivery.
 */
export function changeIdOf(seen: Alert, said: Readonly<Record<string, unknown>>): string {
  return etagOf(JSON.stringify([seen, said])).replaceAll('"', '');
}

/** @param prefix of the topics */
export function caseEvents(writer: EventWriter, prefix: string): CaseEvents {
  const write = async (type: EventType, event: Readonly<Record<string, unknown>>): Promise<void> => {
    try {
      await writer.write(topicName(type.topic, prefix), [
        { key: kafkaKey(type, event), value: Buffer.from(JSON.stringify(event)) },
      ]);
    } catch (cause) {
      const problem = new ProblemError(
        503,
        { detail: 'it could not be stored now' },
        { 'retry-after': RETRY_AFTER_S },
      );
      problem.cause = cause;
      throw problem;
    }
  };
  return {
    move: (event) => write(caseTransition, event),
    group: (event) => write(caseGrouping, event),
    giveOut: (event) => write(evidencePack, event),
  };
}
