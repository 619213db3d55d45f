import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Violation } from '../../models/contract/event-type.ts';
import type { Permit } from '../keys/permit.ts';
import { findForbidden } from './authorisation.ts';
import { BODY_BYTES_MAX } from './body.ts';
import type { EventValidator } from './event-validator.ts';
import type { OutgoingEvent } from '../event-writer.ts';
import { ProblemError } from './problem-error.ts';
import type { PostedRecord } from './records.ts';

/** So many records are checked before other requests get a turn: some milliseconds. */
const RECORDS_PER_TURN = 500;
/** The shortest event of any type is longer: its common fields alone, with ids of one character, take as much. */
const EVENT_BYTES_MIN = 80;
/**
 * With more rejected records the request is refused as a whole. So many lines of one body cannot be events, right or wrong: it is
 * another kind of file. A body of events is taken as far as it is right, and all that is wrong in it is told.
 */
export const REJECTED_MAX = Math.floor(BODY_BYTES_MAX / EVENT_BYTES_MIN);
/** So many `errors` a problem lists; `rejected` always has every record. */
export const ERRORS_MAX = 1_000;

/** Why a record was rejected. */
export const REJECT_REASONS = ['malformed', 'invalid', 'forbidden'] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** A record that was not taken: its place, and the first thing that is wrong with it. */
export interface Rejection extends Violation {
  readonly index: number;
}

/** What became of a request's records. `accepted` keeps their order; `accepted.length + rejected.length` = records. */
export interface CheckedRecords {
  readonly accepted: readonly OutgoingEvent[];
  readonly rejected: readonly Rejection[];
  /** Everything that is wrong, with pointers into the body (`/0/qty`; of a body that is one object `/qty`), at most `ERRORS_MAX`. */
  readonly errors: readonly Violation[];
  readonly reasons: Readonly<Record<RejectReason, number>>;
}

interface Judgement {
  readonly reason: RejectReason;
  readonly violations: readonly [Violation, ...Violation[]];
}

/**
 * Checks each record: is it JSON, does it match its type, may the key write it.
 * @throws ProblemError 422 when more than `REJECTED_MAX` are rejected; nothing is written then.
 */
export async function checkRecords(
  records: Iterable<PostedRecord>,
  validate: EventValidator,
  permit: Permit,
  now_ms: number,
): Promise<CheckedRecords> {
  const accepted: OutgoingEvent[] = [];
  const rejected: Rejection[] = [];
  const errors: Violation[] = [];
  const reasons = { malformed: 0, invalid: 0, forbidden: 0 };
  let checked = 0;
  for (const record of records) {
    const judged = judge(record, validate, permit, now_ms);
    if ('reason' in judged) {
      const { index } = record;
      rejected.push({ index, ...judged.violations[0] });
      reasons[judged.reason]++;
      for (const { pointer, detail } of judged.violations) {
        if (errors.length < ERRORS_MAX)
          errors.push({ pointer: record.isBody ? pointer : `/${index}${pointer}`, detail });
      }
    } else accepted.push(judged);
    if (rejected.length > REJECTED_MAX) {
      const detail = `More than ${REJECTED_MAX} records are wrong; nothing was taken.`;
      throw new ProblemError(422, detail, {}, { errors });
    }
    if (++checked % RECORDS_PER_TURN === 0) await nextTurn();
  }
  return { accepted, rejected, errors, reasons };
}

function judge(
  record: PostedRecord,
  validate: EventValidator,
  permit: Permit,
  now_ms: number,
): OutgoingEvent | Judgement {
  if ('malformed' in record) {
    return {
      reason: 'malformed',
      violations: [{ pointer: '', detail: `is not valid JSON: ${record.malformed}` }],
    };
  }
  if ('repeated' in record) {
    const detail = 'is there twice, so that nobody can know which is meant';
    return { reason: 'malformed', violations: [{ pointer: record.repeated, detail }] };
  }
  const validation = validate(record.value, now_ms);
  if (!validation.valid) return { reason: 'invalid', violations: validation.violations };
  const { event, key, value } = validation.event;
  const forbidden = findForbidden(permit, event);
  // The parsed event is let go: only what Kafka gets waits for the acknowledgement.
  return forbidden ? { reason: 'forbidden', violations: [forbidden] } : { key, value };
}
