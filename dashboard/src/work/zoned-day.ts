import { DateTime } from 'luxon';

/**
 * The instant at which a day begins in a zone, RFC 3339 in UTC; undefined for what is no day.
 *
 * @param day YYYY-MM-DD
 * @param zone IANA time zone
 * @param later whole days later: 1 = the day's end
 */
export function dayBegins(day: string, zone: string, later = 0): string | undefined {
  const begin = DateTime.fromFormat(day, 'yyyy-MM-dd', { zone, locale: 'en' });
  return begin.plus({ days: later }).toUTC().toISO() ?? undefined;
}
