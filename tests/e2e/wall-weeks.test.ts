import type { Browser, CDPSession, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { launchBrowser } from './browser.ts';
import { pairedPage } from './support/paired-page.ts';
import { ResultFeed } from './support/result-feed.ts';
import { wallRows } from './support/wall-fixture.ts';

/** Flips until what is made once is made. */
const FLIPS_BEFORE = 10;
const FLIPS = 40;
/** A flip each 30 s is 2,880 a day: what each of them left behind would be felt in weeks if it were more than this. */
const BYTES_PER_FLIP_MAX = 20_000;

/** What a screen that nobody reloads does for weeks, on a real server that is told false results. */
describe('the wall over weeks', () => {
  let pipeline: Pipeline;
  let results: ResultFeed;
  let browser: Browser;
  let page: Page;
  let devtools: CDPSession;

  beforeAll(async () => {
    const stack = inject('stack');
    pipeline = await Pipeline.start(stack, ['server']);
    results = await ResultFeed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    await results.put(wallRows('forecast', Date.now()));
    browser = await launchBrowser();
    page = await pairedPage(browser, pipeline, '/wall/main?kiosk=1&lang=zh');
    await page.getByTestId('alert-case-2').waitFor();
    devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
  });
  afterAll(async () => {
    await browser.close();
    await results.close();
    await pipeline.stop();
  });

  /** To the other page and back, each drawn whole. */
  async function flip(times: number): Promise<void> {
    for (let i = 0; i < times; i += 2) {
      await page.keyboard.press('ArrowRight');
      await page.getByTestId('kpi-order_cycle_p50').waitFor();
      await page.keyboard.press('ArrowRight');
      await page.locator('[data-adcode="710000"]').waitFor();
    }
  }

  async function held(): Promise<{ heap: number; nodes: number; listeners: number }> {
    // What an element's finalizer lets go of goes with the next collection.
    for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
    return { heap: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') };
  }

  it('pages that flip leave nothing behind', async () => {
    await flip(FLIPS_BEFORE);
    const before = await held();
    await flip(FLIPS);
    const after = await held();
    expect((after.heap - before.heap) / FLIPS).toBeLessThan(BYTES_PER_FLIP_MAX);
    expect(after.nodes - before.nodes).toBeLessThan(100);
    expect(after.listeners - before.listeners).toBeLessThan(10);
  });
});
