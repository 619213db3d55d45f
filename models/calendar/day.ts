/** Milliseconds of a day of the calendar in UTC, of which none is longer than another. */
export const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of YYYY-MM-DD. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** YYYY-MM-DD of days since 1970-01-01. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
