import { EVENT_TYPES, type EventTypeName } from '../../models/contract/registry.ts';
import type { OffsetRange } from '../processor.ts';

/** The ranges of one event type, and the ledger that holds them. */
export interface TypeRanges {
  readonly event_type: EventTypeName;
  readonly raw: string;
  readonly ranges: readonly OffsetRange[];
}

/** Ranges sorted by the type that travels on their topic; types without any are left out. */
export function rangesByType(ranges: readonly OffsetRange[]): TypeRanges[] {
  return EVENT_TYPES.map((type) => ({
    event_type: type.type,
    raw: type.raw_table,
    ranges: ranges.filter((range) => range.topic.endsWith(type.topic)),
  })).filter((one) => one.ranges.length > 0);
}
