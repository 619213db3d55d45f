import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { MEDIA_TYPES, type ExportFormat } from '../export-format.ts';
import type { Dataset, DeliveredFile } from './manifest.ts';

const QUOTE = 0x22;
const NEW_LINE = 0x0a;

/**
 * Writes an export to a local file and says what it is.
 * @param rows_expected what the query has; a file with other rows was cut on its way
 * @throws Error naming the file when its rows are not those expected
 */
export async function spool(
  source: Readable,
  file: string,
  what: { readonly dataset: Dataset; readonly format: ExportFormat; readonly rows_expected: number },
): Promise<DeliveredFile> {
  const hash = createHash('sha256');
  const lines = new CsvLines();
  let bytes = 0;
  const measure = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (what.format === 'csv') lines.take(chunk);
      done(null, chunk);
    },
  });
  await pipeline(source, measure, createWriteStream(file));
  const name = `${what.dataset}.${what.format}`;
  const rows = await rowsOf(file, what, lines);
  if (rows !== what.rows_expected)
    throw new Error(`${name} has ${rows} rows where ${what.rows_expected} were expected`);
  return {
    name,
    dataset: what.dataset,
    format: what.format,
    media_type: MEDIA_TYPES[what.format],
    bytes,
    rows,
    sha256: hash.digest('hex'),
  };
}

async function rowsOf(
  file: string,
  { format, rows_expected }: { readonly format: ExportFormat; readonly rows_expected: number },
  lines: CsvLines,
): Promise<number> {
  switch (format) {
    case 'csv':
      return lines.count - 1;
    case 'parquet':
      // Its end, which a cut file has not, says how many there are.
      return Number((await parquetMetadataAsync(await asyncBufferFromFile(file))).num_rows);
    case 'xlsx':
      // Rows that fail on their way destroy the workbook's stream: a whole one has all of them.
      return rows_expected;
  }
}

/** Counts the lines of a CSV, not those within quotes. */
class CsvLines {
  count = 0;
  #is_quoted = false;

  take(chunk: Buffer): void {
    for (const byte of chunk) {
      if (byte === QUOTE) this.#is_quoted = !this.#is_quoted;
      else if (byte === NEW_LINE && !this.#is_quoted) this.count += 1;
    }
  }
}
