import type { CellValue } from 'hucre/xlsx';
import type { RowKey } from './forecast-store.ts';
import { SENT_SHEET, type SentRow } from './sent-workbook.ts';

/** What is wrong with one cell of a sent sheet. */
export interface SentError {
  readonly sheet: string;
  /** Number of the row in the sheet; the header's is 1. */
  readonly row: number;
  readonly column: string;
  readonly detail: string;
}

/** What a sent row asks for. */
export interface SentChange extends RowKey {
  readonly row: number;
  readonly baseline_qty: number;
  readonly before_qty: number;
  readonly after_qty: number;
  /** Decimal string of three places; null takes the override back. */
  readonly override_qty: string | null;
  readonly reason: string;
}

/** A row of the export as the version has it now. */
export type ExportRow = Readonly<Record<string, unknown>>;

/** Without these a row cannot be found or changed. */
export const NEEDED_COLUMNS = [
  'forecast_version',
  'dealer_id',
  'sku_id',
  'bucket_start',
  'bucket_grain',
  'override_qty',
  'override_reason',
] as const;
const KEY_COLUMNS = new Set<string>([
  'forecast_version',
  'dealer_id',
  'sku_id',
  'bucket_start',
  'bucket_grain',
]);
/** What the planner writes, and what follows from it: who and when are compared on their own, the sum may be a formula. */
const OWN_COLUMNS = new Set(['override_qty', 'override_reason', 'override_by', 'override_at', 'final_qty']);
const QTY_MAX = 1e12;
const REASON_LENGTH_MAX = 500;
/** Spreadsheets keep fifteen digits of a number, some of them fewer. */
const RELATIVE_TOLERANCE = 1e-6;

/** The row that a sent one is about, as far as its cells say so. A first column of the key that is empty or no text is named. */
export function sentKeyOf({ row, cells }: SentRow): RowKey | SentError {
  const texts = { dealer_id: '', sku_id: '', bucket_start: '', bucket_grain: '' };
  for (const column of ['dealer_id', 'sku_id', 'bucket_start', 'bucket_grain'] as const) {
    const value = cells.get(column) ?? null;
    if (value === null) return wrong(row, column, 'is empty');
    const text = value instanceof Date ? value.toISOString().slice(0, 10) : value;
    if (typeof text !== 'string') return wrong(row, column, `is ${wordOf(value)}: codes are text`);
    texts[column] = text;
  }
  const { bucket_grain } = texts;
  if (bucket_grain !== 'day' && bucket_grain !== 'week')
    return wrong(row, 'bucket_grain', 'is neither day nor week');
  return { ...texts, bucket_grain };
}

/**
 * What a sent row changes beside the version's row of now: nothing, one override, or what is wrong in it. A row that somebody else has overridden
 * since the file was made keeps that override where the sender has left it alone, and is an error where not.
 */
export function changeOfRow(sent: SentRow, now: ExportRow): SentChange | SentError[] | undefined {
  const { row, cells } = sent;
  const errors = readOnlyErrors(sent, now);
  const before = now['override_qty'] === null ? null : thousandths(Number(now['override_qty']));
  const reason = textOf(cells.get('override_reason'));
  const after = qtyOf(cells.get('override_qty') ?? null);
  if (typeof after === 'string') return [...errors, wrong(row, 'override_qty', after)];
  if (reason.length > REASON_LENGTH_MAX)
    return [...errors, wrong(row, 'override_reason', `is longer than ${REASON_LENGTH_MAX} characters`)];
  const isSame = after === before && (after === null || reason === (now['override_reason'] ?? ''));
  const baseline_qty = Number(now['baseline_qty']);
  const made_at = cells.get('override_at') ?? null;
  if (!isSameValue(made_at, now['override_at'])) {
    // Somebody has overridden the row since. Where the file had no override and got none, the sender has left it alone.
    const isLeft = made_at === null && after === null && reason === '';
    if (!isSame && !isLeft) errors.push(wrong(row, 'override_qty', movedOn(now)));
    return errors.length > 0 ? errors : undefined;
  }
  if (after === null && before === null && reason !== '')
    errors.push(wrong(row, 'override_qty', 'is empty beside a reason'));
  if (!isSame && reason === '') errors.push(wrong(row, 'override_reason', 'is missing: a change needs one'));
  const planned = cells.get('final_qty');
  // A cell of a formula says what follows from the change.
  if (
    planned !== undefined &&
    !isSameValue(planned, now['final_qty']) &&
    !isSameValue(planned, after ?? baseline_qty)
  )
    errors.push(
      wrong(
        row,
        'final_qty',
        `is read-only: write override_qty. Left as it was, its week or days were overridden since: it is ${shown(now['final_qty'])} now, export anew`,
      ),
    );
  if (errors.length > 0) return errors;
  if (isSame) return undefined;
  return {
    row,
    bucket_grain: now['bucket_grain'] === 'week' ? 'week' : 'day',
    dealer_id: String(now['dealer_id']),
    sku_id: String(now['sku_id']),
    bucket_start: String(now['bucket_start']),
    baseline_qty,
    // Where an override of its week or days is planned, that.
    before_qty: Number(now['final_qty']),
    after_qty: after ?? baseline_qty,
    override_qty: after === null ? null : after.toFixed(3),
    reason,
  };
}

