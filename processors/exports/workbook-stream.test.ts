import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import * as fc from 'fast-check';
import { readXlsx } from 'hucre/xlsx';
import { describe, expect, it, vi } from 'vitest';
import type { Cell } from './sheet-xml.ts';
import { streamWorkbook, type WorkbookParts } from './workbook-stream.ts';

const modified = new Date('2026-11-24T00:00:00Z');
const HEADER = ['sku_id', 'qty', 'is_new'];
/** Far more than the buffers between a source and whoever takes the bytes can hold. */
const ROWS_UNTAKEN_MAX = 100_000;

function partsOf(
  portions: AsyncIterable<readonly (readonly Cell[])[]>,
  more: Partial<WorkbookParts> = {},
): WorkbookParts {
  return {
    before: [{ name: 'README', rows: [['Version', 'fc-1']] }],
    streamed: { name: 'Forecast', portions },
    after: [{ name: 'Accuracy', rows: [['level'], ['dealer_week']] }],
    modified,
    ...more,
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a source that is there at once
async function* portionsOf(rows: readonly Cell[][], size = 7): AsyncGenerator<Cell[][]> {
  const all = [HEADER, ...rows];
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}

/** Rows that say how many have been asked for; nothing that compresses well. */
function endless(read: { rows: number; ended: boolean }, rows_max = Infinity) {
  return (async function* (): AsyncGenerator<Cell[][]> {
    try {
      yield [HEADER];
      while (read.rows < rows_max) {
        await delay(0);
        yield Array.from({ length: 500 }, () => {
          read.rows += 1;
          return [`S-${(read.rows * 2_654_435_761) % 4_294_967_296}`, Math.sin(read.rows), true];
        });
      }
    } finally {
      read.ended = true;
    }
  })();
}

const rowsOf = (count: number): Cell[][] =>
  Array.from({ length: count }, (_, i) => [`S${i}`, i / 8, i % 2 === 0]);

describe('a streamed workbook', () => {
  it('sends bytes long before the last row is read, and reads no further than they are taken', async () => {
    const read = { rows: 0, ended: false };
    const stream = streamWorkbook(partsOf(endless(read)));
    await once(stream, 'readable');
    // Nobody takes the bytes: once the buffers on the way are full, nothing more is read.
    let untaken: number;
    do {
      untaken = read.rows;
      await delay(300);
    } while (read.rows > untaken && read.rows < ROWS_UNTAKEN_MAX);
    expect(read.rows).toBe(untaken);
    expect(untaken).toBeLessThan(ROWS_UNTAKEN_MAX);

    let taken = 0;
    for await (const chunk of stream) {
      taken += (chunk as Buffer).length;
      if (taken > 2_000_000) break;
    }
    expect(read.rows).toBeGreaterThan(untaken);
    // Left before its end, the source is closed.
    await vi.waitFor(() => {
      expect(read.ended).toBe(true);
    });
  });

  it('has its sheets in their order, numbers as numbers, and goes on in further sheets, each with the header', async () => {
    const rows = rowsOf(25);
    const bytes = await buffer(streamWorkbook(partsOf(portionsOf(rows), { sheet_rows_max: 11 })));
    const { sheets } = await readXlsx(bytes);
    expect(sheets.map(({ name }) => name)).toEqual([
      'README',
      'Forecast',
      'Forecast 2',
      'Forecast 3',
      'Accuracy',
    ]);
    expect(sheets[1]?.rows).toEqual([HEADER, ...rows.slice(0, 10)]);
    expect(sheets[2]?.rows).toEqual([HEADER, ...rows.slice(10, 20)]);
    expect(sheets[3]?.rows).toEqual([HEADER, ...rows.slice(20)]);
    expect(sheets[4]?.rows).toEqual([['level'], ['dealer_week']]);
  });

  it('that is full to the last row has no empty sheet behind, and one without rows has its header', async () => {
    const full = await readXlsx(
      await buffer(streamWorkbook(partsOf(portionsOf(rowsOf(10)), { sheet_rows_max: 11 }))),
    );
    expect(full.sheets.map(({ name }) => name)).toEqual(['README', 'Forecast', 'Accuracy']);
    const empty = await readXlsx(await buffer(streamWorkbook(partsOf(portionsOf([])))));
    expect(empty.sheets[1]?.rows).toEqual([HEADER]);
  });

  it('gives the same bytes for the same rows, also in other portions', async () => {
    const first = await buffer(streamWorkbook(partsOf(portionsOf(rowsOf(30), 4))));
    await delay(2_100);
    expect(await buffer(streamWorkbook(partsOf(portionsOf(rowsOf(30), 9))))).toEqual(first);
  });

  it('writes texts as texts of the text format, whatever they look like', async () => {
    const texts = ['=1+1', '0017', '+86', ' a ', 'a\nb', '<&>"', '_x0041_', '\u0001\u001f', '😀', '产品', ''];
    const bytes = await buffer(streamWorkbook(partsOf(portionsOf(texts.map((text) => [text])))));
    const { sheets } = await readXlsx(bytes);
    const files = unzipSync(bytes);
    const textOf = (path: string): string => Buffer.from(files[path] ?? []).toString();
    const xml = textOf('xl/worksheets/sheet2.xml');
    const [, style] = /<c r="A2" s="(\d+)" t="inlineStr">/.exec(xml) ?? [];
    const formats = [...textOf('xl/styles.xml').matchAll(/<xf [^>]*numFmtId="(\d+)"[^>]*xfId/g)].map(
      ([, id]) => id,
    );
    expect(textOf('xl/styles.xml')).toContain(
      `<numFmt numFmtId="${formats[Number(style)] ?? ''}" formatCode="@"/>`,
    );
    expect(xml).not.toContain('<f>');
    expect(xml).toContain('_x005F_x0041_');
    expect(xml).toContain('_x0001__x001F_');
    const plain = texts.filter((text) => !/[\u0001_]/.test(text));
    expect(sheets[1]?.rows.slice(1).map(([text]) => text ?? '')).toEqual(expect.arrayContaining(plain));
  });

  it('gives back any text that XML can hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc
            .string({ unit: 'binary', minLength: 1 })
            .filter((text) => !/[\u0000-\u001f_\ufffe\uffff]/.test(text)),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        async (texts) => {
          const bytes = await buffer(streamWorkbook(partsOf(portionsOf(texts.map((text) => [text])))));
          const { sheets } = await readXlsx(bytes);
          expect(sheets[1]?.rows.slice(1).map(([text]) => text)).toEqual(texts);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('fails with what its rows failed with, or with the place of what no cell takes', async () => {
    const broken = (async function* (): AsyncGenerator<Cell[][]> {
      yield [HEADER];
      await delay(1);
      throw new Error('the query was killed');
    })();
    await expect(buffer(streamWorkbook(partsOf(broken)))).rejects.toThrow('the query was killed');
    for (const [cell, place] of [
      [NaN, 'B2 is NaN'],
      ['x'.repeat(32_768), 'B2 has 32768 characters'],
    ] as const)
      await expect(buffer(streamWorkbook(partsOf(portionsOf([['S1', cell]]))))).rejects.toThrow(place);
  });
});
