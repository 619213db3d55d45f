import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { TcpGate } from '../tcp-gate.ts';
import { accessibilityViolations, launchBrowser, screenshot } from './browser.ts';
import { ResultFeed } from './support/result-feed.ts';
import { wallRows } from './support/wall-fixture.ts';

/** Every state of the board, on a real server that is told false results. */
describe('the states of the wall', () => {
  let pipeline: Pipeline;
  let results: ResultFeed;
  let gate: TcpGate;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const full = wallRows('full', Date.now());
  const critical = Object.entries(full.alerts).find(
    ([, row]) => row.severity === 'critical' && row.state === 'open',
  );

  beforeAll(async () => {
    const stack = inject('stack');
    pipeline = await Pipeline.start(stack, ['server']);
    results = await ResultFeed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    gate = await TcpGate.before(pipeline.url);
    const added = await pipeline.command('ingest/keys/cli.ts', [
      'add',
      '--kind',
      'display',
      '--name',
      'hall',
    ]);
    const { secret } = JSON.parse(added) as { secret: string };
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    page = await context.newPage();
    await page.goto(`${gate.url}/wall/main?lang=en#display=${secret}`);
    await connectionIs(page, 'live');
  });
  afterAll(async () => {
    await browser.close();
    await gate.close();
    await results.close();
    await pipeline.stop();
  });

  async function connectionIs(on: Page, state: string): Promise<void> {
    await eventually(`the connection to be ${state}`, async () =>
      (await on.getByTestId('conn-state').first().getAttribute('data-state')) === state ? true : undefined,
    );
  }
  const tile = (id: string) => page.getByTestId(`kpi-${id}`).first();
  const stateOf = (id: string) => tile(id).getAttribute('data-state');
  const says = (on: Page, what: string): Promise<true> =>
    eventually(`the board to say ${what}`, async () =>
      (await on.locator('body').innerText()).includes(what) ? true : undefined,
    );

  it('a part that is not there is told, for no figure moves without it: here no sink runs', async () => {
    await says(page, 'Not updating: no answer of storage');
    expect(await page.getByTestId('conn-state').first().getAttribute('data-state')).toBe('live');
    await screenshot(page, 'wall-part-stalled');
  });

  it('before anything came it says that nothing was received, not that all is well', async () => {
    await says(page, 'No data received');
    expect(await page.locator('body').innerText()).not.toContain('No alerts in 24 h');
    await screenshot(page, 'state-nothing-received');
  });

  it('while it connects it has the shape that it will have', async () => {
    // Paired likewise, but without the snapshot that the other page has kept by now: it would be shown instead.
    const fresh = await browser.newContext({
      storageState: await context.storageState(),
      viewport: { width: 1920, height: 1080 },
    });
    const waiting = await fresh.newPage();
    await waiting.addInitScript('window.WebSocket = class { close() {} };');
    await waiting.goto(`${gate.url}/wall/main?lang=zh`);
    await waiting.getByRole('status', { name: '加载中' }).first().waitFor();
    expect(await waiting.getByTestId('conn-state').first().getAttribute('data-state')).toBe('connecting');
    await screenshot(waiting, 'state-loading');
    expect(await accessibilityViolations(waiting)).toEqual([]);
    await fresh.close();
  });

  it('with feeds and without cases it says that there are none', async () => {
    await results.put({ freshness: wallRows('empty', Date.now()).freshness });
    await says(page, 'No alerts in 24 h');
    await screenshot(page, 'state-empty');
  });

  it('tells late from stale, each by its own tile, and marks what late data restated', async () => {
    await results.put(wallRows('full', Date.now()));
    await eventually('all tiles to be filled', async () =>
      (await stateOf('orders_today_value')) === 'live' ? true : undefined,
    );
    expect(await stateOf('days_of_supply')).toBe('late');
    expect(await stateOf('stockout_dealers')).toBe('stale');
    expect(await page.getByTestId('restated').count()).toBeGreaterThan(0);
    await screenshot(page, 'state-late-stale-restated');
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('a figure without a value says why', async () => {
    const { fill_rate } = wallRows('no_value', Date.now()).kpis;
    if (fill_rate === undefined) throw new Error('the fixture has no fill rate');
    await results.put({ kpis: { fill_rate } });
    await says(page, 'no stock snapshot in 26 h');
    await screenshot(page, 'state-no-value');
  });

  it('a tile that cannot be shown fails alone, with a trace, and comes back', async () => {
    const { fill_rate } = wallRows('full', Date.now()).kpis;
    if (fill_rate === undefined) throw new Error('the fixture has no fill rate');
    await results.put({ kpis: { fill_rate: { ...fill_rate, unit: 'no currency' } } });
    const failed = page.getByTestId('kpi-failed');
    await failed.waitFor();
    expect(await failed.innerText()).toMatch(/Trace fill_rate-/);
    expect(await stateOf('orders_today_value')).toBe('live');
    await screenshot(page, 'state-panel-failed');
    await results.put({ kpis: { fill_rate } });
    await failed.getByRole('button').click();
    await eventually('the tile to be back', async () =>
      (await tile('fill_rate').getAttribute('data-value')) === String(fill_rate.value) ? true : undefined,
    );
  });

  it('while the server is away the data stays; reloaded without a server it shows the last snapshot with its age', async () => {
    const value = await tile('orders_today_value').getAttribute('data-value');
    await eventually('the page to be kept for a time without a server', async () =>
      (await page.evaluate<boolean>('navigator.serviceWorker.controller !== null')) ? true : undefined,
    );
    // A reload asks the service worker, which keeps the page.
    await page.reload();
    await connectionIs(page, 'live');
    // Until something has come in this visit, what is shown counts as history; a snapshot is kept a second after.
    const { fill_rate } = wallRows('full', Date.now()).kpis;
    if (fill_rate === undefined) throw new Error('the fixture has no fill rate');
    const of_this_visit = Number(fill_rate.value) / 2;
    await results.put({ kpis: { fill_rate: { ...fill_rate, value: of_this_visit } } });
    await eventually('a figure of this visit', async () =>
      (await tile('fill_rate').getAttribute('data-value')) === String(of_this_visit) ? true : undefined,
    );
    await page.waitForTimeout(2_500);
    gate.shut();
    await connectionIs(page, 'reconnecting');
    expect(await tile('orders_today_value').getAttribute('data-value')).toBe(value);
    await screenshot(page, 'state-reconnecting');
    await page.reload();
    await connectionIs(page, 'gone');
    await eventually('the snapshot to be shown', async () =>
      (await tile('orders_today_value').getAttribute('data-value')) === value ? true : undefined,
    );
    await screenshot(page, 'state-server-gone');
    gate.open();
    await connectionIs(page, 'live');
  });

  it('a new build is told, and taken in a quiet moment', async () => {
    const wall = await context.newPage();
    let connections = 0;
    let cut = (): void => undefined;
    await wall.routeWebSocket(/\/v1\/live/, (socket) => {
      const server = socket.connectToServer();
      connections += 1;
      const is_new = connections > 1;
      cut = () => void socket.close({ code: 1001 });
      server.onMessage((message) => {
        socket.send(is_new ? String(message).replace(/"build":"[^"]*"/, '"build":"the-next"') : message);
      });
    });
    await wall.goto(`${gate.url}/wall/main?lang=en`);
    await connectionIs(wall, 'live');
    cut();
    await says(wall, 'A new version');
    await screenshot(wall, 'state-new-build');
    await wall.waitForEvent('load', { timeout: 60_000 });
    await wall.close();
  });

  it('flips its pages by itself in a kiosk, stays while a critical case is open, and goes on when somebody has taken it', async () => {
    if (critical === undefined) throw new Error('the fixture has no critical case');
    const [alert_id, row] = critical;
    const open_ones = Object.entries(full.alerts).filter(
      ([, one]) => one.severity === 'critical' && one.state === 'open',
    );
    await results.remove(
      'alerts',
      open_ones.map(([key]) => key),
    );
    const kiosk = await context.newPage();
    await kiosk.goto(`${gate.url}/wall/main?kiosk=1&lang=zh&theme=light&rotate=5`);
    await connectionIs(kiosk, 'live');
    expect(await kiosk.locator('header .tools').count()).toBe(0);
    await kiosk.waitForURL(/\/wall\/operations/, { timeout: 15_000 });
    await results.put({ alerts: { [alert_id]: row } });
    await kiosk.waitForURL(/\/wall\/main/, { timeout: 15_000 });
    await kiosk.waitForTimeout(7_000);
    expect(new URL(kiosk.url()).pathname).toBe('/wall/main');
    await screenshot(kiosk, 'state-kiosk-pinned');
    await results.put({ alerts: { [alert_id]: { ...row, state: 'acknowledged' } } });
    await kiosk.waitForURL(/\/wall\/operations/, { timeout: 15_000 });
    expect(new URL(kiosk.url()).search).toBe('?kiosk=1&lang=zh&theme=light&rotate=5');
    await kiosk.close();
  });

  it('obeys its keys', async () => {
    await page.bringToFront();
    await page.keyboard.press('?');
    expect(await page.locator('dialog[open]').count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    const [lang, theme] = [await attribute('lang'), await attribute('data-theme')];
    await page.keyboard.press('l');
    await eventually('the other language', async () =>
      (await attribute('lang')) === lang ? undefined : true,
    );
    await page.keyboard.press('t');
    await eventually('the other theme', async () =>
      (await attribute('data-theme')) === theme ? undefined : true,
    );
    await page.keyboard.press('m');
    await page.getByTestId('map-table').waitFor();
    await page.keyboard.press('m');
    await page.keyboard.press('/');
    await page.locator('dialog[open] input').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowRight');
    // By the address alone: after the reload of an earlier test the page may count as loading.
    await eventually('the next page', () => addressHas('/wall/operations'));
    await page.keyboard.press('ArrowLeft');
    await eventually('the page before', () => addressHas('/wall/main'));
  });

  it('hears a key in the moment in which the search closes', async () => {
    await page.keyboard.press('/');
    await page.locator('dialog[open] input').waitFor();
    await page.evaluate(`document.querySelector('dialog[open]').close();
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))`);
    await eventually('the next page', () => addressHas('/wall/operations'));
    await page.keyboard.press('ArrowLeft');
    await eventually('the page before', () => addressHas('/wall/main'));
  });
  const attribute = (name: string) => page.locator('html').getAttribute(name);
  const addressHas = (path: string) => Promise.resolve(page.url().includes(path) ? true : undefined);

  it('stands still for whoever asked for less motion', async () => {
    const still = await context.newPage();
    await still.emulateMedia({ reducedMotion: 'reduce' });
    await still.goto(`${gate.url}/wall/main`);
    await connectionIs(still, 'live');
    await still.locator('[data-testid=map] svg path.region').first().waitFor();
    const moving = await still.evaluate<string[]>(
      `document.getAnimations().filter(({ playState, effect }) => playState === 'running' && effect.getTiming().iterations === Infinity)
        .map(({ animationName }) => animationName)`,
    );
    expect(moving).toEqual([]);
    await still.close();
  });
});
