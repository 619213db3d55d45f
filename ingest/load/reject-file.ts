import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { RejectedRow } from './load-file.ts';

/**
 * A CSV of the rows that were not taken: line, column, reason and the row as it stands in the file. Written beside the
 * load, waiting when the disk is slower; created only when there is a first row.
 */
export class RejectFile {
  readonly path: string;
  #csv: ReturnType<typeof stringify> | undefined;
  #written: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  async add({ line, column, reason, raw }: RejectedRow): Promise<void> {
    this.#csv ??= this.#open();
    if (!this.#csv.write({ line, column, reason, row: raw.replace(/\r?\n$/, '') }))
      await once(this.#csv, 'drain');
  }

  /** Resolves when all is on disk. */
  async close(): Promise<void> {
    this.#csv?.end();
    await this.#written;
  }

  #open(): ReturnType<typeof stringify> {
    // A cell that begins with =, +, - or @ would run as a formula when a spreadsheet opens the file.
    const csv = stringify({
      header: true,
      columns: ['line', 'column', 'reason', 'row'],
      escape_formulas: true,
    });
    const file = createWriteStream(this.path);
    csv.on('error', (error) => file.destroy(error));
    csv.pipe(file);
    this.#written = finished(file);
    return csv;
  }
}
