import type { Covariate, StaticCategory } from '../../../models/forecast/panel.ts';
import type { FurtherColumn } from './columns.ts';

export interface ColumnCells {
  /** series × periods; NaN = unknown. Filled in place. */
  readonly cells: Float32Array;
  /** Whether every row of the file has a value: a flag that is written where it holds and left empty elsewhere has not. */
  readonly complete: boolean;
  readonly series_count: number;
  readonly periods: number;
  readonly known_future: boolean;
}

/** Sales of a column of text that differ so much between series are names, not categories. */
const STATIC_SHARE_MAX = 0.5;

/**
 * Says what a further column is: constant within each series → a static category (left out when it has one value, or nearly one
 * for each series); the same for all series on a date → one shared row; else a covariate of its own for each series. Unknown
 * cells are filled from the last known, then from the first; a flag's with 0.
 */
export function covariateOrStatic(
  column: FurtherColumn,
  input: ColumnCells,
): { covariate?: Covariate; category?: StaticCategory } | null {
  const { cells, complete, series_count, periods, known_future } = input;
  const values = complete ? staticValues(cells, series_count, periods) : null;
  // Of one series everything constant would be static; nothing can be learned from it either way.
  if (values !== null) {
    const category = staticCategory(column, values);
    const useful =
      category.cardinality > 1 && category.cardinality <= Math.max(2, STATIC_SHARE_MAX * series_count);
    return useful ? { category } : null;
  }
  const kind = column.categories === null ? 'numeric' : 'category';
  const by_date = sharedRow(cells, series_count, periods);
  const flag = kind === 'numeric' && isFlag(cells);
  if (by_date !== null) {
    // Of a calendar's category a date without any row has none.
    if (kind === 'numeric') fill(by_date, flag);
    return { covariate: { name: column.name, kind, known_future, values: by_date, shared: true } };
  }
  // Not "none" for a date without a row: where only sales have rows, that would tell that nothing was sold.
  for (let from = 0; from < cells.length; from += periods) fill(cells.subarray(from, from + periods), flag);
  return { covariate: { name: column.name, kind, known_future, values: cells, shared: false } };
}

/** The one value of each series (NaN: none known), or null when some series has two. */
function staticValues(cells: Float32Array, series_count: number, periods: number): Float32Array | null {
  const values = new Float32Array(series_count).fill(Number.NaN);
  for (let cell = 0; cell < cells.length; cell++) {
    const value = cells[cell] as number;
    if (Number.isNaN(value)) continue;
    const series = Math.floor(cell / periods);
    if (Number.isNaN(values[series])) values[series] = value;
    else if (values[series] !== value) return null;
  }
  return values;
}

/** Codes by ascending value, so that a split by code is one by size. Unknown is a category of its own. */
function staticCategory(column: FurtherColumn, values: Float32Array): StaticCategory {
  const distinct = [...new Set(values)].sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
  const code = new Map(distinct.map((value, at) => [value, at]));
  const codes = new Int32Array(new SharedArrayBuffer(4 * values.length));
  values.forEach((value, series) => {
    codes[series] = code.get(value) ?? 0;
  });
  return { name: column.name, codes, cardinality: distinct.length };
}

/** The row that all series share where they know it, or null when two differ on a date. */
function sharedRow(cells: Float32Array, series_count: number, periods: number): Float32Array | null {
  const row = new Float32Array(new SharedArrayBuffer(4 * periods)).fill(Number.NaN);
  for (let series = 0; series < series_count; series++)
    for (let t = 0; t < periods; t++) {
      const value = cells[series * periods + t] as number;
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(row[t])) row[t] = value;
      else if (row[t] !== value) return null;
    }
  return row;
}

function isFlag(cells: Float32Array): boolean {
  for (const value of cells) if (!Number.isNaN(value) && value !== 0 && value !== 1) return false;
  return true;
}

function fill(row: Float32Array, flag: boolean): void {
  let known = flag ? 0 : row.find((value) => !Number.isNaN(value));
  if (known === undefined) return;
  row.forEach((value, t) => {
    if (Number.isNaN(value)) row[t] = known as number;
    else if (!flag) known = value;
  });
}
