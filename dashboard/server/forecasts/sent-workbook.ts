import { unzipSync } from 'fflate';
import { streamXlsxRows, type CellValue } from 'hucre/xlsx';
import { messageOf } from '../../../ingest/program/caught.ts';

/** A planner's workbook is at most so large, packed: an export of 120,000 rows, all numbers random, has 22 MB. */
export const SENT_BYTES_MAX = 32 * 1024 * 1024;
/** Unpacked: the sheets, which are read as a stream, and all the rest, which is held. */
const SHEETS_BYTES_MAX = 512 * 1024 * 1024;
const PARTS_BYTES_MAX = 48 * 1024 * 1024;
/** What deflate can make of one byte (its 258 a code of two bits). */
const INFLATED_MOST = 1032;
export const SENT_ROWS_MAX = 120_000;
const COLUMNS_MAX = 256;
export const SENT_SHEET = 'Forecast';

/** A row of the sheet as it was sent. `row` is its number in the sheet, the header's is 1. */
export interface SentRow {
  readonly row: number;
  /** By column of the header; null = empty. */
  readonly cells: ReadonlyMap<string, CellValue>;
}

export interface SentSheet {
  /** The names in the first row; '' where it has none. */
  readonly columns: readonly string[];
  /** Those with a value. */
  readonly rows: readonly SentRow[];
}

/** The bytes are no workbook that can be read, or have no such sheet. */
export class SentWorkbookError extends Error {}
/** More than is read: of bytes, rows or columns. */
export class SentWorkbookTooLargeError extends Error {}

/**
 * The rows of the sheet `Forecast` by the names in its first row. Cells keep their kinds: text, number,
 * boolean, Date. Held in memory, at most 120,000 rows; the XML is read as a stream.
 * @throws SentWorkbookError, SentWorkbookTooLargeError
 */
export async function readSentWorkbook(bytes: Uint8Array): Promise<SentSheet> {
  checkUnpackedSize(bytes);
  const rows: SentRow[] = [];
  let header: readonly string[] | undefined;
  try {
    for await (const { index, values } of streamXlsxRows(bytes, { sheet: SENT_SHEET })) {
      if (values.length > COLUMNS_MAX) {
        throw new SentWorkbookTooLargeError(
          `row ${index + 1} has a cell beyond column ${COLUMNS_MAX}: clear what is right of the table`,
        );
      }
      if (header === undefined) {
        header = values.map((value) => (typeof value === 'string' ? value.trim() : ''));
        continue;
      }
      const cells = cellsOf(header, values);
      if (cells.size === 0) continue;
      rows.push({ row: index + 1, cells });
      if (rows.length > SENT_ROWS_MAX) {
        throw new SentWorkbookTooLargeError(
          `a workbook may have at most ${SENT_ROWS_MAX} rows: leave out those that stay as they are`,
        );
      }
    }
  } catch (error) {
    if (error instanceof SentWorkbookTooLargeError) throw error;
    throw new SentWorkbookError(`is no workbook that can be read: ${messageOf(error)}`, { cause: error });
  }
  if (header === undefined) throw new SentWorkbookError(`has no sheet ${SENT_SHEET} with a row of names`);
  return { columns: header, rows };
}

function cellsOf(header: readonly string[], values: readonly CellValue[]): Map<string, CellValue> {
  const cells = new Map<string, CellValue>();
  values.forEach((value, column) => {
    const name = header[column] ?? '';
    if (name !== '' && value !== null && value !== '') cells.set(name, value);
  });
  return cells;
}

/** The reader unpacks no entry beyond the size that it declares, so the sum of those says what a file can become. */
function checkUnpackedSize(bytes: Uint8Array): void {
  let sheets = 0;
  let parts = 0;
  try {
    unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        const most = originalSize > 0 ? originalSize : size * INFLATED_MOST;
        if (name.startsWith('xl/worksheets/')) sheets += most;
        else parts += most;
        return false;
      },
    });
  } catch (error) {
    throw new SentWorkbookError(`is no workbook that can be read: ${messageOf(error)}`, { cause: error });
  }
  if (sheets > SHEETS_BYTES_MAX || parts > PARTS_BYTES_MAX) {
    throw new SentWorkbookTooLargeError('unpacked the workbook is larger than any that was given out');
  }
}
