import type { LiveRow } from '../../../models/contract/live.ts';
import { textOf, type Format, type FigureParts } from '../i18n/format.ts';
import type { Messages } from '../i18n/messages.ts';

export type KpiRow = LiveRow<'kpis'>;

/** A change in words and signs. The arrow says up or down, the tone says good or bad. */
export interface DeltaView {
  readonly arrow: 'up' | 'down' | 'flat';
  readonly tone: 'good' | 'bad' | 'neutral';
  readonly text: string;
}

/** What a tile says of a figure. */
export interface KpiView {
  /** Null when the figure has no value: the tile says "—" and why. */
  readonly figure: FigureParts | null;
  readonly delta: DeltaView | null;
  readonly target: { readonly text: string; readonly attained: boolean } | null;
  /** Null when late data restated nothing lately. */
  readonly restatement: RestatementView | null;
}

/** What late data did to the figure of an earlier day. */
export interface RestatementView {
  /** Signed, "+1.2 pp"; null when one of the two values is undefined or they round to the same. */
  readonly difference: string | null;
  readonly hint: string;
}

/** Turns a figure into what its tile says. */
export function kpiView(row: KpiRow, f: Format, t: Messages): KpiView {
  return {
    figure: row.value === null ? null : figureParts(row.value, row.unit, f, t, f.tenths),
    delta: row.value === null || row.delta === undefined ? null : deltaView(row, row.value, row.delta, f, t),
    target:
      row.value === null || row.target === undefined ? null : targetView(row, row.value, row.target, f, t),
    restatement: row.restated === true ? restatementView(row, f, t) : null,
  };
}

/**
 * Units are words, except currencies, which are named by their ISO code.
 *
 * @param fraction how a number that need not be whole is written
 */
function figureParts(
  value: number,
  unit: string,
  f: Format,
  t: Messages,
  fraction: (value: number) => string = f.decimal,
): FigureParts {
  const plain = (digits: string, suffix: string): FigureParts => ({ prefix: '', digits, suffix });
  switch (unit) {
    case 'ratio':
      return f.percent(value);
    case 'd':
      return plain(fraction(value), t.unit_d(fraction(value)));
    case 'h':
      return plain(fraction(value), t.unit_h);
    case 'per_year':
      return plain(fraction(value), t.unit_per_year);
    case 'cases':
      return plain(f.integer(value), t.unit_cases(f.integer(value)));
    case 'dealers':
      return plain(f.integer(value), t.unit_dealers(f.integer(value)));
    default:
      return f.money(value, unit);
  }
}

function deltaView(row: KpiRow, value: number, delta: number, f: Format, t: Messages): DeltaView {
  const text = deltaText(row.unit, value, delta, f, t);
  // A change that rounds to nothing is none: an arrow beside "0.0" would be noise.
  if (delta === 0 || !/[1-9]/.test(text)) return { arrow: 'flat', tone: 'neutral', text };
  const rises = delta > 0;
  return {
    arrow: rises ? 'up' : 'down',
    tone: rises === (row.direction === 'up') ? 'good' : 'bad',
    text,
  };
}

function deltaText(unit: string, value: number, delta: number, f: Format, t: Messages): string {
  const size = Math.abs(delta);
  if (unit === 'ratio') return `${f.decimal(size * 100)} ${t.percentage_points}`;
  if (unit === 'cases' || unit === 'dealers') return f.integer(size);
  if (unit === 'd' || unit === 'h' || unit === 'per_year') return f.decimal(size);
  const before = value - delta;
  // Relative where there was something to compare with, else the sum itself.
  return before > 0 ? textOf(f.percent(size / before)) : textOf(f.money(size, unit));
}

function targetView(
  row: KpiRow,
  value: number,
  target: number,
  f: Format,
  t: Messages,
): { text: string; attained: boolean } {
  return {
    text: t.target(targetBound(target, row, f, t)),
    attained: row.direction === 'up' ? value >= target : value <= target,
  };
}

/** A target with its bound, which no line may part: "≥ 97%". It is a round number, without a "97.0%". */
export function targetBound(
  target: number,
  { unit, direction }: Pick<KpiRow, 'unit' | 'direction'>,
  f: Format,
  t: Messages,
): string {
  const told = unit === 'ratio' ? `${f.decimal(target * 100)}%` : textOf(figureParts(target, unit, f, t));
  return `${direction === 'up' ? '≥' : '≤'} ${told}`.replaceAll(' ', '\u00a0');
}

function restatementView({ unit, restatement }: KpiRow, f: Format, t: Messages): RestatementView {
  if (restatement === undefined) return { difference: null, hint: t.restated_hint };
  const { bucket_start, value, value_before } = restatement;
  const told = (one: number | null): string =>
    one === null ? t.no_value : textOf(figureParts(one, unit, f, t));
  return {
    difference: value === null || value_before === null ? null : signed(value - value_before, unit, f, t),
    hint: t.restated_from(f.day(bucket_start), told(value_before), told(value)),
  };
}

/** The sum itself, also of money: of a past day nobody knows the whole by heart. */
function signed(difference: number, unit: string, f: Format, t: Messages): string | null {
  const size = Math.abs(difference);
  const text =
    unit === 'ratio'
      ? `${f.decimal(size * 100)} ${t.percentage_points}`
      : textOf(figureParts(size, unit, f, t));
  return /[1-9]/.test(text) ? `${difference > 0 ? '+' : '-'}${text}` : null;
}
