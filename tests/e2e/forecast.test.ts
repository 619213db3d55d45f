import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Browser, Page } from 'playwright';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { postForecastChannel } from '../integration/forecast-channel.ts';
import { accessibilityViolations, launchBrowser, screenshot, sidewaysPx } from './browser.ts';
import { LOOKS, pairedPage } from './support/paired-page.ts';

interface SeriesRow {
  readonly bucket_start: string;
  readonly actual: number | null;
  readonly mean: number | null;
  readonly p10: number | null;
  readonly p90: number | null;
  readonly final_qty: number | null;
}

describe('the forecasts in a browser', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let page: Page;

  const seriesOf = async (query: string): Promise<readonly SeriesRow[]> => {
    const answer = await pipeline.fetch(`/v1/forecasts/latest/series?${query}`);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { items: SeriesRow[] }).items;
  };
  const rows = () => page.getByTestId('series').locator('tbody tr');
  const fill = async (name: string, value: string): Promise<void> => {
    await page.locator(`input[name=${name}]`).fill(value);
    await page.keyboard.press('Tab');
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    pipeline = await Pipeline.start(inject('stack'));
    page = await pairedPage(browser, pipeline, '/forecast?lang=en');
    await page.getByText('Nothing was forecast yet').waitFor();
    await postForecastChannel(pipeline);
    await page.getByText('npm run forecast').waitFor();
    const forecast = (seed: string) =>
      pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', seed]);
    await forecast('7');
    // By itself: who was told to wait need not ask again.
    await rows().first().waitFor({ timeout: 60_000 });
    await forecast('8');
    await page.reload();
  });
  afterAll(async () => {
    await browser.close();
    await pipeline.stop();
  });

  it('tells the total as the sum of the means, within its band, after what came', async () => {
    await rows().first().waitFor();
    const total = await seriesOf('grain=day');
    const parts = await Promise.all(
      ['D1', '=D2'].flatMap((dealer) =>
        ['0017', 'S2'].map((sku) => seriesOf(`dealer_id=${encodeURIComponent(dealer)}&sku_id=${sku}`)),
      ),
    );
    const sumOf = (pick: (row: SeriesRow) => number | null, bucket: string): number =>
      parts.reduce((sum, part) => {
        const row = part.find(({ bucket_start }) => bucket_start === bucket);
        return sum + (row === undefined ? 0 : (pick(row) ?? 0));
      }, 0);
    const ahead = total.filter(({ mean }) => mean !== null);
    expect(ahead).toHaveLength(28);
    for (const { bucket_start, mean, p10, p90 } of ahead) {
      expect(mean).toBeCloseTo(
        sumOf((row) => row.mean, bucket_start),
        3,
      );
      expect(p10).toBeLessThan(mean ?? 0);
      expect(p90).toBeGreaterThan(mean ?? 0);
    }
    const past = total.filter(({ actual }) => actual !== null);
    expect(past.length).toBeGreaterThan(50);
    const [came] = await pipeline.sql.query<{ qty: number }>(
      `SELECT toFloat64(sum(placed_qty - cancelled_qty)) AS qty FROM mart_sales_days WHERE day >= {from: String}`,
      { params: { from: past[0]?.bucket_start ?? '' } },
    );
    expect(past.reduce((sum, { actual }) => sum + (actual ?? 0), 0)).toBeCloseTo(came?.qty ?? Number.NaN, 3);
    expect(await rows().count()).toBe(28);
  });

  it('counts weeks of whole days, so that both grains tell one demand', async () => {
    const [days, weeks] = await Promise.all([seriesOf('grain=day'), seriesOf('grain=week')]);
    const past = weeks.filter(({ actual }) => actual !== null);
    expect(past.length).toBeGreaterThan(10);
    for (const { bucket_start, actual } of past.slice(-6)) {
      const begin_ms = Date.parse(bucket_start);
      const within = days.filter(({ bucket_start: day }) => {
        const day_ms = Date.parse(day);
        return day_ms >= begin_ms && day_ms < begin_ms + 7 * 86_400_000;
      });
      expect(within).toHaveLength(7);
      expect(actual).toBeCloseTo(
        within.reduce((sum, row) => sum + (row.actual ?? 0), 0),
        6,
      );
    }
  });

  it('tells what came before the origin, as long as it looks ahead, beside what it says', async () => {
    const before = (await seriesOf('grain=day')).filter(({ mean }) => mean === null).slice(-28);
    const mean = before.reduce((sum, { actual }) => sum + (actual ?? 0), 0) / before.length;
    const told = await page.getByTestId('history').innerText();
    const [, days, said] =
      /Mean of the (\d+) periods before the origin ([\d.,]+), of the 28/.exec(told) ?? [];
    expect(days).toBe(String(before.length));
    expect(Math.abs(Number(said?.replaceAll(',', '')) - mean)).toBeLessThan(0.06);
    await page.getByRole('button', { name: 'List the actuals before the origin' }).click();
    expect(await rows().count()).toBe(before.length + 28);
    expect(await rows().first().innerText()).toContain(before[0]?.bucket_start);
    await page.getByRole('button', { name: 'Hide the actuals before the origin' }).click();
    expect(await rows().count()).toBe(28);
  });

  it('offers dealers and products by name, and keeps the choice in the address', async () => {
    await page.locator('input[name=dealer]').fill('商 0');
    await eventually('one dealer to be offered', async () =>
      (await page.locator('#members-dealer option').count()) === 1 ? true : undefined,
    );
    expect(await page.locator('#members-dealer option').getAttribute('value')).toBe('D1');
    await fill('dealer', 'D1');
    await fill('sku', '0017');
    await page.locator('select[name=compare]').selectOption({ index: 1 });
    await page.getByRole('columnheader', { name: 'Less the other version' }).waitFor();
    await eventually('the address to have both', () => {
      const asked = new URL(page.url()).searchParams;
      return Promise.resolve(
        [asked.get('dealer'), asked.get('sku')].join(' ') === 'D1 0017' ? true : undefined,
      );
    });
    const asked = new URL(page.url()).searchParams;
    expect(asked.get('compare')).toMatch(/^fc-\d{8}-01$/);
    await page.reload();
    await page.getByRole('columnheader', { name: 'Less the other version' }).waitFor();
  });

  it('changes a plan only as an admin, after a trial that changes nothing', async () => {
    await page.locator('input[name=token]').fill(pipeline.admin_token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('A period and a reason are needed').waitFor();
    const [first] = (await seriesOf('dealer_id=D1&sku_id=0017')).filter(({ mean }) => mean !== null);
    await page.locator('select[name=bucket]').selectOption(first?.bucket_start ?? '');
    await page.locator('input[name=qty]').fill('77');
    await page.locator('input[name=reason]').fill('opening of a shop');
    await page.getByRole('button', { name: 'Try' }).click();
    await page.getByTestId('override-told').getByText('→ 77').waitFor();
    const planned = async (): Promise<number | null | undefined> =>
      (await seriesOf('dealer_id=D1&sku_id=0017')).find(
        ({ bucket_start }) => bucket_start === first?.bucket_start,
      )?.final_qty;
    expect(await planned()).toBe(first?.final_qty);
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByTestId('override-told').getByText('Applied as revision 1').waitFor();
    expect(await planned()).toBe(77);
    await rows().first().getByText('changed').waitFor();
  });

  it('tells a conflict when another changed the plan meanwhile, and shows what it is then', async () => {
    const [, second] = (await seriesOf('dealer_id=D1&sku_id=0017')).filter(({ mean }) => mean !== null);
    const item = { dealer_id: 'D1', sku_id: '0017', bucket_start: second?.bucket_start ?? '' };
    const other = await pipeline.fetch('/v1/forecasts/overrides', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ ...item, override_qty: 5, reason: 'other' }] }),
    });
    expect(other.status).toBe(200);
    await page.locator('input[name=qty]').fill('78');
    await page.getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByText('Someone else changed this version’s plan').waitFor();
    await rows().nth(1).getByText('changed').waitFor();
  });

  it('gives the choice as a file', async () => {
    const downloaded = page.waitForEvent('download');
    await page.getByRole('link', { name: 'CSV' }).click();
    expect((await downloaded).suggestedFilename()).toMatch(/^fc-\d{8}-02\.csv$/);
  });

  it.each(LOOKS)('has nothing that axe objects to: $lang $theme at $width', async (look) => {
    await page.setViewportSize(look);
    const asked = new URL(page.url()).searchParams;
    asked.set('lang', look.lang);
    asked.set('theme', look.theme);
    await page.goto(`${pipeline.url}/forecast?${asked.toString()}`);
    await rows().first().waitFor();
    await page.locator('[data-testid=work-connection][data-state=live]').waitFor();
    await screenshot(page, `forecast-${look.lang}-${look.theme}-${look.width}`);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysPx(page)).toBe(0);
  });
});
