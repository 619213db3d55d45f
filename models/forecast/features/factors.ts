import { calendarDay } from './calendar.ts';
import { covariateOf, type Covariate, type Panel } from '../panel.ts';

/**
 * A factor gives every cell of the panel one of a few codes; each code multiplies demand by its effect. The season's phase is
 * one, and each known-future covariate: a flag by its value, a category by its code, a price by its ratio to the usual one.
 */
export interface Factor {
  readonly name: string;
  /** Made of the covariate of that name; else of the date, though a covariate may be called "season" or "month" too. */
  readonly of_covariate: boolean;
  readonly code_count: number;
  /** The code depends on the date alone. */
  readonly shared: boolean;
  /** A code holds for weeks on end: only a level that reaches back beyond them tells its effect. */
  readonly lasting: boolean;
  /** Writes the codes of one series for all periods; known values only, 0 = unknown. */
  codes(series: number, into: Uint8Array): void;
}

const CODES_MAX = 255;

/** Code bounds of a value relative to its usual level: half price … double. The band around 1 is "as usual". */
const RATIO_EDGES = [0.5, 0.6, 0.68, 0.76, 0.84, 0.91, 0.97, 1.03, 1.1, 1.25, 1.6];
/** Weight of the newest value in the usual level of a ratio. */
const USUAL_SHARE = 0.02;

/** The season's phase, the month where a year is known, and every covariate of known future. */
export function factorsOf(panel: Panel): readonly Factor[] {
  const factors: Factor[] = [];
  if (hasPhase(panel)) factors.push(phaseFactor(panel));
  if (panel.periods * panel.period_days >= MONTH_DAYS_MIN) factors.push(monthFactor(panel));
  for (const covariate of panel.covariates)
    if (covariate.known_future) factors.push(covariateFactor(panel, covariate));
  return factors;
}

/** A season is worth a factor when it has been seen twice. */
function hasPhase({ season_length, periods }: Panel): boolean {
  return season_length > 1 && season_length < CODES_MAX && periods >= 2 * season_length;
}

function phaseFactor({ season_length, periods }: Panel): Factor {
  return {
    name: 'season',
    of_covariate: false,
    code_count: season_length + 1,
    shared: true,
    lasting: false,
    codes: (_, into) => {
      for (let t = 0; t < periods; t++) into[t] = 1 + (t % season_length);
    },
  };
}

/**
 * Days of the panel from which on months have effects: a year, and eight weeks that have come a second time. A month that has not
 * been seen before the origin has no effect.
 */
const MONTH_DAYS_MIN = 420;

/** The month of the year: what trailing levels, which follow it by weeks, do not foretell. */
function monthFactor({ first_day, period_days, periods }: Panel): Factor {
  return {
    name: 'month',
    of_covariate: false,
    code_count: 13,
    shared: true,
    lasting: true,
    codes: (_, into) => {
      for (let t = 0; t < periods; t++) into[t] = calendarDay(first_day + t * period_days).month;
    },
  };
}

function covariateFactor(panel: Panel, covariate: Covariate): Factor {
  const { name, shared, values } = covariate;
  const few = fewValues(values);
  const coded = (code_count: number, code: (row: Float32Array, into: Uint8Array) => void): Factor => ({
    name,
    of_covariate: true,
    code_count,
    shared,
    lasting: false,
    codes: (series, into) => {
      code(covariateOf(panel, covariate, series), into);
    },
  });
  if (covariate.kind === 'category')
    return coded(CODES_MAX + 1, (row, into) => {
      for (let t = 0; t < row.length; t++)
        into[t] = Number.isNaN(row[t]) ? 0 : categoryCode(row[t] as number);
    });
  if (few !== null)
    return coded(few.length + 1, (row, into) => {
      for (let t = 0; t < row.length; t++) into[t] = 1 + few.indexOf(row[t] as number);
    });
  return coded(RATIO_EDGES.length + 2, ratioCodes);
}

/** 0 for none; categories beyond the most that codes can tell apart share one code. */
function categoryCode(value: number): number {
  return 1 + Math.max(-1, Math.min(CODES_MAX - 1, value));
}

/** The distinct values of a flag or a small scale, ascending; null when there are more than eight. */
function fewValues(values: Float32Array): number[] | null {
  const seen = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    seen.add(value);
    if (seen.size > 8) return null;
  }
  return [...seen].sort((a, b) => a - b);
}

/**
 * Codes by value ÷ the usual value before it: an exponential mean that follows slowly, so that a promotion's price
 * does not become the usual one while it lasts.
 */
function ratioCodes(row: Float32Array, into: Uint8Array): void {
  let usual = Number.NaN;
  for (let t = 0; t < row.length; t++) {
    const value = row[t] as number;
    if (Number.isNaN(value)) {
      into[t] = 0;
      continue;
    }
    if (Number.isNaN(usual)) usual = value;
    const ratio = usual === 0 ? 1 : value / usual;
    let code = 1;
    while (code <= RATIO_EDGES.length && ratio > (RATIO_EDGES[code - 1] as number)) code++;
    into[t] = code;
    usual += USUAL_SHARE * (value - usual);
  }
}
