import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Compile } from 'typebox/compile';
import { scan } from '../../../models/contract/events/scan.ts';
import { scanRetraction } from '../../../models/contract/events/scan-retraction.ts';
import type { EventType, Violation } from '../../../models/contract/event-type.ts';
import { EpcisDocument, EpcisEvent } from '../../../models/epcis/event-schema.ts';
import { contentsOf, ownPrefixOf } from '../../../models/epcis/read-document.ts';
import { readEpcisEvent, type CaptureSetting } from '../../../models/epcis/read-event.ts';
import type { OutgoingEvent } from '../../event-writer.ts';
import type { Permit } from '../../keys/permit.ts';
import { findForbidden } from '../authorisation.ts';
import { createEventValidator, type EventValidator } from '../event-validator.ts';
import { ProblemError } from '../problem-error.ts';
import { ERRORS_MAX, type Rejection, type RejectReason } from '../record-check.ts';
import { findViolations } from '../../../models/contract/violations.ts';

/** A document may name so many items: each becomes a scan of some hundred bytes. */
export const DOCUMENT_SCANS_MAX = 100_000;
/** So many events are read before other requests get a turn: some milliseconds. */
const EVENTS_PER_TURN = 200;

/** What a document is to become. */
export interface Captured {
  readonly scans: readonly OutgoingEvent[];
  readonly retractions: readonly OutgoingEvent[];
  /** One entry for each event of which nothing is taken: the first thing that is wrong with it. */
  readonly rejected: readonly Rejection[];
  /** Events that are right, and of which this system keeps nothing. */
  readonly ignored: readonly Rejection[];
  /** Everything that is wrong, with pointers into the document, at most `ERRORS_MAX`. */
  readonly errors: readonly Violation[];
  readonly reasons: Readonly<Record<RejectReason, number>>;
}

/** What is known beside the document. */
export interface CaptureOptions extends Pick<CaptureSetting, 'source' | 'resolver' | 'skuOf'> {
  readonly dealer_id?: string;
  readonly permit: Permit;
  /** Milliseconds since 1970. */
  readonly now_ms: number;
}

const isDocument = Compile(EpcisDocument);
const isEvent = Compile(EpcisEvent);
const validators = new Map<EventType, EventValidator>(
  [scan, scanRetraction].map((type) => [type, createEventValidator(type)]),
);

/**
 * Reads an EPCIS 2.0 document as scans and retractions. Nothing is written; an event counts whole or not at all.
 * @throws ProblemError 422 (no EPCISDocument), 413 (more than `DOCUMENT_SCANS_MAX` items)
 */
export async function captureDocument(document: unknown, options: CaptureOptions): Promise<Captured> {
  assertDocument(document);
  const { eventList } = document.epcisBody;
  const valid = eventList.filter((event): event is EpcisEvent => isEvent.Check(event));
  const setting: CaptureSetting = {
    ...options,
    own_prefix: ownPrefixOf(document),
    contents: contentsOf(valid, options.resolver),
    hash: shortHash,
  };
  const scans: OutgoingEvent[] = [];
  const retractions: OutgoingEvent[] = [];
  const rejected: Rejection[] = [];
  const ignored: Rejection[] = [];
  const errors: Violation[] = [];
  const reasons = { malformed: 0, invalid: 0, forbidden: 0 };
  for (const [index, event] of eventList.entries()) {
    const read = captureEvent(event, setting, options);
    if ('ignored' in read) ignored.push({ index, ...read.ignored });
    else if ('violations' in read) {
      rejected.push({ index, ...read.violations[0] });
      reasons[read.reason]++;
      for (const { pointer, detail } of read.violations.slice(0, ERRORS_MAX - errors.length)) {
        errors.push({ pointer: `/epcisBody/eventList/${index}${pointer}`, detail });
      }
    } else (read.type === scan ? scans : retractions).push(...read.events);
    if (scans.length + retractions.length > DOCUMENT_SCANS_MAX) {
      throw new ProblemError(
        413,
        `A document may name at most ${DOCUMENT_SCANS_MAX} items; nothing was taken.`,
      );
    }
    if (index % EVENTS_PER_TURN === EVENTS_PER_TURN - 1) await nextTurn();
  }
  return { scans, retractions, rejected, ignored, errors, reasons };
}

function assertDocument(value: unknown): asserts value is EpcisDocument {
  const refuse = (errors: readonly Violation[]): never => {
    throw new ProblemError(422, 'The body is no EPCISDocument of EPCIS 2.0.', {}, { errors });
  };
  if (!isDocument.Check(value)) return refuse(findViolations(EpcisDocument, value));
  const type = value.type ?? value.isA ?? '';
  if (type.split(/[/:]/).at(-1) !== 'EPCISDocument') {
    refuse([{ pointer: '/type', detail: `expected EPCISDocument, got ${JSON.stringify(type)}` }]);
  }
}

type CapturedEvent =
  | { readonly type: EventType; readonly events: readonly OutgoingEvent[] }
  | { readonly ignored: Violation }
  | { readonly reason: RejectReason; readonly violations: readonly [Violation, ...Violation[]] };

function captureEvent(
  event: unknown,
  setting: CaptureSetting,
  { permit, now_ms }: CaptureOptions,
): CapturedEvent {
  if (!isEvent.Check(event)) {
    const [first = { pointer: '', detail: 'does not match the schema' }, ...rest] = findViolations(
      EpcisEvent,
      event,
    );
    return { reason: 'invalid', violations: [first, ...rest] };
  }
  const read = readEpcisEvent(event, setting);
  if ('ignored' in read) return read;
  if ('violations' in read) return { reason: 'invalid', violations: read.violations };
  const [type, made] = 'scans' in read ? [scan, read.scans] : [scanRetraction, read.retractions];
  const events: OutgoingEvent[] = [];
  for (const one of made) {
    const validation = validators.get(type)?.(one, now_ms);
    if (validation?.valid !== true) {
      return { reason: 'invalid', violations: ofScan(validation?.violations ?? [], one.code) };
    }
    const forbidden = findForbidden(permit, validation.event.event);
    if (forbidden) return { reason: 'forbidden', violations: ofScan([forbidden], one.code) };
    events.push({ key: validation.event.key, value: validation.event.value });
  }
  return { type, events };
}

/** What is wrong with the scan that an event leads to is told of the event: the scan is not in the document. */
function ofScan(violations: readonly Violation[], code: string): readonly [Violation, ...Violation[]] {
  const [first = { pointer: '', detail: 'leads to a scan that is not valid' }, ...rest] = violations.map(
    ({ pointer, detail }) => ({
      pointer: '',
      detail: `leads to a scan of ${code} whose ${pointer.slice(1)} ${detail}`,
    }),
  );
  return [first, ...rest];
}

/** 40 hexadecimal digits. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
