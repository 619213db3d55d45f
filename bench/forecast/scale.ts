import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { runOurs } from './ours.ts';
import { PERIODS, syntheticRows } from './panels.ts';

/** Series that are written at once. */
const SERIES_PER_WRITE = 1000;

/** Forecasts so many small series, for time and memory alone; the file, of more than a gigabyte, is written into the folder and removed. */
export async function scale(
  series: number,
  folder: string,
): Promise<{ seconds_per_origin: number; peak_rss_mib: number }> {
  const file = join(folder, 'scale.csv');
  try {
    await writePanel(file, series);
    console.log(`\nscale: ${series} series × ${PERIODS} days`);
    return await runOurs({
      file,
      freq: 'D',
      h: 28,
      season: 7,
      future: ['promo'],
      origin_count: 1,
      out: join(folder, 'scale'),
    });
  } finally {
    await rm(file, { force: true });
  }
}

async function writePanel(file: string, series: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('series_id,date,qty,promo,category\n');
  for (let from = 0; from < series; from += SERIES_PER_WRITE) {
    const part = Math.min(SERIES_PER_WRITE, series - from);
    const rows = syntheticRows(
      { series: part, periods: PERIODS, seed: from + 1, level: 1.5, uplift: 3, promo_known: true },
      from,
    );
    if (!stream.write(`${rows.join('\n')}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}
