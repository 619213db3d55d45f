export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The simulated channel lives in one zone without daylight saving time. */
const OFFSET_MS = 8 * HOUR_MS;

/** `2026-11-24T14:32:07.123+08:00`. */
export function instant(time_ms: number): string {
  return `${new Date(time_ms + OFFSET_MS).toISOString().slice(0, -1)}+08:00`;
}

/** The calendar day in China, `2026-11-24`. */
export function day(time_ms: number): string {
  return new Date(time_ms + OFFSET_MS).toISOString().slice(0, 10);
}

/** The month in China, `2026-11`. */
export function month(time_ms: number): string {
  return day(time_ms).slice(0, 7);
}

/** Midnight in China at or before a time. */
export function midnight(time_ms: number): number {
  return Math.floor((time_ms + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;
}

/** Day of the week in China, 0 = Sunday. */
export function weekday(time_ms: number): number {
  return new Date(time_ms + OFFSET_MS).getUTCDay();
}
