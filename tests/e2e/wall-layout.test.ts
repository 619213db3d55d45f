import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { launchBrowser, overlaps, screenshot, sidewaysPx } from './browser.ts';
import { LOOKS, pairedPage } from './support/paired-page.ts';
import { ResultFeed } from './support/result-feed.ts';
import { wallRows } from './support/wall-fixture.ts';

/** Long names, many signals and small screens, on a real server that is told false results. */
describe('the layout of the wall', () => {
  let pipeline: Pipeline;
  let results: ResultFeed;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const stack = inject('stack');
    pipeline = await Pipeline.start(stack, ['server']);
    results = await ResultFeed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    await results.put(wallRows('forecast', Date.now()));
    browser = await launchBrowser();
    page = await pairedPage(browser, pipeline, '/wall/main?lang=zh');
    await page.getByTestId('alert-case-2').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await results.close();
    await pipeline.stop();
  });

  it.each(LOOKS)(
    'in $lang at $width px nothing covers another: rows of alerts and dealers, the map and its keys',
    async ({ lang, theme, width, height }) => {
      await page.setViewportSize({ width, height });
      await page.goto(`${pipeline.url}/wall/main?lang=${lang}&theme=${theme}`);
      await page.getByTestId('alert-case-2').waitFor();
      await page.locator('[data-adcode="710000"]').waitFor();
      await eventually('the ranking to be there', async () =>
        (await page.locator('[data-testid^="dealer-"]').count()) > 5 ? true : undefined,
      );
      await page.evaluate('document.fonts.ready');
      expect(
        await overlaps(page, '[data-testid^="alert-"] :is(.way, .units, .sure, time, .who > *, button)'),
      ).toEqual([]);
      expect(await overlaps(page, '[data-testid^="dealer-"] :is(.rank, .name, .sales, .supply)')).toEqual([]);
      // Taiwan and what stands in the corners of the map.
      expect(
        await overlaps(page, '[data-adcode="710000"], [data-testid="map"] :is(figure, .legend)'),
      ).toEqual([]);
      expect(await sidewaysPx(page)).toBeLessThanOrEqual(0);
      await screenshot(page, `layout-${lang}-${width}`);
    },
  );
});
