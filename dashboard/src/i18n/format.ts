import { LOCALES, type Lang } from './messages.ts';

/** A figure in its typographic parts: "¥" "1842" "万", "" "96.8" "%". */
export interface FigureParts {
  readonly prefix: string;
  readonly digits: string;
  readonly suffix: string;
}

/** Its parts as one text: a unit that is a word stands apart. */
export function textOf({ prefix, digits, suffix }: FigureParts): string {
  const gap = suffix === '' || /^[%‰万亿KMBT]/.test(suffix) ? '' : ' ';
  return `${prefix}${digits}${gap}${suffix}`;
}

/** Numbers and times as a language writes them, in one time zone. */
export interface Format {
  readonly integer: (value: number) => string;
  /** At most one decimal. */
  readonly decimal: (value: number) => string;
  /** Always one decimal: in a column the points stand below each other. */
  readonly tenths: (value: number) => string;
  /** Short: 1842万, 18.42M. */
  readonly compact: (value: number) => string;
  readonly money: (value: number, currency: string) => FigureParts;
  /** A sum in full, to the last digit of its decimal text: ¥12,345.67. */
  readonly amount: (decimal: string, currency: string) => string;
  /** A decimal text in full. */
  readonly exact: (decimal: string) => string;
  /** A ratio 0-1 as a percentage with one decimal. */
  readonly percent: (ratio: number) => FigureParts;
  /** How sure something is that is inferred, as a percentage: what is inferred is never certain, so never 100 %. */
  readonly certainty: (probability: number) => string;
  /** A length of time, in its largest fitting unit: 12小时, 12h. */
  readonly duration: (seconds: number) => string;
  /** HH:MM of today; of another day of this year MM-DD HH:MM, else with the year. */
  readonly time: (instant: string | number, now_ms: number) => string;
  /** MM-DD. */
  readonly day: (instant: string) => string;
  /** Its day, YYYY-MM-DD. */
  readonly date: (instant: string | number) => string;
  /** Date with weekday, and the time to the second with its zone. */
  readonly clock: (now_ms: number) => { readonly date: string; readonly time: string; readonly zone: string };
}

/** More places than any figure of the contract has: nothing is rounded. */
const EXACT = { maximumFractionDigits: 10 } as const;

/** Beyond it a percentage of one decimal would round to 100 %. */
const CERTAINTY_SHOWN_MAX = 0.999;

const DURATION_UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** @param zone an IANA time zone; throws RangeError for one that is unknown */
export function createFormat(lang: Lang, zone: string): Format {
  const locale = LOCALES[lang];
  const number = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, options);
  const time = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
  const integer = number({ maximumFractionDigits: 0 });
  const decimal = number({ maximumFractionDigits: 1 });
  const tenths = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const compact = number({ notation: 'compact', maximumSignificantDigits: 3 });
  const exact = number(EXACT);
  const percent = number({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const minute = time({ hour: '2-digit', minute: '2-digit' });
  const second = time({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  // Day keys and dates are ISO in both languages: 2026-11-24 reads the same everywhere.
  const isoDay = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const weekday = time({ weekday: 'short' });
  const zoneName = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'shortOffset' });
  const units = DURATION_UNITS.map(
    ([unit, seconds]) =>
      [seconds, number({ style: 'unit', unit, unitDisplay: 'narrow', maximumFractionDigits: 1 })] as const,
  );
  return {
    integer: (value) => integer.format(value),
    decimal: (value) => decimal.format(value),
    tenths: (value) => tenths.format(value),
    // Chinese shortens from ten thousand up: what is less is a number like any other, grouped like any other.
    compact: (value) =>
      lang === 'zh' && Math.abs(value) >= 1000 && Math.abs(value) < 9999.5
        ? integer.format(value)
        : compact.format(value),
    money: (value, currency) => moneyParts(value, currency, number),
    amount: (decimal, currency) =>
      number({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...EXACT }).format(
        decimal as `${number}`,
      ),
    exact: (decimal) => exact.format(decimal as `${number}`),
    percent: (ratio) => parts(percent.formatToParts(ratio)),
    certainty: (probability) => {
      const isAlmost = probability > CERTAINTY_SHOWN_MAX;
      return (
        (isAlmost ? '>' : '') +
        textOf(parts(percent.formatToParts(isAlmost ? CERTAINTY_SHOWN_MAX : probability)))
      );
    },
    duration: (seconds) => duration(seconds, units),
    time: (instant, now_ms) => {
      const at = new Date(instant);
      const day = isoDay.format(at);
      const today = isoDay.format(now_ms);
      if (day === today) return minute.format(at);
      return `${day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day} ${minute.format(at)}`;
    },
    date: (instant) => isoDay.format(new Date(instant)),
    day: (instant) => isoDay.format(new Date(instant)).slice(5),
    clock: (now_ms) => ({
      date: `${isoDay.format(now_ms)} ${weekday.format(now_ms)}`,
      time: second.format(now_ms),
      zone: zoneName.formatToParts(now_ms).find((part) => part.type === 'timeZoneName')?.value ?? zone,
    }),
  };
}

/** Four significant digits, compact from ten thousand up: ¥1842万, ¥18.42M; smaller sums in full. */
function moneyParts(
  value: number,
  currency: string,
  number: (options: Intl.NumberFormatOptions) => Intl.NumberFormat,
): FigureParts {
  const large = Math.abs(value) >= 10_000;
  return parts(
    number({
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      ...(large
        ? { notation: 'compact' as const, minimumSignificantDigits: 4, maximumSignificantDigits: 4 }
        : { minimumFractionDigits: 0, maximumFractionDigits: 0 }),
    }).formatToParts(value),
  );
}

const DIGIT_PARTS: ReadonlySet<string> = new Set([
  'integer',
  'group',
  'decimal',
  'fraction',
  'minusSign',
  'plusSign',
]);

function parts(all: readonly Intl.NumberFormatPart[]): FigureParts {
  const result = { prefix: '', digits: '', suffix: '' };
  for (const part of all) {
    if (DIGIT_PARTS.has(part.type)) result.digits += part.value;
    else if (result.digits === '') result.prefix += part.value;
    else result.suffix += part.value;
  }
  return { prefix: result.prefix.trim(), digits: result.digits, suffix: result.suffix.trim() };
}

function duration(seconds: number, units: readonly (readonly [number, Intl.NumberFormat])[]): string {
  const length = Math.max(0, seconds);
  // Below a tenth of a second the figure is noise; from 48 hours days read better than hours.
  const fitting = units.find(([size]) => length >= (size === 86_400 ? 2 * size : size)) ?? units.at(-1);
  if (fitting === undefined) return '';
  const [size, format] = fitting;
  const amount = length / size;
  return format.format(amount >= 10 ? Math.round(amount) : Math.round(amount * 10) / 10);
}
