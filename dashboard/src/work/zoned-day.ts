const DAY_MS = 86_400_000;

/**
 * The instant at which a day begins in a zone, RFC 3339 in UTC; undefined for what is no day.
 *
 * @param day YYYY-MM-DD
 * @param zone IANA time zone
 * @param later whole days later: 1 = the day's end
 */
export function dayBegins(day: string, zone: string, later = 0): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const midnight_utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight_utc)) return undefined;
  const wall_ms = midnight_utc + later * DAY_MS;
  // The offset at the guess may be that before a change of clocks: one correction reaches the instant itself.
  const guess = wall_ms - offsetAt(wall_ms, zone);
  return new Date(wall_ms - offsetAt(guess, zone)).toISOString();
}

/** Zone's clock minus UTC at an instant, milliseconds. */
function offsetAt(at_ms: number, zone: string): number {
  const name = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at_ms)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
