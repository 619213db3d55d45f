import type { TObject } from 'typebox';

/** One thing that is wrong with an event: where (JSON Pointer, RFC 6901) and what. */
export interface Violation {
  readonly pointer: string;
  readonly detail: string;
}

/**
 * One kind of event: everything that the edge, Kafka, the sink, ClickHouse and the tests know of it.
 * `event`: the outside posts it; `reference`: the outside posts it and it is kept for ever; `internal`: written by our
 * own programs only (it has no route), but ingested by the same exactly-once path.
 */
export interface EventType<Name extends string = string, Schema extends TObject = TObject> {
  readonly type: Name;
  readonly kind: 'event' | 'reference' | 'internal';
  /** Kafka topic, before any prefix. */
  readonly topic: string;
  /** Table that holds every delivery, before deduplication. */
  readonly raw_table: string;
  /** View of the truth: first delivery of each (source, event_id) only. */
  readonly core_view: string;
  /** Unknown fields are refused: `additionalProperties` is false. */
  readonly schema: Schema;
  /** Fields whose values, joined by "|", are the Kafka key: events of one key stay in order. */
  readonly key_fields: readonly string[];
  /** What a schema cannot say: relations between fields. Called only with an event that matches the schema. */
  readonly relations?: (event: Readonly<Record<string, unknown>>) => Violation[];
}

/** Type of an `EventType` literal, with its schema kept for `Static`. */
export function defineEventType<const Name extends string, Schema extends TObject>(
  definition: EventType<Name, Schema>,
): EventType<Name, Schema> {
  return definition;
}

/** The Kafka key of an event: its key fields joined by "|". */
export function kafkaKey(type: EventType, event: Readonly<Record<string, unknown>>): string {
  return type.key_fields.map((field) => keyPart(event[field])).join('|');
}

function keyPart(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
