import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dateOf } from '../../../models/calendar/day.ts';
import type { Panel } from '../../../models/forecast/panel.ts';
import { dayOf, numberCell } from './cells.ts';
import { DelimitedReader, fieldText } from './delimited.ts';
import { densePanel, type DenseOptions, type DensePanel } from './dense-panel.ts';
import { readLongTable } from './long-table.ts';
import { Problems } from './problems.ts';
import { timeAxis } from './time-axis.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panel-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const TODAY = dayOf(2024, 6, 1);

async function read(
  text: string | Buffer,
  options: Partial<DenseOptions & { period_days: 1 | 7; name: string }> = {},
): Promise<DensePanel & { problems: Problems }> {
  const path = join(folder, options.name ?? 'panel.csv');
  await writeFile(path, text);
  const problems = new Problems();
  const table = await readLongTable(path, TODAY, problems);
  const axis = timeAxis(table, options.period_days ?? 1, problems);
  if (axis === null) throw new Error('no date');
  const dense = densePanel(table, axis, { season_length: 7, future: [], gaps: 'auto', ...options }, problems);
  return { ...dense, problems };
}

function demand({ panel }: { panel: Panel }, series = 0): number[] {
  return [...panel.demand.subarray(series * panel.periods, (series + 1) * panel.periods)];
}

describe('rows of a delimited file', () => {
  function rowsOf(bytes: Buffer, chunk: number): string[][] {
    const rows: string[][] = [];
    const reader = new DelimitedReader(',', (row) => {
      rows.push(Array.from({ length: row.fields }, (_, field) => fieldText(row, field)));
    });
    for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
    reader.end();
    return rows;
  }

  test('what csv-stringify writes is read back, whatever the chunks', () => {
    const cell = fc
      .string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', ' ', '1'), maxLength: 8 })
      .map((text) => text.trim());
    const table = fc.array(fc.tuple(fc.constantFrom('x', 'y'), cell, cell), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 40 }), fc.boolean(), (rows, chunk, bom) => {
        expect(rowsOf(Buffer.from(stringify(rows, { bom })), chunk)).toEqual(rows);
      }),
    );
  });

  test('CRLF, blank lines and no line break at the end are all the same', () => {
    const expected = [
      ['a', 'b'],
      ['1', '2'],
    ];
    for (const text of ['a,b\n1,2\n', 'a,b\r\n1,2\r\n', 'a,b\n\n1,2', 'a,b\r\n\r\n1,2'])
      expect(rowsOf(Buffer.from(text), 3)).toEqual(expected);
  });

  test('a quote that never closes spoils its own row alone', () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => (at === 5 ? 'x,"open' : `x,${at}`));
    const malformed: number[] = [];
    let good = 0;
    const reader = new DelimitedReader(',', (row) => {
      if (row.malformed) malformed.push(row.line);
      else good++;
    });
    reader.push(Buffer.from(lines.join('\n')));
    reader.end();
    expect(malformed).toEqual([6]);
    expect(good).toBe(19_999);
  });

  test('numbers are read as JavaScript reads them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()), (value) => {
        let got: number | null | string = null;
        const reader = new DelimitedReader(',', (row) => {
          got = numberCell(row, 0);
        });
        reader.push(Buffer.from(`${value}\n`));
        expect(got).toBeCloseTo(value, 10);
      }),
    );
  });

  test('days count as the calendar does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (day) => {
        const [year, month, date] = dateOf(day).replace(/^-/, '').split('-').map(Number) as [
          number,
          number,
          number,
        ];
        if (!dateOf(day).startsWith('-')) expect(dayOf(year, month, date)).toBe(day);
      }),
    );
    expect(dayOf(2023, 2, 29)).toBeNaN();
    expect(dayOf(2023, 13, 1)).toBeNaN();
  });
});

