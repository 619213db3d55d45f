import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { strFromU8, unzipSync } from 'fflate';
import { writeXlsx, type WriteSheet } from 'hucre/xlsx';
import { ZipFile } from 'yazl';
import { columnNames, rowXml, type Cell } from './sheet-xml.ts';

/** Rows that Excel holds in a sheet, the header among them. */
const SHEET_ROWS_MAX = 1_048_576;
/** XML is handed to the compressor in pieces of about this size. */
const PIECE_CHARS = 64 * 1024;
/** Beyond the first levels XML of tables gets little smaller and much slower. */
const COMPRESSION_LEVEL = 1;

/** A sheet whose rows come as they are read: a first row of names, then values. */
export interface StreamedSheet {
  readonly name: string;
  /** Portions of rows; the very first row is the header, and is repeated on every further sheet. */
  readonly portions: AsyncIterable<readonly (readonly Cell[])[]>;
}

/** Sheets before and after the streamed one; they are small, and held in memory. */
export interface WorkbookParts {
  readonly before: readonly WriteSheet[];
  readonly streamed: StreamedSheet;
  readonly after: readonly WriteSheet[];
  /** Stands in the file as its time of change: the same rows give the same bytes. */
  readonly modified: Date;
  /** Default: what Excel holds. */
  readonly sheet_rows_max?: number;
}

/**
 * An XLSX of which one sheet is streamed: rows are read only as fast as the bytes are taken, and memory does not grow with them. Beyond
 * `sheet_rows_max` rows the sheet goes on in `<name> 2`, `<name> 3` …, right behind it. hucre writes all but the streamed rows. The stream
 * is destroyed with the error of the rows, or of a part beyond the 4 GiB of a plain ZIP; destroying it ends the reading of the rows.
 */
export function streamWorkbook(parts: WorkbookParts): Readable {
  const zip = new ZipFile();
  const out = new PassThrough();
  zip.on('error', (error: Error) => out.destroy(error));
  zip.outputStream.pipe(out);
  fill(zip, out, parts).catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return out;
}

async function fill(zip: ZipFile, out: Readable, parts: WorkbookParts): Promise<void> {
  const { before, streamed, modified, sheet_rows_max = SHEET_ROWS_MAX } = parts;
  const options = { mtime: modified, compressionLevel: COMPRESSION_LEVEL };
  const first = before.length + 1;
  const frame = frameOf((await skeleton({ ...parts, after: [] }, 1)).get(sheetPath(first)));
  const rows = new RowCursor(streamed.portions);
  let sheets = 0;
  try {
    do {
      sheets += 1;
      const source = Readable.from(sheetXml(rows, frame, sheet_rows_max), { objectMode: false });
      const end = (): void => void source.destroy();
      out.once('close', end);
      zip.addReadStream(source, sheetPath(first + sheets - 1), options);
      await finished(source);
      out.removeListener('close', end);
    } while (await rows.hasMore());
  } finally {
    await rows.close();
  }
  const streamed_paths = new Set(Array.from({ length: sheets }, (_, i) => sheetPath(first + i)));
  for (const [path, bytes] of await skeleton(parts, sheets)) {
    if (!streamed_paths.has(path)) zip.addBuffer(Buffer.from(bytes), path, options);
  }
  zip.end();
}

/** The workbook without the streamed rows, by path; in their place a single cell, of the text style. */
async function skeleton(parts: WorkbookParts, sheets: number): Promise<Map<string, Uint8Array>> {
  const { before, streamed, after, modified } = parts;
  const places = Array.from({ length: sheets }, (_, i): WriteSheet => ({
    name: i === 0 ? streamed.name : `${streamed.name} ${i + 1}`,
    cells: new Map([['0,0', { value: 'x', style: { numFmt: '@' } }]]),
    freezePane: { rows: 1 },
  }));
  const bytes = await writeXlsx({
    sheets: [...before, ...places, ...after],
    // Shared strings would have to be known before the first row.
    stringMode: 'inline',
    properties: { created: modified, modified },
  });
  return new Map(Object.entries(unzipSync(bytes)));
}

function sheetPath(number: number): string {
  return `xl/worksheets/sheet${number}.xml`;
}

interface Frame {
  readonly head: string;
  readonly tail: string;
  readonly text_style: number;
}

/** What stands around the rows of a sheet. Its dimension is left out: it is not known yet, and it is optional. */
function frameOf(sheet: Uint8Array | undefined): Frame {
  const xml = sheet === undefined ? '' : strFromU8(sheet);
  const found = /^(?<head>.*<sheetData>).*<c [^>]*\bs="(?<style>\d+)".*(?<tail><\/sheetData>.*)$/s.exec(xml);
  const { head, style, tail } = found?.groups ?? {};
  if (head === undefined || style === undefined || tail === undefined)
    throw new Error('the sheet that is streamed is not where it was expected in the workbook');
  return { head: head.replace(/<dimension [^>]*>/, ''), tail, text_style: Number(style) };
}

async function* sheetXml(
  rows: RowCursor,
  { head, tail, text_style }: Frame,
  rows_max: number,
): AsyncGenerator<Buffer> {
  const header = await rows.header();
  const columns = columnNames(header.length);
  let xml = head + rowXml(1, header, columns, text_style);
  for (let number = 2; number <= rows_max; number += 1) {
    const row = rows.next() ?? ((await rows.hasMore()) ? rows.next() : undefined);
    if (row === undefined) break;
    xml += rowXml(number, row, columns, text_style);
    if (xml.length < PIECE_CHARS) continue;
    yield Buffer.from(xml);
    xml = '';
  }
  yield Buffer.from(xml + tail);
}

/** Rows one by one out of portions; waits only between these. */
class RowCursor {
  readonly #portions: AsyncIterator<readonly (readonly Cell[])[]>;
  #portion: readonly (readonly Cell[])[] = [];
  #at = 0;
  #header: readonly Cell[] | undefined;

  constructor(portions: AsyncIterable<readonly (readonly Cell[])[]>) {
    this.#portions = portions[Symbol.asyncIterator]();
  }

  async header(): Promise<readonly Cell[]> {
    if (this.#header === undefined) {
      await this.hasMore();
      this.#header = this.next() ?? [];
    }
    return this.#header;
  }

  /** The next row of the portion at hand; undefined at its end. */
  next(): readonly Cell[] | undefined {
    const row = this.#portion[this.#at];
    this.#at += 1;
    return row;
  }

  /** Whether there is another row; reads the next portion where the one at hand has ended. */
  async hasMore(): Promise<boolean> {
    while (this.#at >= this.#portion.length) {
      const next = await this.#portions.next();
      if (next.done === true) return false;
      this.#portion = next.value;
      this.#at = 0;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#portions.return?.();
  }
}
