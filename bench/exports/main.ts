import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumber } from '../../ingest/program/whole-number.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../processors/exports/export-format.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { rss_mib } from '../process-usage.ts';
import { report, type Target } from '../report.ts';
import { insertLargeVersion, ROWS_A_SERIES } from './large-version.ts';

/**
 * `npm run bench:exports [-- --rows 1000000]`: one forecast version of so many rows, downloaded from a real server in each format: time,
 * bytes, time to the first byte, and how much memory the server had resident at most beyond what it had before. The peer of each size is
 * a tenth of it, in the same run: memory must not grow with rows.
 */
const SKUS = 100;
const SAMPLE_MS = 20;
const TARGETS: Readonly<Record<string, Target>> = {
  xlsx_rss_growth_mib: { max: 192 },
  xlsx_s: { max: 120 },
};

interface Download {
  readonly seconds: number;
  readonly first_byte_s: number;
  readonly mib: number;
  readonly rss_growth_mib: number;
  readonly rss_peak_mib: number;
}

const options = new Command('bench:exports')
  .description('A forecast version in each format: time, bytes, memory.')
  .option('--rows <n>', 'of the version', wholeNumber(1), 1_000_000)
  .parse()
  .opts<{ rows: number }>();

await runCommand(async () => {
  const lab = await startLab();
  try {
    const pipeline = await Pipeline.start(lab.stack, ['server'], 'bench_exports');
    try {
      const figures: Record<string, number> = {};
      for (const rows of [Math.ceil(options.rows / 10), options.rows]) {
        const dealers = Math.ceil(rows / ROWS_A_SERIES / SKUS);
        const version = `fc-20261124-${rows === options.rows ? '02' : '01'}`;
        await insertLargeVersion(pipeline.sql, { version, dealers, skus: SKUS });
        const held = dealers * SKUS * ROWS_A_SERIES;
        for (const format of EXPORT_FORMATS) {
          const got = await download(pipeline, version, format);
          console.log(
            `${held} rows as ${format.padEnd(7)} ${got.seconds.toFixed(1)} s, first byte after ${got.first_byte_s.toFixed(1)} s, ` +
              `${got.mib.toFixed(1)} MiB; resident at most ${got.rss_peak_mib.toFixed(0)} MiB, ${got.rss_growth_mib.toFixed(0)} more than before`,
          );
          if (rows !== options.rows) continue;
          figures[`${format}_s`] = round(got.seconds);
          figures[`${format}_mib`] = round(got.mib);
          figures[`${format}_rss_growth_mib`] = round(got.rss_growth_mib);
          figures[`${format}_rss_peak_mib`] = round(got.rss_peak_mib);
        }
      }
      report('exports', { rows: options.rows, ...figures }, TARGETS);
    } finally {
      await pipeline.stop();
    }
  } finally {
    await lab.end();
  }
});

async function download(pipeline: Pipeline, version: string, format: ExportFormat): Promise<Download> {
  const pid = pipeline.program('server').child.pid;
  if (pid === undefined) throw new Error('the server has no process');
  const before = rss_mib(pid);
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, rss_mib(pid));
  }, SAMPLE_MS);
  const started = performance.now();
  let first: number | undefined;
  let bytes = 0;
  try {
    const response = await pipeline.fetch(`/v1/forecasts/${version}/export?format=${format}`);
    if (!response.ok || response.body === null) throw new Error(`the export answered ${response.status}`);
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      first ??= performance.now();
      bytes += chunk.length;
    }
  } finally {
    clearInterval(sampling);
  }
  return {
    seconds: (performance.now() - started) / 1000,
    first_byte_s: ((first ?? started) - started) / 1000,
    mib: bytes / 2 ** 20,
    rss_growth_mib: peak - before,
    rss_peak_mib: peak,
  };
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}
