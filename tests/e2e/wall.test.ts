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

  it('shows and follows its figures where a proxy lets no WebSocket pass', async () => {
    const behind_proxy = await context.newPage();
    // What a browser tells of an upgrade that a proxy refused.
    await behind_proxy.addInitScript(`
      window.WebSocket = class {
        onclose = null;
        constructor() {
          setTimeout(() => this.onclose?.({ code: 1006 }));
        }
        close() {
          this.onclose = null;
        }
      };`);
    await behind_proxy.goto(`${gate.url}/wall/main`);
    const shown = () => behind_proxy.getByTestId('kpi-orders_today_value').first().getAttribute('data-value');
    await eventually('the figure to be shown', async () => ((await shown()) === '500' ? true : undefined));
    await pipeline.post('order', [placed(1, '1.50')]);
    await eventually('the figure to follow', async () => ((await shown()) === '501.5' ? true : undefined));
    expect(await behind_proxy.getByTestId('conn-state').first().getAttribute('data-state')).toBe('live');
    await behind_proxy.close();
    await tileShows('orders_today_value', 501.5);
  });

  it('opens a province of the map into its prefectures, by the map and by the table, and goes back', async () => {
    await pipeline.post('dealer', [
      {
        event_id: randomUUID(),
        source: 'mdm-e2e',
        event_time: new Date().toISOString(),
        valid_from: '2020-01-01T00:00:00+08:00',
        dealer_id: 'D-1',
        name: '深圳一号',
        tier: 1,
        status: 'active',
        territory_id: 'T-1',
        adcode: '440306',
      },
    ]);
    await pipeline.post('order', [placed(1, '0.50')]);
    const region = page.locator('[data-testid=map] path.region[data-adcode="440000"]');
    // The order can be told before its dealer is known.
    await eventually('the province to be shaded', async () =>
      (await region.getAttribute('data-step')) === null ? undefined : true,
    );
    await region.click();
    const shenzhen = page.locator('[data-province="440000"] path.region[data-adcode="440300"]');
    await eventually('its prefecture to be shaded', async () =>
      (await shenzhen.getAttribute('data-step')) === null ? undefined : true,
    );
    expect(await page.locator('#map-title').textContent()).toMatch(/广东|Guangdong/);
    await screenshot(page, 'wall-map-province');
    await page.getByTestId('map-back').click();
    await region.waitFor();
    await page.locator('[data-testid=panel-map] header button').last().click();
    await page
      .getByTestId('map-table')
      .getByRole('button', { name: /广东|Guangdong/ })
      .click();
    await eventually('the table to tell of prefectures', async () =>
      (await page.getByTestId('map-table').textContent())?.match(/深圳市|Shenzhen/) ? true : undefined,
    );
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByTestId('map-back').click();
    await page.locator('[data-testid=panel-map] header button').last().click();
    await region.waitFor();
    await tileShows('orders_today_value', 502);
  });

  it('recovers by itself when the server was killed, with a new epoch', async () => {
    const port = new URL(pipeline.url).port;
    await pipeline.end('server', 'SIGKILL');
    await eventually('the loss to be told', async () =>
      (await attribute('conn-state', 'data-state')) !== 'live' ? true : undefined,
    );
    await pipeline.launch('server', port);
    await connectionIs('live');
    await tileShows('orders_today_value', 502);
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
    await tileShows('orders_today_value', 502);
    await screenshot(page, `wall-${lang}-${theme}-${width}`);
    expect(await page.locator('html').getAttribute('lang')).toBe(lang === 'zh' ? 'zh-CN' : 'en');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
