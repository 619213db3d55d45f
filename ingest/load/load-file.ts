import type { EventType } from '../../models/contract/event-type.ts';
import type { Validation } from '../edge/event-validator.ts';
import type { Mapping, Rejection } from './mapping.ts';
import type { FileRow } from './rows.ts';

/** One event on its way to Kafka. */
export interface OutgoingEvent {
  readonly type: EventType;
  readonly key: string;
  readonly value: Buffer;
}

/** A row that was not taken. */
export interface RejectedRow extends Rejection {
  readonly line: number;
  readonly raw: string;
}

/** What became of every row: `accepted + rejected = read`. */
export interface LoadAccount {
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Events acknowledged, by type. */
  readonly events: Readonly<Record<string, number>>;
  /** Rejected rows, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The edge's own judgement: an event is the same whichever way it came. */
export type Validate = (type: EventType, event: unknown) => Validation;

/** Events in one request to Kafka. Two batches exist at most: one on its way, one filling. */
const BATCH_EVENTS_MAX = 5_000;

/**
 * Sends the events of every row, in order, each batch acknowledged before the one after the next is filled. A row is
 * taken whole or not at all.
 * Guarantee: when it returns, every accepted row is in Kafka; when it throws, some may be, and loading again changes
 * nothing, since the ids of events come from the file.
 */
export async function loadFile(options: {
  readonly rows: AsyncIterable<FileRow>;
  readonly mapping: Mapping;
  readonly validate: Validate;
  readonly send: (events: readonly OutgoingEvent[]) => Promise<void>;
  readonly reject: (row: RejectedRow) => Promise<void>;
  readonly progress?: (account: LoadAccount) => void;
}): Promise<LoadAccount> {
  const { mapping, validate, send, reject, progress } = options;
  const account = {
    read: 0,
    accepted: 0,
    rejected: 0,
    events: {} as Record<string, number>,
    reasons: {} as Record<string, number>,
  };
  let batch: OutgoingEvent[] = [];
  let onItsWay: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    await onItsWay;
    const sent = batch;
    batch = [];
    if (sent.length > 0) onItsWay = send(sent);
    // Kept from being reported as unhandled before the next await of it.
    onItsWay.catch(() => undefined);
    progress?.(account);
  };

  for await (const fileRow of options.rows) {
    account.read += 1;
    const taken = takeRow(fileRow, mapping, validate);
    if ('rejection' in taken) {
      account.rejected += 1;
      account.reasons[taken.rejection.reason] = (account.reasons[taken.rejection.reason] ?? 0) + 1;
      await reject({ line: fileRow.line, raw: fileRow.raw, ...taken.rejection });
      continue;
    }
    account.accepted += 1;
    for (const outgoing of taken.events) {
      account.events[outgoing.type.type] = (account.events[outgoing.type.type] ?? 0) + 1;
      batch.push(outgoing);
    }
    if (batch.length >= BATCH_EVENTS_MAX) await flush();
  }
  await flush();
  await onItsWay;
  return account;
}

function takeRow(
  fileRow: FileRow,
  mapping: Mapping,
  validate: Validate,
): { readonly events: readonly OutgoingEvent[] } | { readonly rejection: Rejection } {
  if ('unreadable' in fileRow) return { rejection: { column: '', reason: fileRow.unreadable } };
  const mapped = mapping.map(fileRow.row);
  if ('rejection' in mapped) return mapped;
  const events: OutgoingEvent[] = [];
  for (const { type, event, columnOf } of mapped.events) {
    const validation = validate(type, event);
    if (!validation.valid) {
      const [{ pointer, detail }] = validation.violations;
      return {
        rejection: {
          column: columnOf(pointer.split('/')[1] ?? ''),
          reason: `${type.type}${pointer}: ${detail}`,
        },
      };
    }
    events.push({ type, key: validation.event.key, value: validation.event.value });
  }
  mapping.accept(mapped.events);
  return { events };
}
