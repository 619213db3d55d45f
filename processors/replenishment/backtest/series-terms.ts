import type { InventoryTerms } from '../../../models/replenishment/inventory-run.ts';
import type { FurtherColumn } from '../../forecast/panel-file/columns.ts';
import type { LongTable } from '../../forecast/panel-file/long-table.ts';
import type { Problems } from '../../forecast/panel-file/problems.ts';

/** Columns that set the terms of a series; the first readable value of a series counts, the flag where it has none. */
export const TERM_COLUMNS = ['initial_inventory', 'lead_time', 'holding_cost', 'shortage_cost'] as const;
type TermColumn = (typeof TERM_COLUMNS)[number];

/** Columns of what is on its way at first: `in_transit_1` is received before the first period that is played, and so on. */
export const IN_TRANSIT_COLUMNS = 'in_transit_1, in_transit_2, …';
const IN_TRANSIT = /^in_transit_([1-9]\d*)$/i;

export interface TermDefaults {
  /** Null: what the plain reorder point would hold. */
  readonly initial_inventory: number | null;
  readonly lead_time: number;
  readonly holding_cost: number;
  readonly shortage_cost: number;
}

/** Terms by series, and the table without the columns that they were read from. A negative value is named and not used. */
export function seriesTerms(
  table: LongTable,
  defaults: TermDefaults,
  problems: Problems,
): { readonly rest: LongTable; readonly termsOf: (series: number, initial: number) => InventoryTerms } {
  const values = new Map(
    TERM_COLUMNS.map((name) => [name, firstValues(table, columnOf(table, name), problems)]),
  );
  const arrivals = table.further.flatMap((column) => {
    const period = periodOf(column);
    return period === null ? [] : [{ period, units: firstValues(table, column, problems) }];
  });
  const own = (name: TermColumn, series: number): number | undefined => values.get(name)?.get(series);
  return {
    rest: {
      ...table,
      further: table.further.filter((column) => !isTermColumn(column.name) && periodOf(column) === null),
    },
    termsOf: (series, initial) => ({
      initial: own('initial_inventory', series) ?? defaults.initial_inventory ?? initial,
      in_transit: arrivals.reduce(
        (units, one) => {
          units[one.period - 1] = one.units.get(series) ?? 0;
          return units;
        },
        Array<number>(Math.max(0, ...arrivals.map(({ period }) => period))).fill(0),
      ),
      lead_time: Math.round(own('lead_time', series) ?? defaults.lead_time),
      holding_cost: own('holding_cost', series) ?? defaults.holding_cost,
      shortage_cost: own('shortage_cost', series) ?? defaults.shortage_cost,
    }),
  };
}

function isTermColumn(name: string): boolean {
  return (TERM_COLUMNS as readonly string[]).includes(name.toLowerCase());
}

function columnOf(table: LongTable, name: TermColumn): FurtherColumn | undefined {
  return table.further.find((one) => one.name.toLowerCase() === name);
}

/** The period, from 1, before which what a column tells of is received; null = it is another column. */
function periodOf({ name }: FurtherColumn): number | null {
  const period = Number(IN_TRANSIT.exec(name)?.[1] ?? Number.NaN);
  return period <= LEAD_TIME_MAX ? period : null;
}

function firstValues(
  table: LongTable,
  column: FurtherColumn | undefined,
  problems: Problems,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  if (column === undefined) return found;
  for (let row = 0; row < table.rows; row++) {
    const text = textAt(column, row);
    const series = table.series_of.at(row);
    if (text === null || found.has(series)) continue;
    const value = Number(text);
    if (!(value >= 0) || (column.name.toLowerCase() === 'lead_time' && value > LEAD_TIME_MAX))
      problems.add('bad_term', table.line(row), column.name, text);
    else found.set(series, value);
  }
  return found;
}

/** A cell as text: one text among a column's numbers makes it a column of categories. Null when empty. */
function textAt({ values, categories }: FurtherColumn, row: number): string | null {
  const value = values.at(row);
  if (categories !== null) return categories.texts[value] ?? null;
  return Number.isNaN(value) ? null : String(value);
}

/** A longer lead time is a typing error. */
const LEAD_TIME_MAX = 104;
