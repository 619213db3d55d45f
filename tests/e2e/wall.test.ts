import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { TcpGate } from '../tcp-gate.ts';
import { accessibilityViolations, launchBrowser, screenshot } from './browser.ts';

/** One order line, placed just now. */
function placed(qty: number, unit_price: string) {
  const id = randomUUID();
  return {
    event_id: id,
    source: 'erp-e2e',
    event_time: new Date().toISOString(),
    dealer_id: 'D-1',
    order_id: id,
    line_no: 1,
    sku_id: 'S-1',
    stage: 'placed',
    qty,
    unit_price,
    currency: 'CNY',
    channel: 'portal',
  };
}

describe('the wall in a browser', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let gate: TcpGate;
  let display_token: string;

  beforeAll(async () => {
    pipeline = await Pipeline.start(inject('stack'));
    const added = await pipeline.command('ingest/keys/cli.ts', [
      'add',
      '--kind',
      'display',
      '--name',
      'lobby',
    ]);
    display_token = (JSON.parse(added) as { secret: string }).secret;
    gate = await TcpGate.before(pipeline.url);
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await gate.close();
    await pipeline.stop();
  });

  const attribute = (testId: string, name: string) => page.getByTestId(testId).first().getAttribute(name);
  const tileShows = (id: string, value: number) =>
    eventually(`${id} to show ${value}`, async () => {
      const shown = await attribute(`kpi-${id}`, 'data-value');
      return shown !== null && shown !== '' && Number(shown) === value ? true : undefined;
    });
  const connectionIs = (state: string) =>
    eventually(`the connection to be ${state}`, async () =>
      (await attribute('conn-state', 'data-state')) === state ? true : undefined,
    );
  /** The truth, asked of the database and not of any program. */
  const valueInDatabase = async (): Promise<number> => {
    const [row] = await pipeline.sql.query<{ value: number }>(
      `SELECT toFloat64(sum(unit_price * qty)) AS value FROM core_orders
       WHERE stage = 'placed' AND toDate(event_time, 'Asia/Shanghai') = toDate(now(), 'Asia/Shanghai')`,
    );
    return row?.value ?? NaN;
  };

  it('opens from its pairing link, keeps no token in the address, and stays paired after a reload', async () => {
    await page.goto(`${gate.url}/wall/main#display=${display_token}`);
    await connectionIs('live');
    expect(page.url()).not.toContain(display_token);
    await page.reload();
    await connectionIs('live');
  });

  it('shows an order that was posted over HTTP, and the number equals a direct query', async () => {
    await pipeline.post('order', [placed(3, '100.10'), placed(1, '0.07')]);
    await tileShows('orders_today_value', 300.37);
    expect(await valueInDatabase()).toBe(300.37);
    await eventually('both lines to stand in the stage placed', async () =>
      (await attribute('stage-placed', 'data-open')) === '2' ? true : undefined,
    );
  });

  it('does not move when the same event is sent again', async () => {
    const event = placed(2, '50.00');
    await pipeline.post('order', [event]);
    await tileShows('orders_today_value', 400.37);
    await pipeline.post('order', [event, { ...event, qty: 5 }]);
    await pipeline.post('order', [placed(1, '1.00')]);
    await tileShows('orders_today_value', 401.37);
  });

  it('keeps its figures while the socket is cut, says so, and catches up when it is back', async () => {
    gate.shut();
    await eventually('the cut to be told', async () =>
      (await attribute('conn-state', 'data-state')) !== 'live' ? true : undefined,
    );
    await pipeline.post('order', [placed(1, '98.63')]);
    await eventually('the order to be in the database', async () =>
      (await valueInDatabase()) === 500 ? true : undefined,
    );
    expect(Number(await attribute('kpi-orders_today_value', 'data-value'))).toBe(401.37);
    gate.open();
    await connectionIs('live');
    await tileShows('orders_today_value', 500);
  });

  it('recovers by itself when the server was killed, with a new epoch', async () => {
    const port = new URL(pipeline.url).port;
    await pipeline.end('server', 'SIGKILL');
    await eventually('the loss to be told', async () =>
      (await attribute('conn-state', 'data-state')) !== 'live' ? true : undefined,
    );
    await pipeline.launch('server', port);
    await connectionIs('live');
    await tileShows('orders_today_value', 500);
  });

  it.each([
    { lang: 'zh', theme: 'dark', width: 1920, height: 1080 },
    { lang: 'en', theme: 'light', width: 1920, height: 1080 },
    { lang: 'en', theme: 'dark', width: 3840, height: 2160 },
    { lang: 'zh', theme: 'light', width: 390, height: 844 },
  ])('has nothing that axe objects to: $lang $theme at $width', async ({ lang, theme, width, height }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`${gate.url}/wall/main?lang=${lang}&theme=${theme}`);
    await connectionIs('live');
    await tileShows('orders_today_value', 500);
    await screenshot(page, `wall-${lang}-${theme}-${width}`);
    expect(await page.locator('html').getAttribute('lang')).toBe(lang === 'zh' ? 'zh-CN' : 'en');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
