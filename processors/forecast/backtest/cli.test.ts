import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dateOf } from '../../../models/calendar/day.ts';
import { syntheticPanel } from '../../../models/forecast/synthetic-panel.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backtest-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(...args: string[]): { status: number | null; out: string; told: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'processors/forecast/backtest/cli.ts', ...args],
    { encoding: 'utf8' },
  );
  return { status, out: stdout, told: stderr };
}

/** A panel of 30 series with promotions, as long CSV, with rows that no panel should have. */
function panelRows(): string[] {
  const panel = syntheticPanel({ series: 30, periods: 140, seed: 4, level: 4, uplift: 3, promo_known: true });
  const rows: string[] = [];
  const [promo] = panel.covariates;
  panel.demand.forEach((qty, cell) => {
    const series = Math.floor(cell / 140);
    const day = dateOf(panel.first_day + (cell % 140));
    rows.push(`"item ${series}, ""new""",${day},${qty},${promo?.values[cell] ?? 0},K${series % 4}`);
  });
  rows[500] = rows[500]?.replace(/,\d+,/, ',-9,') ?? '';
  rows[501] = rows[501]?.replace(/,\d+,/, ',lots,') ?? '';
  rows[700] = 'broken';
  rows.push(
    'once,2023-03-01,5,0,K1',
    ...Array.from({ length: 140 }, (_, t) => `never,${dateOf(panel.first_day + t)},0,0,K2`),
  );
  // Neither by series nor by date.
  return rows.toSorted((a, b) => a.length - b.length || (a < b ? 1 : -1));
}

interface Row {
  readonly series_id: string;
  readonly date: string;
  readonly origin: string;
  readonly mean: string;
  readonly p10: string;
  readonly p50: string;
  readonly p90: string;
  readonly p95: string;
}

describe('npm run backtest', () => {
  test('a panel with bad rows is forecast whole, the bad rows are named, and threads change nothing', async () => {
    const file = join(folder, 'panel.csv');
    await writeFile(file, ['series_id,date,qty,promo,category', ...panelRows()].join('\r\n'));
    const common = ['--file', file, '--freq', 'D', '--h', '7', '--origins', '2', '--future', 'promo'];
    const two = run(...common, '--threads', '2', '--out', join(folder, 'two'));
    expect([two.status, two.told]).toEqual([0, '']);
    const one = run(...common, '--threads', '1', '--out', join(folder, 'one'));
    expect(one.status).toBe(0);
    const written = await readFile(join(folder, 'two', 'forecasts.csv'), 'utf8');
    expect(await readFile(join(folder, 'one', 'forecasts.csv'), 'utf8')).toBe(written);

    const rows = parse<Row>(written, { columns: true });
    expect(rows).toHaveLength(32 * 7 * 2);
    expect(new Set(rows.map((row) => row.origin)).size).toBe(2);
    expect(rows.some((row) => row.series_id === 'item 3, "new"')).toBe(true);
    for (const row of rows) {
      const quantiles = [row.p10, row.p50, row.p90, row.p95].map(Number);
      expect([Number(row.mean), ...quantiles].every((value) => Number.isFinite(value) && value >= 0)).toBe(
        true,
      );
      expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
      expect(row.date > row.origin).toBe(true);
    }

    const metrics = JSON.parse(await readFile(join(folder, 'two', 'metrics.json'), 'utf8')) as {
      accuracy: Record<string, { wape: number; coverage: Record<string, number> }>;
      problems: Record<string, number>;
    };
    expect(metrics.problems).toMatchObject({
      negative_qty: 1,
      bad_qty: 1,
      malformed_row: 1,
      never_sold: 1,
      single_point: 1,
    });
    expect(metrics.accuracy['final']?.wape).toBeLessThan(metrics.accuracy['seasonal-naive']?.wape ?? 0);
    const problems = await readFile(join(folder, 'two', 'problems.csv'), 'utf8');
    expect(problems).toMatch(/^\d+,qty,lots,bad_qty,/m);
  });

  test.each([
    [[], "required option '--file <csv>' not specified"],
    [['--file', 'nowhere.csv', '--freq', 'D', '--h', '7', '--origins', '1'], 'no file nowhere.csv'],
    [['--file', 'package.json', '--freq', 'M', '--h', '7', '--origins', '1'], 'Allowed choices are D, W'],
    [['--file', 'package.json', '--freq', 'D', '--h', '0', '--origins', '1'], 'not a whole number'],
    [
      ['--file', 'package.json', '--freq', 'D', '--h', '7', '--origins', '1'],
      'no column series_id, date, qty',
    ],
  ])('wrong usage ends with code 2 and says why: %j', (args, why) => {
    const { status, told } = run(...args);
    expect(told).toContain(why);
    expect(status).toBe(2);
  });

  test('a column that the file lacks, and a history that is too short, are wrong usage', async () => {
    const file = join(folder, 'short.csv');
    await writeFile(file, 'series_id,date,qty\na,2024-01-01,1\na,2024-01-02,2\n');
    const common = ['--file', file, '--freq', 'D', '--h', '7', '--origins', '1', '--out', folder];
    expect(run(...common)).toMatchObject({ status: 2 });
    const { status, told } = run(...common, '--future', 'promo');
    expect(status).toBe(2);
    expect(told).toContain('--future names promo');
  });
});
