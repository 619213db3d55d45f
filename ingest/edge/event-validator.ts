import { Compile } from 'typebox/compile';
import { kafkaKey, type EventType, type Violation } from '../../models/contract/event-type.ts';
import { unstorableTexts } from '../../models/contract/unstorable-text.ts';
import { findViolations } from '../../models/contract/violations.ts';

/** Older events are a broken clock: the feeds did not exist. */
export const EVENT_TIME_MIN_MS = Date.UTC(2000, 0, 1);
/** So far may a feed's clock be ahead, milliseconds: it covers a zone that was mistaken. */
const EVENT_TIME_AHEAD_MAX_MS = 24 * 60 * 60 * 1000;
/**
 * An event's JSON may have so many bytes. Kafka takes 1,048,588 bytes in a batch unless its `message.max.bytes` says
 * otherwise; the rest is for the key and the framing. Only a polygon comes near.
 */
export const EVENT_BYTES_MAX = 1_000_000;

/** An event that may be written: its fields, its Kafka key, and its JSON in the field order in which it came. */
export interface ValidEvent {
  readonly event: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly value: Buffer;
}

export type Validation =
  | { readonly valid: true; readonly event: ValidEvent }
  /** Never empty. */
  | { readonly valid: false; readonly violations: readonly [Violation, ...Violation[]] };

/**
 * Checks one parsed event against its type: the schema, the relations between fields, the bounds of `event_time` at
 * `now_ms`, and that Kafka and ClickHouse can hold it exactly as it is.
 */
export type EventValidator = (value: unknown, now_ms: number) => Validation;

/** Compiles the validator of a type; done once for each type. */
export function createEventValidator(type: EventType): EventValidator {
  const schema = Compile(type.schema);
  return (value, now_ms) => {
    if (!isEvent(value, schema)) return invalid(findViolations(type.schema, value));
    const broken = [...timeViolations(value['event_time'], now_ms), ...(type.relations?.(value) ?? [])];
    if (broken.length > 0) return invalid(broken);
    const json = JSON.stringify(value);
    const unstorable = unstorableTexts(json, value);
    if (unstorable.length > 0) return invalid(unstorable);
    const bytes = Buffer.from(json);
    if (bytes.length > EVENT_BYTES_MAX) {
      return invalid([
        { pointer: '', detail: `has ${bytes.length} bytes; at most ${EVENT_BYTES_MAX} are taken` },
      ]);
    }
    return { valid: true, event: { event: value, key: kafkaKey(type, value), value: bytes } };
  };
}

const validators = new Map<EventType, EventValidator>();

/** The violations of one event, none when it is valid: for those who write to Kafka beside the edge, by the edge's rules. */
export function validateEvent(type: EventType, value: unknown, now_ms: number): readonly Violation[] {
  const validate = validators.get(type) ?? createEventValidator(type);
  validators.set(type, validate);
  const validation = validate(value, now_ms);
  return validation.valid ? [] : validation.violations;
}

function isEvent(
  value: unknown,
  schema: { readonly Check: (value: unknown) => boolean },
): value is Readonly<Record<string, unknown>> {
  return schema.Check(value);
}

function invalid(violations: readonly Violation[]): Validation {
  // The compiled check and the explanation read the same schema; should they ever differ, the event is still refused.
  const [first = { pointer: '', detail: 'does not match the schema' }, ...rest] = violations;
  return { valid: false, violations: [first, ...rest] };
}

function timeViolations(event_time: unknown, now_ms: number): Violation[] {
  const time_ms = Date.parse(event_time as string);
  if (time_ms < EVENT_TIME_MIN_MS)
    return [{ pointer: '/event_time', detail: 'is before 2000-01-01T00:00:00Z' }];
  if (time_ms > now_ms + EVENT_TIME_AHEAD_MAX_MS) {
    return [{ pointer: '/event_time', detail: 'is more than 24 hours in the future' }];
  }
  return [];
}
