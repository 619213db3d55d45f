/**
 * Exact decimals as whole counts of billionths: a price has at most 6 decimals, a quantity 3, their product 9, so each is a bigint
 * and nothing on the way of money is a float, nor cut off.
 */
const DECIMALS = 9;
/** Billionths in a whole. */
export const ONE = 10n ** BigInt(DECIMALS);

const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,9}))?$/;

/** Billionths of a decimal text ("-12.34" → -12340000000n). Throws RangeError on anything else, exponents and 10 decimals included. */
export function parseDecimal(text: string): bigint {
  const match = DECIMAL.exec(text);
  if (match === null) throw new RangeError(`not a decimal of at most ${DECIMALS} places: ${text}`);
  const [, sign, whole = '', fraction = ''] = match;
  const count = BigInt(whole) * ONE + BigInt(fraction.padEnd(DECIMALS, '0'));
  return sign === '-' ? -count : count;
}

/** The text of a count of billionths, with at least `places_min` decimals ("-12.34"). The inverse of `parseDecimal`. */
export function formatDecimal(count: bigint, places_min = 0): string {
  const size = abs(count);
  const fraction = (size % ONE).toString().padStart(DECIMALS, '0').replace(/0+$/, '').padEnd(places_min, '0');
  const text = `${size / ONE}${fraction === '' ? '' : `.${fraction}`}`;
  return count < 0n ? `-${text}` : text;
}

/** n ÷ d to the nearest whole number, a half away from zero (四舍五入, as accountants round). @param d > 0 */
export function divideRounded(n: bigint, d: bigint): bigint {
  if (d <= 0n) throw new RangeError('a divisor must be above 0');
  const size = (2n * abs(n) + d) / (2n * d);
  return n < 0n ? -size : size;
}

export function abs(n: bigint): bigint {
  return n < 0n ? -n : n;
}

/** Currencies whose smallest unit is not a hundredth (ISO 4217). */
const MINOR_PLACES: ReadonlyMap<string, number> = new Map([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map((code): [string, number] => [code, 0]),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code): [string, number] => [code, 3]),
]);

/** Decimals of the smallest unit that is paid in a currency: 2 for CNY. */
export function minorPlaces(currency: string): number {
  return MINOR_PLACES.get(currency) ?? 2;
}

/** Billionths in the smallest unit that is paid in a currency: 10,000,000 for CNY. */
export function minorUnit(currency: string): bigint {
  return 10n ** BigInt(DECIMALS - minorPlaces(currency));
}
