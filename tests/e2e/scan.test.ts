import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { TcpGate } from '../tcp-gate.ts';
import { accessibilityViolations, launchBrowser, screenshot, sidewaysPx } from './browser.ts';
import { filmOfQrCode } from './support/camera-picture.ts';
import { LOOKS } from './support/paired-page.ts';

const IN_PICTURE = 'https://id.example.com/01/09520001000014/21/CAMERA1';

describe('the page that scans, on a phone', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let gate: TcpGate;
  let key: string;
  const film = filmOfQrCode(IN_PICTURE);

  beforeAll(async () => {
    pipeline = await Pipeline.start(inject('stack'));
    const added = await pipeline.command('ingest/keys/cli.ts', [
      ...['add', '--kind', 'ingest', '--name', 'phone', '--source', 'phone-7', '--dealer', 'D-7'],
    ]);
    key = (JSON.parse(added) as { secret: string }).secret;
    gate = await TcpGate.before(pipeline.url);
    browser = await launchBrowser([
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ]);
    context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await gate.close();
    await pipeline.stop();
    rmSync(dirname(film), { recursive: true });
  });

  const scans = () =>
    pipeline.sql.query<{ code: string; dealer_id: string; source: string; sku_id: string; n: number }>(
      `SELECT code, any(dealer_id) AS dealer_id, any(source) AS source, any(sku_id) AS sku_id, toUInt32(count()) AS n
       FROM raw_scans GROUP BY code ORDER BY code`,
    );
  const queue = (name: string) => page.getByTestId('queue').getAttribute(`data-${name}`);
  const type = async (code: string, sku?: string): Promise<void> => {
    await page.locator('input[name=code]').fill(code);
    if (sku !== undefined) await page.locator('input[name=sku]').fill(sku);
    await page.locator('button[type=submit].main').click();
  };
  const sentAll = () =>
    eventually('the queue to be empty', async () => ((await queue('waiting')) === '0' ? true : undefined));

  it('opens from its link without a session, and keeps no key in the address', async () => {
    await page.goto(`${gate.url}/scan?lang=en#key=${key}&source=phone-7&dealer=D-7`);
    await page.getByTestId('queue').waitFor();
    expect(page.url()).not.toContain(key);
    await page.reload();
    await page.getByTestId('queue').waitFor();
  });

  it('a typed code is in the ledger, under the dealer and the product', async () => {
    await type('CASE-1', 'S-1');
    await sentAll();
    await eventually('the scan to be stored', async () => ((await scans()).length === 1 ? true : undefined));
    expect(await scans()).toEqual([
      { code: 'CASE-1', dealer_id: 'D-7', source: 'phone-7', sku_id: 'S-1', n: 1 },
    ]);
  });

  it('a product’s barcode is told apart from an item’s code', async () => {
    await type('9520001000014');
    expect(await page.getByTestId('said').textContent()).toContain('which product, not which item');
    await page.locator('input[name=code]').fill('');
  });

  it('reads a QR code off the camera; asks for its product once, and remembers it', async () => {
    await page.locator('input[name=sku]').fill('');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await eventually('the product to be asked for', async () =>
      (await page.locator('input[name=code]').inputValue()) === IN_PICTURE ? true : undefined,
    );
    await type(IN_PICTURE, 'S-9');
    await sentAll();
    await screenshot(page, 'scan-camera-en-390');
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    await eventually('the scan to be stored', async () =>
      (await scans()).some(({ code, sku_id }) => code === IN_PICTURE && sku_id === 'S-9') ? true : undefined,
    );
    await page.locator('input[name=sku]').fill('');
    await type('https://id.example.com/01/09520001000014/21/NEXT');
    await sentAll();
    expect(await page.getByTestId('said').textContent()).toContain('Recorded');
    await eventually('its product to be known', async () =>
      (await scans()).some(({ code, sku_id }) => code.endsWith('/NEXT') && sku_id === 'S-9')
        ? true
        : undefined,
    );
  });

  it('goes on without a network, also over a reload, and sends all of it once when it is back', async () => {
    gate.shut();
    for (const code of ['OFF-1', 'OFF-2', 'OFF-3']) await type(code, 'S-1');
    await eventually('three to wait', async () => ((await queue('waiting')) === '3' ? true : undefined));
    await page.reload();
    await eventually('three to wait still', async () =>
      (await queue('waiting')) === '3' ? true : undefined,
    );
    gate.open();
    // As a phone does that finds its network again.
    await page.evaluate(`dispatchEvent(new Event('online'))`);
    await sentAll();
    await eventually('all to be stored', async () =>
      (await scans()).filter(({ code }) => code.startsWith('OFF-')).length === 3 ? true : undefined,
    );
    const events = await pipeline.sql.query<{ n: number; distinct: number }>(
      "SELECT toUInt32(count()) AS n, toUInt32(uniqExact(event_id)) AS distinct FROM core_scans WHERE code LIKE 'OFF-%'",
    );
    expect(events).toEqual([{ n: 3, distinct: 3 }]);
  });

  it('a key that may not write for the dealer loses nothing and says so', async () => {
    const dealer = page.locator('input[name=dealer]');
    await page.getByTestId('setup').locator('summary').click();
    await dealer.fill('D-8');
    await page.getByRole('button', { name: 'Save' }).click();
    await type('OTHER-1', 'S-1');
    await eventually('the refusal to be told', async () =>
      (await page.locator('.queue').textContent())?.match(/not valid|refused/) ? true : undefined,
    );
    await dealer.fill('D-7');
    await page.getByRole('button', { name: 'Save' }).click();
  });

  it.each(LOOKS)('has nothing that axe objects to: $lang $theme at $width', async (look) => {
    const { lang, theme, width, height } = look;
    await page.setViewportSize({ width, height });
    await page.goto(`${gate.url}/scan?lang=${lang}&theme=${theme}`);
    await page.getByTestId('queue').waitFor();
    await screenshot(page, `scan-${lang}-${theme}-${width}`);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await sidewaysPx(page)).toBe(0);
  });
});
