import type { Panel } from '../panel.ts';
import { yearLength } from './calendar.ts';

/** Lengths, in periods, of the windows that features look back on. */
export interface Windows {
  /** Ascending; one week to half a year and more. */
  readonly levels: readonly number[];
  /** The window that the level of a series is mostly taken from: eight weeks or so of recent demand. */
  readonly short: number;
  /** The window that steadies it. */
  readonly long: number;
  /** Numbers of past seasons that same-phase levels look back on. */
  readonly phases: readonly number[];
  /** A year of whole weeks. */
  readonly year: number;
  /** Half-width of the window around the same time last year. */
  readonly year_half: number;
}

export function windowsOf({ period_days, season_length, periods }: Panel): Windows {
  const year = yearLength(period_days);
  const phases = [1, 2, 4, 8].filter((count) => count * season_length < periods);
  return period_days === 1
    ? { levels: [3, 7, 14, 28, 56, 112, 364], short: 28, long: 112, phases, year, year_half: 3 }
    : { levels: [1, 2, 4, 8, 13, 26, 52], short: 8, long: 26, phases, year, year_half: 1 };
}
