import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { dateOf } from '../../../models/calendar/day.ts';
import { HEAD_COUNT, HEADS, type Forecast } from '../../../models/forecast/forecaster.ts';
import type { Panel } from '../../../models/forecast/panel.ts';

/** Rows that are joined before they are written. */
const ROWS_PER_WRITE = 20_000;
/** Decimals of a forecast, and significant digits of one so small that these would say little. */
const SCALE = 1e4;
const SMALL = 0.01;
const SMALL_DIGITS = 3;

/** Writes forecasts as long CSV: series_id, date, origin and the heads. Waits for the disk, so that memory stays bounded. */
export class ForecastFile {
  readonly #stream: WriteStream;
  readonly #names: readonly string[];
  readonly #panel: Panel;

  constructor(path: string, panel: Panel, series_names: readonly string[]) {
    this.#panel = panel;
    this.#names = series_names.map(quoted);
    this.#stream = createWriteStream(path);
    this.#stream.write(`series_id,date,origin,${HEADS.join(',')}\n`);
  }

  async write({ origin, h, series, values }: Forecast): Promise<void> {
    const date = (t: number): string => dateOf(this.#panel.first_day + t * this.#panel.period_days);
    const dates = Array.from({ length: h }, (_, step) => `,${date(origin + 1 + step)},${date(origin)}`);
    let rows: string[] = [];
    for (const [index, one] of series.entries()) {
      const name = this.#names[one] ?? '';
      for (let step = 0; step < h; step++) {
        const at = (index * h + step) * HEAD_COUNT;
        let row = name + (dates[step] ?? '');
        for (let head = 0; head < HEAD_COUNT; head++) row += `,${rounded(values[at + head] as number)}`;
        rows.push(row);
      }
      if (rows.length < ROWS_PER_WRITE && index < series.length - 1) continue;
      if (!this.#stream.write(`${rows.join('\n')}\n`)) await once(this.#stream, 'drain');
      rows = [];
    }
  }

  async close(): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }
}

function rounded(value: number): number {
  if (value === 0 || value >= SMALL) return Math.round(value * SCALE) / SCALE;
  return Number(value.toPrecision(SMALL_DIGITS));
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