describe('a panel', () => {
  const HEADER = 'series_id,date,qty';

  test('unsorted rows, gzip, semicolons and a byte-order mark give the same panel', async () => {
    const rows = ['a,2024-01-01,1', 'a,2024-01-02,0', 'a,2024-01-03,3', 'b,2024-01-02,5'];
    const plain = await read([HEADER, ...rows].join('\n'));
    const others = [
      await read([HEADER, rows[0], rows[3], rows[2], rows[1]].join('\n')),
      await read(gzipSync([HEADER, ...rows].join('\r\n')), { name: 'panel.csv.gz' }),
      await read(`\ufeff${[HEADER, ...rows].join('\n').replaceAll(',', ';')}`),
      // As a Chinese Excel writes dates.
      await read([HEADER, ...rows].join('\n').replaceAll('2024-01-0', '2024/1/')),
    ];
    for (const other of others) expect(other.panel).toEqual(plain.panel);
    expect(demand(plain)).toEqual([1, 0, 3]);
    expect(demand(plain, 1)).toEqual([Number.NaN, 5, Number.NaN]);
  });

  test('a date without a row is no demand when the file writes no zeros, missing when it does', async () => {
    const sparse = await read(`${HEADER}\na,2024-01-01,1\na,2024-01-04,2\n`);
    expect(demand(sparse)).toEqual([1, 0, 0, 2]);
    const dense = await read(`${HEADER}\na,2024-01-01,1\na,2024-01-03,0\na,2024-01-04,2\n`);
    expect(demand(dense)).toEqual([1, Number.NaN, 0, 2]);
    expect(dense.problems.counts()).toEqual({ gap: 1 });
  });

  test('every bad value is named with its line and what was done', async () => {
    const year = Array.from(
      { length: 90 },
      (_, day) => `a,${dateOf(dayOf(2024, 1, 1) + day)},${1 + (day % 3)}`,
    );
    const bad = [
      'a,2024-01-02,9',
      'a,2024-04-01,-4',
      'a,2024-04-02,many',
      'a,2024-04-03,500000',
      'a,2024-07-01,5',
      'a,1924-01-01,5',
      'a,2024-02-30,5',
      'a,2024-04-04',
      ',2024-04-04,1',
    ];
    const { problems, panel } = await read([HEADER, ...year, ...bad].join('\n'));
    const named = problems
      .csv()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').slice(0, 2).join(' '));
    expect(new Set(named)).toEqual(
      new Set([
        '3 date',
        '93 qty',
        '94 qty',
        '95 qty',
        '96 date',
        '97 date',
        '98 date',
        '99 ',
        '100 series_id',
      ]),
    );
    expect(problems.counts()).toEqual({
      duplicate: 1,
      negative_qty: 1,
      bad_qty: 1,
      absurd_qty: 1,
      future_date: 1,
      stray_date: 1,
      bad_date: 1,
      malformed_row: 1,
      no_series: 1,
      gap: 1,
    });
    expect([...panel.demand.subarray(0, 3)]).toEqual([1, 9, 3]);
    expect([...panel.demand.subarray(90)]).toEqual(
      [Number.NaN, 0, Number.NaN, Number.NaN].slice(0, panel.periods - 90),
    );
  });

  test('days out of stock are missing, and columns become what they are', async () => {
    const { panel } = await read(
      [
        'series_id,date,qty,in_stock,price,event,store,promo',
        'a,2024-01-01,1,1,5,,north,1',
        'a,2024-01-02,0,0,,Festival,north,',
        'b,2024-01-01,2,1,7,,south,0',
        'b,2024-01-02,4,1,6,Festival,south,0',
      ].join('\n'),
      { future: ['promo', 'event'] },
    );
    expect([...panel.demand]).toEqual([1, Number.NaN, 2, 4]);
    expect(panel.statics.map(({ name, codes }) => [name, ...codes])).toEqual([['store', 0, 1]]);
    const covariates = panel.covariates.map(({ name, kind, known_future, shared, values }) => [
      name,
      kind,
      known_future,
      shared,
      ...values,
    ]);
    expect(covariates).toEqual([
      ['price', 'numeric', false, false, 5, 5, 7, 6],
      ['event', 'category', true, true, -1, 0],
      ['promo', 'numeric', true, false, 1, 0, 0, 0],
    ]);
  });

  test('a slip among prices is named and unknown; words beside a few numbers are categories', async () => {
    const days = Array.from({ length: 40 }, (_, day) => dateOf(dayOf(2024, 1, 1) + day));
    const rows = days.map(
      (day, at) => `a,${day},1,${at === 3 ? 'ask' : 9.5 + at / 10},${at % 9 === 8 ? 'BOGO' : at % 2}.0`,
    );
    rows.push(...days.map((day, at) => `b,${day},1,${20 + at / 10},${at % 2}`));
    const { panel, problems } = await read(['series_id,date,qty,price,promo', ...rows].join('\n'));
    const [price, promo] = panel.covariates;
    expect([price?.kind, promo?.kind]).toEqual(['numeric', 'category']);
    expect([...(price?.values.subarray(2, 5) ?? [])].map((value) => Math.round(value * 10))).toEqual([
      97, 97, 99,
    ]);
    expect(new Set(promo?.values).size).toBe(3);
    expect(problems.csv().split('\n')[1]).toMatch(/^5,price,ask,bad_number/);
    expect(problems.counts()).toEqual({ bad_number: 1 });
  });

  test('stock that is no truth is named', async () => {
    const { panel, problems } = await read(
      'series_id,date,qty,in_stock\na,2024-01-01,1,maybe\na,2024-01-02,2,FALSE\n',
    );
    expect([...panel.demand]).toEqual([1, Number.NaN]);
    expect(problems.counts()).toMatchObject({ bad_in_stock: 1, out_of_stock: 1 });
  });

  test('daily rows make whole weeks from Monday', async () => {
    // 2024-01-03 is a Wednesday: the first week is not complete, nor is the last.
    const rows = Array.from({ length: 20 }, (_, day) => `a,${dateOf(dayOf(2024, 1, 3) + day)},1`);
    const { panel, problems } = await read([HEADER, ...rows].join('\n'), { period_days: 7 });
    expect(dateOf(panel.first_day)).toBe('2024-01-08');
    expect([...panel.demand]).toEqual([7, 7]);
    expect(problems.counts()).toEqual({ partial_week: 6 });
  });

  test('weekly rows keep their weekday', async () => {
    const { panel } = await read(`${HEADER}\na,2024-01-05,3\na,2024-01-12,4\n`, { period_days: 7 });
    expect(dateOf(panel.first_day)).toBe('2024-01-05');
    expect([...panel.demand]).toEqual([3, 4]);
  });
});
