import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dateOf } from '../../../models/calendar/day.ts';
import { uniformStream } from '../../../models/forecast/trees/random.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-backtest-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(...args: string[]): { status: number | null; told: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'processors/replenishment/backtest/cli.ts', ...args],
    { encoding: 'utf8' },
  );
  return { status, told: stderr };
}

/** 100 weekly series that sell in some weeks only, with their stock at first. */
function intermittentRows(): string[] {
  const uniform = uniformStream(11);
  return Array.from({ length: 100 }, (_, series) => {
    const chance = 0.1 + 0.8 * uniform();
    const size = [1, 2, 5, 12][series % 4] as number;
    const initial = Math.floor(3 * size * uniform());
    return Array.from({ length: 110 }, (__, week) => {
      const qty = uniform() < chance ? 1 + Math.floor(-size * Math.log(1 - uniform())) : 0;
      return `s${series},${dateOf(18_995 + 7 * week)},${qty},${initial}`;
    });
  }).flat();
}

describe('npm run policy-backtest', () => {
  test('on intermittent demand our policy costs a tenth less than a reorder point and than a naive base-stock', async () => {
    const file = join(folder, 'panel.csv');
    const rows = intermittentRows();
    await writeFile(file, ['series_id,date,qty,initial_inventory', ...rows].join('\n'));
    const { status, told } = run('--file', file, '--freq', 'W', '--h', '10', '--out', folder);
    expect([status, told]).toEqual([0, '']);

    const { figures } = JSON.parse(await readFile(join(folder, 'policies.json'), 'utf8')) as {
      figures: Record<string, Record<string, number>>;
    };
    const costOf = (policy: string): number => figures[policy]?.['total_cost'] ?? Number.NaN;
    expect(costOf('forecast')).toBeLessThan(0.9 * costOf('moving-average'));
    expect(costOf('forecast')).toBeLessThan(0.9 * costOf('naive-base-stock'));
    const written = parse<Record<string, string>>(await readFile(join(folder, 'policies.csv'), 'utf8'), {
      columns: true,
    });
    for (const row of written) {
      expect(Number(row['total_cost'])).toBeCloseTo(
        Number(row['holding_cost']) + Number(row['shortage_cost']),
        6,
      );
      expect(Number(row['total_cost'])).toBeCloseTo(costOf(row['policy'] ?? ''), 6);
    }
    expect(written).toHaveLength(3);
  });

  test('each series waits for its own orders by its own lead time', async () => {
    const file = join(folder, 'lead-times.csv');
    const weeks = ['a,0', 'b,5', 'c,1'].flatMap((series) =>
      Array.from({ length: 30 }, (_, week) => {
        const [name, lead_time] = series.split(',');
        return `${name},${dateOf(18_995 + 7 * week)},${name === 'c' ? 0 : 6},0,${lead_time}`;
      }),
    );
    await writeFile(file, ['series_id,date,qty,initial_inventory,lead_time', ...weeks].join('\n'));
    const args = ['--freq', 'W', '--h', '10', '--review', '2', '--shortage-cost', '50', '--out', folder];
    expect(run('--file', file, ...args)).toEqual({ status: 0, told: '' });
    const { figures } = JSON.parse(await readFile(join(folder, 'policies.json'), 'utf8')) as {
      figures: Record<string, Record<string, number>>;
    };
    // Of 120 units asked for, b misses the 30 of its first five weeks; a none, c nothing.
    expect(figures['forecast']).toMatchObject({ fill_rate: 0.75, shortage_cost: 50 * 30 });
  });

  test('what is in transit at first is received in its week', async () => {
    const file = join(folder, 'in-transit.csv');
    const weeks = Array.from({ length: 30 }, (_, week) => `a,${dateOf(18_995 + 7 * week)},6,0,6,4`);
    await writeFile(
      file,
      ['series_id,date,qty,initial_inventory,in_transit_1,In_Transit_2', ...weeks].join('\n'),
    );
    const args = ['--freq', 'W', '--h', '2', '--lead-time', '2', '--out', folder];
    expect(run('--file', file, ...args)).toEqual({ status: 0, told: '' });
    const { figures } = JSON.parse(await readFile(join(folder, 'policies.json'), 'utf8')) as {
      figures: Record<string, Record<string, number>>;
    };
    for (const of_policy of Object.values(figures))
      expect(of_policy).toMatchObject({ fill_rate: 10 / 12, shortage_cost: 2, holding_cost: 0 });
  });

  test('a stock that is negative or no number is named with its line and column, and the next one used', async () => {
    const file = join(folder, 'terms.csv');
    const weeks = Array.from(
      { length: 12 },
      (_, week) => `a,${dateOf(18_995 + 7 * week)},2,${['-4', 'many'][week] ?? '7'}`,
    );
    await writeFile(file, ['series_id,date,qty,initial_inventory', ...weeks].join('\n'));
    expect(run('--file', file, '--freq', 'W', '--h', '4', '--out', folder)).toEqual({ status: 0, told: '' });
    expect(await readFile(join(folder, 'problems.csv'), 'utf8')).toMatch(
      /^2,initial_inventory,-4,bad_term,/m,
    );
  });

  test('a file with other names for its columns, mapped, costs the same', async () => {
    const weeks = Array.from({ length: 12 }, (_, week) => `a,${dateOf(18_995 + 7 * week)},${week % 3},7,3`);
    const [ours, theirs] = [join(folder, 'ours.csv'), join(folder, 'theirs.csv')];
    await writeFile(ours, ['series_id,date,qty,initial_inventory,lead_time', ...weeks].join('\n'));
    await writeFile(theirs, ['item,week,sales,stock,weeks', ...weeks].join('\n'));
    const common = ['--freq', 'W', '--h', '4', '--out', folder];
    expect(run('--file', ours, ...common).status).toBe(0);
    const expected = await readFile(join(folder, 'policies.csv'), 'utf8');
    const columns = 'series_id=item,date=week,qty=sales,initial_inventory=stock,lead_time=weeks';
    expect(run('--file', theirs, '--columns', columns, ...common)).toEqual({ status: 0, told: '' });
    expect(await readFile(join(folder, 'policies.csv'), 'utf8')).toBe(expected);
    expect(run('--file', theirs, '--columns', 'series_id=sku', ...common)).toMatchObject({ status: 2 });
    // A column that is not there is told, not played without.
    expect(run('--file', ours, '--future', 'promo, price', ...common)).toEqual({
      status: 2,
      told: "--future names promo, price, but the file's further columns are: none\n",
    });
  });

  test.each([
    [[], "required option '--file <csv>' not specified"],
    [['--file', 'package.json', '--freq', 'W', '--holding-cost', '-1'], 'not a number ≥ 0'],
    [['--file', 'package.json', '--freq', 'W'], 'no column series_id, date, qty'],
  ])('wrong usage ends with code 2 and says why: %j', (args, why) => {
    const { status, told } = run(...args);
    expect(told).toContain(why);
    expect(status).toBe(2);
  });
});