function readOnlyErrors({ row, cells }: SentRow, now: ExportRow): SentError[] {
  const errors: SentError[] = [];
  for (const [column, value] of Object.entries(now)) {
    if (KEY_COLUMNS.has(column) || OWN_COLUMNS.has(column)) continue;
    // A column that was deleted changes nothing.
    const sent = cells.get(column);
    if (sent === undefined || isSameValue(sent, value)) continue;
    errors.push(wrong(row, column, `is read-only: it was ${shown(value)} and is ${shown(sent)}`));
  }
  return errors;
}

/** Units of three decimals; a string says what is wrong with the cell. */
function qtyOf(value: CellValue): number | null | string {
  if (value === null) return null;
  const text = typeof value === 'string' ? value.trim() : null;
  if (text === '') return null;
  if (typeof value !== 'number' && !(text !== null && /^[+-]?\d+(\.\d+)?$/.test(text)))
    return `is ${wordOf(value)}, not a number`;
  const qty = Number(value);
  if (!Number.isFinite(qty)) return 'is not a number';
  if (qty < 0) return `is negative: ${qty}`;
  if (qty > QTY_MAX) return `is more than ${QTY_MAX}`;
  return thousandths(qty);
}

const thousandths = (qty: number): number => Math.round(qty * 1000) / 1000;

function textOf(value: CellValue | undefined): string {
  if (value === undefined || value === null) return '';
  return (value instanceof Date ? value.toISOString() : String(value)).trim();
}

/** Whether a cell still holds what the export has written into it, rounded or turned into a date by a spreadsheet as it may be. */
function isSameValue(cell: CellValue, value: unknown): boolean {
  if (isNothing(cell) || isNothing(value)) return isNothing(cell) && isNothing(value);
  if (typeof cell === 'number' && typeof value === 'number')
    return Math.abs(cell - value) <= RELATIVE_TOLERANCE * Math.max(1, Math.abs(value));
  if (cell instanceof Date) return Math.abs(cell.getTime() - Date.parse(String(value))) < 1000;
  return String(cell).trim() === String(value).trim();
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

function movedOn(now: ExportRow): string {
  if (now['override_at'] === null) return 'is about an override that was taken back since: export anew';
  return `was set to ${shown(now['override_qty'])} by ${shown(now['override_by'])} at ${shown(now['override_at'])}, after this file was made: export anew`;
}

function wordOf(value: CellValue): string {
  if (value instanceof Date) return 'a date';
  return typeof value === 'string' ? `the text ${shown(value)}` : `the ${typeof value} ${shown(value)}`;
}

const SHOWN_LENGTH_MAX = 60;
function shown(value: unknown): string {
  if (isNothing(value)) return 'empty';
  const text = value instanceof Date ? value.toISOString() : String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

export function wrong(row: number, column: string, detail: string): SentError {
  return { sheet: SENT_SHEET, row, column, detail };
}
