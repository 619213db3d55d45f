import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Browser, Page } from 'playwright';
import { describedTables } from '../../sql/data-dictionary/described.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { accessibilityViolations, launchBrowser, screenshot, sidewaysPx } from './browser.ts';
import { LOOKS, pairedPage } from './support/paired-page.ts';

describe('the SQL notes in a browser', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    pipeline = await Pipeline.start(inject('stack'), ['server']);
    page = await pairedPage(browser, pipeline, '/notes?lang=en');
    await page.getByTestId('view').first().waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await pipeline.stop();
  });

  it('tell exactly the views and columns that ClickHouse has', async () => {
    const columns = await pipeline.sql.query<{ name: string; columns: string[] }>(
      `SELECT view AS name, groupArray(field) AS columns
       FROM (SELECT table AS view, name AS field FROM system.columns WHERE database = currentDatabase() ORDER BY table, position)
       WHERE match(view, '^(core|mart)_') GROUP BY view ORDER BY view`,
    );
    const noted = await Promise.all(
      (await page.getByTestId('view').all()).map(async (view) => ({
        name: (await view.getAttribute('id')) ?? '',
        columns: await view.locator('tbody th code').allTextContents(),
      })),
    );
    const called = new Set(
      noted.map(({ name }) => name).filter((name) => !columns.some((view) => view.name === name)),
    );
    // ClickHouse lists no columns of a view with parameters.
    const with_parameters = describedTables().filter(({ parameters }) => parameters.length > 0);
    expect([...called].sort()).toEqual(with_parameters.map(({ name }) => name).sort());
    expect(noted.filter(({ name }) => !called.has(name))).toEqual(columns);
  });

  it('find a view by a word, open it, and keep the word in the address', async () => {
    await page.locator('input[name=find]').fill('herfindahl top1');
    await page.getByRole('cell', { name: /Herfindahl/ }).waitFor();
    expect(await page.getByTestId('view').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('find')).toBe('herfindahl top1');
    await page.goto(`${pipeline.url}/notes?lang=zh#mart_turnover`);
    await page.locator('#mart_turnover table').waitFor();
  });

  it('a figure of the wall leads to its definition and the statement that computes it', async () => {
    await page.goto(`${pipeline.url}/wall/main?lang=en`);
    await page.getByRole('link', { name: 'Order fill rate' }).click();
    const note = page.locator('#fill_rate');
    await note.locator('pre').waitFor();
    expect(await note.innerText()).toContain('shipped on time');
    const statement = await note.locator('pre').innerText();
    const params = { as_ofs: [new Date().toISOString()], time_zone: 'Asia/Shanghai' };
    const told = await pipeline.sql.query(statement, { params });
    expect(told).toEqual([]);
  });

  it.each(LOOKS)('have nothing that axe objects to: $lang $theme at $width', async (look) => {
    await page.setViewportSize(look);
    await page.goto(`${pipeline.url}/notes?lang=${look.lang}&theme=${look.theme}&find=score`);
    await page.getByTestId('view').first().locator('summary').click();
    await page.getByTestId('query').first().locator('summary').click();
    await page.locator('[data-testid=work-connection][data-state=live]').waitFor();
    await screenshot(page, `notes-${look.lang}-${look.theme}-${look.width}`);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysPx(page)).toBe(0);
  });
});
