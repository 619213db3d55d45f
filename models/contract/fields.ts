import { Type, type TSchema } from 'typebox';
import { CURRENCY_CODES } from './currency.ts';

/**
 * The fields that events share. Every schema says its meaning and its unit in `description`: the OpenAPI document
 * and the comments of the raw tables are read off it. Where a pattern would have to be read, `x-expected` says in plain
 * words what is wanted ("expected …"): it is what a refused event is told.
 */

/** Identifiers are printable: control characters would break keys, logs and exports. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f]*$';

/** An identifier of 1 to `maxLength` printable characters. */
export function Id(description: string, maxLength = 64) {
  return Type.String({
    minLength: 1,
    maxLength,
    pattern: PRINTABLE,
    description,
    'x-expected': `1 to ${maxLength} printable characters`,
  });
}

/** Free text of at most `maxLength` characters. */
export function Text(description: string, maxLength = 400) {
  return Type.String({ maxLength, description });
}

/** A reference to an identifier that may be "" where the contract gives the empty string a meaning. */
export function IdOrEmpty(description: string, maxLength = 64) {
  return Type.String({
    maxLength,
    pattern: PRINTABLE,
    description,
    'x-expected': `at most ${maxLength} printable characters`,
  });
}

/** A field that may be left out or null. */
export function Opt<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

const RFC3339 =
  '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$';

/** An instant: RFC 3339 with an offset. Kept to the millisecond, finer digits are cut. */
export function Instant(description: string) {
  return Type.String({
    format: 'date-time',
    pattern: RFC3339,
    description,
    'x-expected': 'an RFC 3339 time with offset, e.g. "2026-11-24T14:32:07.123+08:00"',
  });
}

/**
 * A calendar day, YYYY-MM-DD, not before those that the database keeps: it would put the first of them in its place. One after them, as
 * 9999-12-31, says that there is no end; the database has 2299-12-31 for it.
 */
export function Day(description: string) {
  return Type.String({
    format: 'date',
    pattern: '^(19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$',
    description,
    'x-expected': 'a calendar day from 1900 on, e.g. "2026-11-24"',
  });
}

/** Money is a decimal string with at most 12 digits before and 6 after the point: never a float. */
export function Money(description: string) {
  return Type.String({
    pattern: '^[0-9]{1,12}(\\.[0-9]{1,6})?$',
    description,
    'x-expected': 'a decimal string ≥ 0 with at most 12 digits before and 6 after the point, e.g. "12.3400"',
  });
}

/** Money that may be negative. */
export function SignedMoney(description: string) {
  return Type.String({
    pattern: '^-?[0-9]{1,12}(\\.[0-9]{1,6})?$',
    description,
    'x-expected': 'a decimal string with at most 12 digits before and 6 after the point, e.g. "-12.3400"',
  });
}

/** ISO 4217 alphabetic code. */
export function Currency(description = 'ISO 4217 currency of the money in this event') {
  return Type.Enum(CURRENCY_CODES, { description, 'x-expected': 'an ISO 4217 currency code, e.g. "CNY"' });
}

/**
 * A JSON number in a range that has at most so many decimals: it is the double nearest to such a decimal number, so that its
 * text has no more digits. The keyword `multipleOf` cannot say it: validators divide doubles, which refuses 123456789.123 and
 * takes 0.7999999999999999, of which the database would keep 0.799.
 */
export function DecimalNumber(
  decimals: number,
  range: { readonly minimum?: number; readonly exclusiveMinimum?: number; readonly maximum: number },
) {
  const scale = 10 ** decimals;
  return Type.Refine(
    Type.Number({ ...range, 'x-decimals': decimals }),
    (value) => Math.round(value * scale) / scale === value,
  );
}

/** The largest quantity: nine digits before the point hold any order, and three after it stay exact in a JSON number. */
export const QUANTITY_MAX = 999_999_999;

/** A quantity ≥ 0 with at most 3 decimals: a JSON number or a decimal string. */
export function Quantity(description: string) {
  return Type.Union(
    [
      DecimalNumber(3, { minimum: 0, maximum: QUANTITY_MAX }),
      Type.String({ pattern: '^[0-9]{1,9}(\\.[0-9]{1,3})?$' }),
    ],
    { description, 'x-expected': 'a number or decimal string from 0 to 999999999 with at most 3 decimals' },
  );
}

/** A quantity > 0 with at most 3 decimals: a JSON number or a decimal string. */
export function PositiveQuantity(description: string) {
  return Type.Union(
    [
      DecimalNumber(3, { exclusiveMinimum: 0, maximum: QUANTITY_MAX }),
      Type.String({ pattern: '^(?=.*[1-9])[0-9]{1,9}(\\.[0-9]{1,3})?$' }),
    ],
    {
      description,
      'x-expected': 'a number or decimal string above 0, up to 999999999, with at most 3 decimals',
    },
  );
}

/** A percentage from 0 to 100: a JSON number or a decimal string, at most 4 decimals. */
export function Percent(description: string) {
  return Type.Union(
    [
      DecimalNumber(4, { minimum: 0, maximum: 100 }),
      Type.String({ pattern: '^(100(\\.0{1,4})?|[0-9]{1,2}(\\.[0-9]{1,4})?)$' }),
    ],
    { description, 'x-expected': 'a number or decimal string from 0 to 100 with at most 4 decimals' },
  );
}

/** A closed list of words. */
// The parameter keeps the words as literals, so that `Static` is their union.
export function Word<const T extends string[]>(words: readonly [...T], description: string) {
  return Type.Enum(words, { description });
}

/** An integer in a range. */
export function Int(description: string, minimum = 0, maximum = 2_147_483_647) {
  return Type.Integer({ minimum, maximum, description });
}

/** GB/T 2260 code of an administrative division, 6 digits. */
export function Adcode(description = 'GB/T 2260 code of the administrative division') {
  return Type.String({ pattern: '^[1-9][0-9]{5}$', description, 'x-expected': 'six digits, e.g. "330100"' });
}

/** WGS84 unless the event names another datum; degrees. */
export const latitude = () => Type.Number({ minimum: -90, maximum: 90, description: 'latitude, degrees' });
/** WGS84 unless the event names another datum; degrees. */
export const longitude = () =>
  Type.Number({ minimum: -180, maximum: 180, description: 'longitude, degrees' });

/** What every event carries, reference data included. */
export const envelope = {
  event_id: Id('id of the event, unique within its source: the same pair again changes no figure'),
  source: Id('id of the feed, e.g. erp-huadong'),
  event_time: Instant('when it happened, RFC 3339 with offset'),
};

/** What every reference version carries besides the envelope. */
export const validity = {
  valid_from: Instant('first instant at which this version holds'),
  valid_to: Opt(Instant('first instant at which it holds no more; open when left out')),
};

export const dealerId = () => Id('the dealer that the event is about');
