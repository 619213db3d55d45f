import type { SimulatedEvent } from '../flow/event-stream.ts';

/** Where a simulated stream goes. `deliver` resolves when all the events are safe there; they come in the order of their time. */
export interface Destination {
  deliver(events: readonly SimulatedEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** NDJSON lines by type, each type's in the order of time. */
export function linesByType(events: readonly SimulatedEvent[]): Map<SimulatedEvent['type'], string[]> {
  const lines = new Map<SimulatedEvent['type'], string[]>();
  for (const { type, event } of events) {
    const of_type = lines.get(type);
    const line = JSON.stringify(event);
    if (of_type === undefined) lines.set(type, [line]);
    else of_type.push(line);
  }
  return lines;
}
