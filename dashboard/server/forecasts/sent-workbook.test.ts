import { strToU8, zipSync } from 'fflate';
import { writeXlsx, type CellValue } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { SentWorkbookError, SentWorkbookTooLargeError, readSentWorkbook } from './sent-workbook.ts';

const workbook = (rows: CellValue[][], name = 'Forecast'): Promise<Uint8Array> =>
  writeXlsx({
    sheets: [
      { name: 'README', rows: [['x']] },
      { name, rows },
    ],
  });

describe('a workbook that was sent', () => {
  it('is read by the names of its first row, with the numbers that its rows have in the sheet', async () => {
    const sent = await readSentWorkbook(
      await workbook([['sku_id', ' override_qty '], ['0017', 5], [], [null, ''], ['S2', null]]),
    );
    expect(sent.columns).toEqual(['sku_id', 'override_qty']);
    expect(sent.rows.map(({ row, cells }) => [row, ...cells])).toEqual([
      [2, ['sku_id', '0017'], ['override_qty', 5]],
      [5, ['sku_id', 'S2']],
    ]);
  });

  it('is refused in words when it is no workbook, or has no such sheet', async () => {
    await expect(readSentWorkbook(Buffer.from('a,b\n1,2\n'))).rejects.toThrow(SentWorkbookError);
    await expect(readSentWorkbook(zipSync({ 'a.txt': strToU8('x') }))).rejects.toThrow(/no workbook/);
    await expect(readSentWorkbook(await workbook([['sku_id']], 'Sheet1'))).rejects.toThrow(
      'has no sheet Forecast',
    );
    const whole = await workbook([['sku_id'], ['S1']]);
    await expect(readSentWorkbook(whole.subarray(0, whole.length / 2))).rejects.toThrow(SentWorkbookError);
  });

  it('is refused before it is unpacked when that would fill the memory', async () => {
    const bomb = zipSync({ 'xl/sharedStrings.xml': [new Uint8Array(64 * 1024 * 1024), { level: 6 }] });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(readSentWorkbook(bomb)).rejects.toThrow(SentWorkbookTooLargeError);
  });

  it('is refused when a row is wider than any table', async () => {
    const wide = Array.from({ length: 300 }, () => 1);
    await expect(readSentWorkbook(await workbook([['sku_id'], wide]))).rejects.toThrow(/row 2 .* column 256/);
  });
});
