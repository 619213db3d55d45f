import { Readable } from 'node:stream';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};

/** How ClickHouse writes a CSV for spreadsheets. */
export const CSV_SETTINGS = {
  output_format_csv_crlf_end_of_line: 1,
  format_csv_null_representation: '',
} as const;

/** How values come for a workbook: decimals as numbers, a cell holds no more digits than these. */
export const CELL_SETTINGS = { output_format_json_quote_decimals: 0 } as const;

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Excel takes a CSV for UTF-8 only behind a byte order mark. */
export function afterBom(rows: Readable): Readable {
  return Readable.from(marked(rows), { objectMode: false });
}

async function* marked(rows: Readable): AsyncGenerator<Buffer> {
  yield UTF8_BOM;
  for await (const chunk of rows) yield chunk as Buffer;
}
