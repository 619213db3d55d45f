import { Command } from 'commander';
import { runCommand } from '../../ingest/program/command.ts';
import { wholeNumbers } from '../../ingest/program/whole-number.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { report, type Target } from '../report.ts';
import { ASKED_BY, measure, type AskedBy, type Measured } from './measure.ts';

/**
 * `npm run bench:marts [-- --rows 1000000,10000000,100000000]`: a simulated channel, copied to more dealers and a longer history
 * until there are so many orders and scans. For each size: what every statement of the wallboard takes, and of the processors that make
 * its figures, bytes a row, the rebuild of all marts and figures from nothing; and how each grows. The peer of a size is the size before it,
 * in the same run.
 */
const ROWS = [1_000_000, 10_000_000, 100_000_000] as const;
/** Statements faster than this are not told one by one, ms. */
const TOLD_FROM_MS = 20;
const TARGETS: Readonly<Record<string, Target>> = {
  wallboard_p95_ms: { max: 50 },
  figures_p95_ms: { max: 50 },
  scan_bytes_per_row: { max: 30 },
  rebuild_rows_per_s: { min: 1_000_000 },
  /** Of the slowest statement of each: ln of its growth by ln of the growth of rows. */
  wallboard_growth_exponent: { max: 0.5 },
  figures_growth_exponent: { max: 0.5 },
};

const options = new Command('bench:marts')
  .description('The wallboard’s statements and the rebuild at growing sizes.')
  .option('--rows <list>', 'orders and scans, by comma', wholeNumbers(1), [...ROWS])
  .parse()
  .opts<{ rows: number[] }>();

await runCommand(async () => {
  const lab = await startLab();
  try {
    const figures: Record<string, number | null> = {};
    let before: Measured | undefined;
    for (const rows of options.rows) {
      const started = performance.now();
      const measured = await measure(lab.stack, rows, (text) => {
        const line = `${Math.round((performance.now() - started) / 1000)} s: ${text}`;
        process.stdout.write(process.stdout.isTTY ? `\r${line}\u001b[K` : `${line}\n`);
      });
      tell(measured);
      const own = figuresOf(measured, before);
      for (const [name, value] of Object.entries(own)) figures[`${name}_at_${measured.rows}`] = value;
      // The targets are about the largest size.
      Object.assign(figures, own);
      before = measured;
    }
    report('marts', figures, TARGETS);
  } finally {
    await lab.end();
  }
});

function figuresOf(measured: Measured, before: Measured | undefined): Record<string, number | null> {
  const scans = measured.stored.get('raw_scans');
  return {
    ...statementsOf('wallboard', measured, before),
    ...statementsOf('figures', measured, before),
    scan_bytes_per_row: scans === undefined ? null : round(scans.bytes / scans.rows),
    rebuild_rows_per_s: Math.round(measured.rows / measured.rebuild_s),
  };
}

function statementsOf(
  asked_by: AskedBy,
  measured: Measured,
  before: Measured | undefined,
): Record<string, number | null> {
  const p95 = slowest(measured, asked_by);
  return {
    [`${asked_by}_p95_ms`]: p95,
    [`${asked_by}_growth_exponent`]:
      before === undefined
        ? null
        : round(Math.log(p95 / slowest(before, asked_by)) / Math.log(measured.rows / before.rows)),
  };
}

function slowest({ statements }: Measured, asked_by: AskedBy): number {
  return Math.max(...statements.filter((one) => one.asked_by === asked_by).map(({ p95_ms }) => p95_ms));
}

function tell(measured: Measured): void {
  const { rows, dealers, days, rebuild_s, by_processor, statements, stored } = measured;
  console.log(`\n${count(rows)} orders and scans: ${dealers} × the dealers, ${days} × the days`);
  console.log(`  rebuild ${rebuild_s.toFixed(1)} s, ${count(Math.round(rows / rebuild_s))} rows/s`);
  for (const [processor, seconds] of by_processor.slice(0, 8))
    console.log(`    ${processor.padEnd(28)} ${seconds.toFixed(1)} s`);
  for (const [table, { rows: held, bytes, parts }] of stored)
    console.log(
      `  ${table.padEnd(18)} ${count(held)} rows, ${(bytes / held).toFixed(1)} bytes a row, ${parts} parts`,
    );
  for (const asked_by of ASKED_BY) {
    const own = statements.filter((one) => one.asked_by === asked_by);
    console.log(
      `  ${own.length} statements of the ${asked_by}, p95 of the slowest ${slowest(measured, asked_by)} ms`,
    );
    for (const { what, p50_ms, p95_ms, read_rows } of own.filter((one) => one.p95_ms >= TOLD_FROM_MS))
      console.log(`    p50 ${p50_ms} p95 ${p95_ms} ms, ${count(read_rows)} rows read: ${what.slice(0, 90)}`);
  }
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
