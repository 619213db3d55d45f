import { readXlsx, writeXlsx, type CellValue } from 'hucre/xlsx';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { storeVersion } from '../integration/forecast-versions.ts';
import { accessibilityViolations, launchBrowser, screenshot, sidewaysPx } from './browser.ts';
import { LOOKS, pairedPage } from './support/paired-page.ts';

const OLD = 'fc-20260101-01';
const NEW = 'fc-20260102-01';

/** The forecast page where it is about versions as a whole: two of them compared, and a workbook sent back. */
describe('forecast versions in a browser', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    pipeline = await Pipeline.start(inject('stack'), ['server']);
    const old = { 'D1 S1': 10, 'D1 S2': 4, 'D2 S1': 6 };
    const now = { 'D1 S1': 13, 'D1 S2': 4, 'D2 S1': 5, 'D3 S2': 1 };
    await storeVersion(pipeline.sql, { forecast_version: OLD, start: '2026-01-01', days: 14, means: old });
    await storeVersion(pipeline.sql, { forecast_version: NEW, start: '2026-01-02', days: 14, means: now });
    page = await pairedPage(browser, pipeline, `/forecast?lang=en&compare=${OLD}`);
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    await pipeline.stop();
  });

  const compared = () => page.getByTestId('compared').locator('tbody tr');

  it('compares two of them over the days that both have, by the level that the address keeps', async () => {
    await compared().first().waitFor();
    // 13 days × (23 − 20) units.
    expect(await compared().allInnerTexts()).toEqual([expect.stringContaining('39')]);
    await page.getByRole('button', { name: 'Dealer', exact: true }).focus();
    await page.keyboard.press('Enter');
    await compared().filter({ hasText: 'Dealer D3' }).waitFor();
    const names = await compared().getByRole('rowheader').allInnerTexts();
    expect(names).toEqual(['Dealer D1', 'Dealer D2', 'Dealer D3']);
    expect(new URL(page.url()).searchParams.get('level')).toBe('dealer');
  });

  it('takes a workbook back: shows what is wrong, then what would change, then changes it', async () => {
    await page.locator('input[name=token]').fill(pipeline.admin_token);
    await page.keyboard.press('Enter');
    const file = page.locator('input[name=workbook]');
    const told = page.getByTestId('workbook-told');
    await file.waitFor();
    await file.setInputFiles(await sheetOf({ override_qty: -3 }));
    await file.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await told.getByText('Cells that are wrong: 1').waitFor();
    await page.getByTestId('sent-errors').getByText('is negative: -3').waitFor();
    expect(await page.getByRole('button', { name: 'Apply all' }).isDisabled()).toBe(true);

    await file.setInputFiles(await sheetOf({ override_qty: 123, override_reason: 'a fair' }));
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await told.getByText('Rows read: 56, to be changed: 1').waitFor();
    await page.getByTestId('sent-changes').getByText('a fair').waitFor();
    expect(await plannedMost()).toBe(13);
    await page.getByRole('button', { name: 'Check', exact: true }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await told.getByText('Rows changed: 1, as revision 1').waitFor();
    expect(await plannedMost()).toBe(123);
  });

  it('shows a conflict when others have changed the version since it was read', async () => {
    await page
      .locator('input[name=workbook]')
      .setInputFiles(await sheetOf({ override_qty: 7, override_reason: 'mine' }, 3));
    const item = {
      dealer_id: 'D2',
      sku_id: 'S1',
      bucket_start: '2026-01-05',
      override_qty: 1,
      reason: 'other',
    };
    const other = await pipeline.fetch('/v1/forecasts/overrides', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [item] }),
    });
    expect(other.status).toBe(200);
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText('Someone else changed this version’s plan').waitFor();
  });

  it.each(LOOKS)('has nothing that axe objects to: $lang $theme at $width', async (look) => {
    await page.setViewportSize(look);
    const asked = new URLSearchParams({ lang: look.lang, theme: look.theme, compare: OLD, level: 'dealer' });
    await page.goto(`${pipeline.url}/forecast?${asked.toString()}`);
    await compared().first().waitFor();
    const file = page.locator('input[name=workbook]');
    await file.setInputFiles(
      await sheetOf({ override_qty: -3, mean: 4 }, 4, { override_qty: 50, override_reason: '促销' }),
    );
    await file.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByTestId('sent-changes').waitFor();
    await page.getByTestId('sent-errors').waitFor();
    await page.getByTestId('sent-changes').scrollIntoViewIfNeeded();
    await screenshot(page, `forecast-versions-${look.lang}-${look.theme}-${look.width}`);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysPx(page)).toBe(0);
  });

  /** The exported days with cells of one row replaced, and with others of the row after it. */
  async function sheetOf(cells: Record<string, CellValue>, at = 1, next: Record<string, CellValue> = {}) {
    const answer = await pipeline.fetch(`/v1/forecasts/${NEW}/export?format=xlsx&grain=day`);
    const book = await readXlsx(Buffer.from(await answer.arrayBuffer()));
    const rows = book.sheets.find(({ name }) => name === 'Forecast')?.rows ?? [];
    for (const [row, edits] of [[rows[at], cells] as const, [rows[at + 1], next] as const])
      for (const [name, value] of Object.entries(edits)) (row ?? [])[(rows[0] ?? []).indexOf(name)] = value;
    const buffer = Buffer.from(await writeXlsx({ sheets: [{ name: 'Forecast', rows }] }));
    return { name: 'forecast.xlsx', mimeType: 'application/octet-stream', buffer };
  }

  async function plannedMost(): Promise<number> {
    const [row] = await pipeline.sql.query<{ qty: number }>(
      `SELECT max(final_qty) AS qty FROM mart_forecasts WHERE forecast_version = '${NEW}'`,
    );
    return row?.qty ?? Number.NaN;
  }
});
