import { DateTime } from 'luxon';

/** One bucket of a series. */
export interface Bucket {
  /** RFC 3339 UTC. */
  readonly start: string;
  /** The instant that the bucket's value is about: its end, or now while it has not ended. */
  readonly as_of: string;
}

/** The last `count` hours or local days, oldest first, the running one last. */
export function lastBuckets(unit: 'hour' | 'day', count: number, now: Date, time_zone: string): Bucket[] {
  const local = DateTime.fromJSDate(now, { zone: time_zone });
  const running = local.startOf(unit);
  return Array.from({ length: count }, (_, i) => {
    const start = running.minus({ [unit]: count - 1 - i });
    const end = start.plus({ [unit]: 1 });
    return { start: isoOf(start), as_of: isoOf(end < local ? end : local) };
  });
}

function isoOf(time: DateTime): string {
  return time.toJSDate().toISOString();
}
