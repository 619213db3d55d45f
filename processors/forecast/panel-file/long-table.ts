import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../../ingest/program/command.ts';
import { dayCell, numberCell } from './cells.ts';
import type { ColumnNames } from './column-names.ts';
import { FurtherColumn, NumberColumn, TextCodes } from './columns.ts';
import { DelimitedReader, fieldText, type DelimitedRow } from './delimited.ts';
import type { Problems } from './problems.ts';
import { utf8Lines } from './utf8-lines.ts';

/** The rows of a panel file, in its order, with what could not be read already out. */
export interface LongTable {
  readonly series: TextCodes;
  readonly series_of: NumberColumn;
  readonly day_of: NumberColumn;
  /** NaN = missing demand. */
  readonly qty_of: NumberColumn;
  /** 0 where out of stock; null without the column. */
  readonly in_stock_of: NumberColumn | null;
  readonly further: readonly FurtherColumn[];
  readonly rows: number;
  /** Line of the file that a row stood in. */
  line(row: number): number;
}

/** A quantity beyond this is no quantity. */
const QTY_MAX = 1e12;

/**
 * Reads a long CSV (`.gz` too; comma, semicolon or tab) with a header that has series_id, date and qty; in_stock and any
 * further columns are taken as they come. demand of a day after `today` cannot be known. `columns` renames the header's names.
 * @throws UsageError when a column that is needed or named in `columns` is not there
 */
export async function readLongTable(
  path: string,
  today: number,
  problems: Problems,
  columns: ColumnNames = new Map(),
): Promise<LongTable> {
  const reading = new Reading(today, problems, columns);
  let reader: DelimitedReader | null = null;
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of utf8Lines(chunks, problems)) {
      reader ??= new DelimitedReader(delimiterOf(chunk), (row) => {
        reading.take(row);
      });
      reader.push(chunk);
    }
    reader?.end();
  };
  if (path.endsWith('.gz')) await pipeline(source, createGunzip(), consume);
  else await pipeline(source, consume);
  return reading.table();
}

/** The separator that the header uses most. */
function delimiterOf(chunk: Buffer): string {
  const header = chunk.toString('utf8', 0, Math.min(chunk.length, 65_536)).split('\n')[0] ?? '';
  const used = [',', ';', '\t'].map((sign) => ({ sign, times: header.split(sign).length }));
  return used.reduce((best, one) => (one.times > best.times ? one : best)).sign;
}

interface Layout {
  readonly fields: number;
  readonly names: readonly string[];
  readonly series: number;
  readonly date: number;
  readonly qty: number;
  readonly in_stock: number;
  readonly further: readonly { readonly field: number; readonly column: FurtherColumn }[];
}

class Reading {
  readonly #today: number;
  readonly #problems: Problems;
  readonly #columns: ColumnNames;
  readonly #series = new TextCodes();
  readonly #series_of = new NumberColumn('whole');
  readonly #day_of = new NumberColumn('whole');
  readonly #qty_of = new NumberColumn('float');
  readonly #in_stock_of = new NumberColumn('float');
  /** Rows from which on line − row is another number than before: few, as most rows follow each other. */
  readonly #line_shifts: { row: number; shift: number }[] = [];
  #layout: Layout | null = null;

  constructor(today: number, problems: Problems, columns: ColumnNames) {
    this.#today = today;
    this.#problems = problems;
    this.#columns = columns;
  }

