import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { messageOf } from '../program/caught.ts';

/** One record of the file: its cells by column, or why it could not be read. `line` counts from 1, the header included. */
export type FileRow =
  | { readonly line: number; readonly raw: string; readonly row: Readonly<Record<string, string>> }
  | { readonly line: number; readonly raw: string; readonly unreadable: string };

export interface RowFile {
  readonly size_bytes: number;
  /** Bytes of the file taken so far (compressed ones when it is gzip). */
  readonly bytesRead: () => number;
  readonly rows: AsyncIterable<FileRow>;
}

/** The longest record; a longer one means a quote that is never closed. */
const RECORD_BYTES_MAX = 1024 * 1024;

/** What a decoder writes for bytes that are not of its encoding. */
const REPLACEMENT = '\uFFFD';

/**
 * Opens a CSV file (with a header) or an NDJSON file (`.ndjson`, `.jsonl`), gzip or plain, as a stream of records:
 * memory does not grow with the file. A record that cannot be read is yielded as such, and reading goes on.
 * @throws when the file does not exist, is no gzip in spite of its name, or lacks one of `columns`.
 */
export async function openRows(
  path: string,
  format: { readonly delimiter: string; readonly encoding: string; readonly columns: readonly string[] },
): Promise<RowFile> {
  const { size } = await stat(path);
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes = /\.gz$/i.test(path) ? pipe(file, createGunzip()) : file;
  const text = pipe(bytes, decoder(format.encoding));
  const ndjson = /\.(ndjson|jsonl)(\.gz)?$/i.test(path);
  return {
    size_bytes: size,
    bytesRead: () => file.bytesRead,
    rows: ndjson ? ndjsonRows(text) : csvRows(text, format),
  };
}

/** `from.pipe(to)` with errors passed on, so that whoever reads the end sees them. */
function pipe(from: Readable, to: Transform): Transform {
  from.on('error', (error) => to.destroy(error));
  return from.pipe(to);
}

function decoder(encoding: string): Transform {
  const text = new TextDecoder(encoding);
  return new Transform({
    decodeStrings: true,
    encoding: 'utf8',
    transform(chunk: Buffer, _encoding, done) {
      done(null, text.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, text.decode());
    },
  });
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly raw: string;
  readonly info: { readonly lines: number };
}

async function* csvRows(
  text: Readable,
  format: { readonly delimiter: string; readonly columns: readonly string[] },
): AsyncGenerator<FileRow> {
  const unreadable: FileRow[] = [];
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkedHeader(header, format.columns),
    delimiter: format.delimiter,
    info: true,
    raw: true,
    max_record_size: RECORD_BYTES_MAX,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      const line = typeof error?.['lines'] === 'number' ? error['lines'] : 0;
      unreadable.push({ line, raw: raw ?? '', unreadable: error?.message ?? 'not CSV' });
      return undefined;
    },
  });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  for await (const { record, raw, info } of parser as AsyncIterable<CsvRecord>) {
    yield* unreadable.splice(0);
    yield wellEncoded({ line: info.lines, raw, row: record });
  }
  yield* unreadable.splice(0);
}

function checkedHeader(header: string[], columns: readonly string[]): string[] {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new Error(`the file has no column ${missing.join(', ')}; it has ${header.join(', ')}`);
  }
  return header;
}

async function* ndjsonRows(text: Readable): AsyncGenerator<FileRow> {
  let line = 0;
  for await (const raw of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    if (raw.trim() === '') continue;
    yield wellEncoded(ndjsonRow(line, raw));
  }
}

function ndjsonRow(line: number, raw: string): FileRow {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (error) {
    return { line, raw, unreadable: messageOf(error) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, raw, unreadable: 'not a JSON object' };
  }
  return {
    line,
    raw,
    row: Object.fromEntries(Object.entries(value).map(([name, cell]) => [name, cellText(cell)])),
  };
}

function cellText(cell: unknown): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}

function wellEncoded(row: FileRow): FileRow {
  return row.raw.includes(REPLACEMENT)
    ? { line: row.line, raw: row.raw, unreadable: 'has bytes that are not of the file’s encoding' }
    : row;
}
