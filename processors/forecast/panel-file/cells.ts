import { fieldText, type DelimitedRow } from './delimited.ts';

/** What an unknown value is written as, besides nothing. */
const UNKNOWN = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-']);

export function isUnknown(text: string): boolean {
  return UNKNOWN.has(text.toLowerCase());
}

/** A field as a number: its value, null when it is empty or unknown, the text when it is no finite number. */
export function numberCell(row: DelimitedRow, field: number): number | null | string {
  const plain = plainNumber(row.bytes, row.starts[field] as number, row.ends[field] as number);
  if (!Number.isNaN(plain)) return plain;
  const text = fieldText(row, field);
  if (isUnknown(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

/** Digits with an optional sign and point, up to 15 of them; NaN for anything else, which is then looked at as text. */
function plainNumber(bytes: Buffer, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === 0x2d;
  if (negative) at++;
  if (at >= end || end - at > 15) return Number.NaN;
  let value = 0;
  let scale = 0;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + (byte - 0x30);
      scale *= 10;
    } else if (byte === 0x2e && scale === 0 && at > start && end - start > 1) scale = 1;
    else return Number.NaN;
  }
  if (scale > 1) value /= scale;
  return negative ? -value : value;
}

/**
 * A field as a day, counted from 1970-01-01: YYYY-MM-DD, YYYY/MM/DD (also YYYY/M/D, as a Chinese Excel writes it) or YYYYMMDD, a time of day
 * after it left out. The text when it is no such date; null when it is empty.
 */
export function dayCell(row: DelimitedRow, field: number): number | null | string {
  const { bytes } = row;
  const start = row.starts[field] as number;
  const length = (row.ends[field] as number) - start;
  if (length === 10 && bytes[start + 4] === 0x2d && bytes[start + 7] === 0x2d) {
    const day = dayOf(digits(bytes, start, 4), digits(bytes, start + 5, 2), digits(bytes, start + 8, 2));
    if (!Number.isNaN(day)) return day;
  }
  const text = fieldText(row, field);
  if (isUnknown(text)) return null;
  const { year, month, date } =
    (
      /^(?<year>\d{4})(?<month>\d\d)(?<date>\d\d)(?:[T ].*)?$/.exec(text) ??
      /^(?<year>\d{4})(?<sign>[-/])(?<month>\d{1,2})\k<sign>(?<date>\d{1,2})(?:[T ].*)?$/.exec(text)
    )?.groups ?? {};
  const day = dayOf(Number(year), Number(month), Number(date));
  return Number.isNaN(day) ? text : day;
}

function digits(bytes: Buffer, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at++) {
    const digit = (bytes[at] as number) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAYS_TO_1970 = 719_468;

/** Days since 1970-01-01 in the proleptic Gregorian calendar; NaN when there is no such day. (Hinnant, "days_from_civil".) */
export function dayOf(year: number, month: number, date: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = (MONTH_DAYS[month - 1] ?? 0) + (month === 2 && leap ? 1 : 0);
  if (!(date >= 1 && date <= length)) return Number.NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const year_of_era = y - era * 400;
  const day_of_year = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  const day_of_era =
    year_of_era * 365 + Math.floor(year_of_era / 4) - Math.floor(year_of_era / 100) + day_of_year;
  return era * 146_097 + day_of_era - DAYS_TO_1970;
}