  take(row: DelimitedRow): void {
    if (this.#layout === null) this.#layout = layoutOf(row, this.#columns);
    else this.#takeData(row, this.#layout);
  }

  #takeData(row: DelimitedRow, layout: Layout): void {
    const { line } = row;
    if (row.malformed || row.fields !== layout.fields) {
      const value = row.malformed ? 'unreadable' : `${row.fields} fields, the header has ${layout.fields}`;
      this.#problems.add('malformed_row', line, '', value);
      return;
    }
    const series = this.#series.code(row, layout.series);
    if (series < 0) {
      this.#problems.add('no_series', line, 'series_id', '');
      return;
    }
    const day = dayCell(row, layout.date);
    if (typeof day !== 'number') {
      this.#problems.add('bad_date', line, 'date', day ?? '');
      return;
    }
    const qty = this.#qty(row, layout.qty);
    // Covariates of days to come are welcome; their demand cannot be known.
    if (day > this.#today && !Number.isNaN(qty)) {
      this.#problems.add('future_date', line, 'date', fieldText(row, layout.date));
      return;
    }
    this.#noteLine(line);
    this.#series_of.push(series);
    this.#day_of.push(day);
    this.#qty_of.push(qty);
    if (layout.in_stock >= 0) this.#in_stock_of.push(this.#inStock(row, layout.in_stock));
    for (const { field, column } of layout.further) {
      const wrong = column.push(row, field);
      if (wrong !== null) this.#problems.add('bad_number', line, column.name, wrong);
    }
  }

  #qty(row: DelimitedRow, field: number): number {
    const qty = numberCell(row, field);
    if (qty === null) return Number.NaN;
    if (typeof qty === 'string' || Math.abs(qty) > QTY_MAX) {
      this.#problems.add('bad_qty', row.line, 'qty', fieldText(row, field));
      return Number.NaN;
    }
    if (qty >= 0) return qty;
    this.#problems.add('negative_qty', row.line, 'qty', String(qty));
    return 0;
  }

  #inStock(row: DelimitedRow, field: number): number {
    const value = numberCell(row, field);
    if (typeof value === 'number') return value > 0 ? 1 : 0;
    if (value === null || /^(true|yes|t|y)$/i.test(value)) return 1;
    if (/^(false|no|f|n)$/i.test(value)) return 0;
    this.#problems.add('bad_in_stock', row.line, 'in_stock', value);
    return 1;
  }

  #noteLine(line: number): void {
    const row = this.#day_of.length;
    if (this.#line_shifts.at(-1)?.shift !== line - row) this.#line_shifts.push({ row, shift: line - row });
  }

  table(): LongTable {
    const layout = this.#layout;
    if (layout === null) throw new UsageError('the file is empty');
    const shifts = this.#line_shifts;
    const line = (row: number): number => row + (shifts[lastAtOrBefore(shifts, row)]?.shift ?? 0);
    for (const { column } of layout.further)
      column.settle((row, text) => {
        this.#problems.add('bad_number', line(row), column.name, text);
      });
    return {
      series: this.#series,
      series_of: this.#series_of,
      day_of: this.#day_of,
      qty_of: this.#qty_of,
      in_stock_of: layout.in_stock >= 0 ? this.#in_stock_of : null,
      further: layout.further.map(({ column }) => column),
      rows: this.#day_of.length,
      line,
    };
  }
}

function lastAtOrBefore(shifts: readonly { readonly row: number }[], row: number): number {
  let low = 0;
  let high = shifts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((shifts[middle]?.row ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

function layoutOf(row: DelimitedRow, columns: ColumnNames): Layout {
  const header = Array.from({ length: row.fields }, (_, field) => fieldText(row, field));
  const absent = [...columns.keys()].filter((name) => !header.includes(name));
  if (absent.length > 0)
    throw new UsageError(`--columns names ${absent.join(', ')}; the file's header is: ${header.join(', ')}`);
  const names = header.map((name) => columns.get(name) ?? name);
  const field = (name: string): number => names.findIndex((one) => one.toLowerCase() === name);
  const missing = ['series_id', 'date', 'qty'].filter((name) => field(name) < 0);
  if (missing.length > 0)
    throw new UsageError(`the file has no column ${missing.join(', ')}; its header is: ${names.join(', ')}`);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new UsageError(`the file has column "${twice[0] ?? ''}" twice`);
  const own = [field('series_id'), field('date'), field('qty'), field('in_stock')];
  return {
    fields: names.length,
    names,
    series: own[0] as number,
    date: own[1] as number,
    qty: own[2] as number,
    in_stock: own[3] as number,
    further: names.flatMap((name, at) =>
      own.includes(at) ? [] : [{ field: at, column: new FurtherColumn(name) }],
    ),
  };
}
