import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { channelOf } from '../integration/processors-channel.ts';
import { accessibilityViolations, launchBrowser, screenshot } from './browser.ts';

interface Case {
  readonly alert_id: string;
  readonly state: string;
  readonly kinds: readonly string[];
  readonly origin_dealer_id: string;
}

describe('the cases in a browser', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let alert_id: string;

  const casesAtServer = async (): Promise<readonly Case[]> => {
    const response = await pipeline.fetch('/v1/alerts');
    return ((await response.json()) as { items: Case[] }).items;
  };
  const shownState = () => page.getByTestId('case').getAttribute('data-state');
  const stateIs = (state: string) =>
    eventually(`the case to be shown as ${state}`, async () =>
      (await shownState()) === state ? true : undefined,
    );

  beforeAll(async () => {
    pipeline = await Pipeline.start(inject('stack'));
    const { references, scans } = channelOf('alerts-e2e', new Date());
    for (const { type, event } of references) await pipeline.post(type, [event]);
    await pipeline.post('scan', scans);
    alert_id = await eventually('a case to be raised', async () => (await casesAtServer())[0]?.alert_id);
    browser = await launchBrowser();
    context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    page = await context.newPage();
    const added = await pipeline.command('ingest/keys/cli.ts', [
      'add',
      '--kind',
      'display',
      '--name',
      'desk',
    ]);
    const { secret } = JSON.parse(added) as { secret: string };
    await page.goto(`${pipeline.url}/alerts?lang=en#display=${secret}`);
  });
  afterAll(async () => {
    await browser.close();
    await pipeline.stop();
  });

  it('lists what the server lists, and the filters are in the address', async () => {
    const rows = page.getByTestId('case-row');
    await rows.first().waitFor();
    const listed = await Promise.all((await rows.all()).map((row) => row.getAttribute('data-id')));
    expect(listed).toEqual((await casesAtServer()).map((one) => one.alert_id));
    await page.locator('select[name=state]').selectOption('dismissed');
    await page.getByText('No case fits these filters').waitFor();
    expect(new URL(page.url()).searchParams.get('state')).toBe('dismissed');
    await page.reload();
    await page.getByText('No case fits these filters').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rows.first().waitFor();
    expect(new URL(page.url()).searchParams.has('state')).toBe(false);
  });

  it('finds by name, product and lot what is written, keeps it in the address, and says how many there are', async () => {
    const rows = page.getByTestId('case-row');
    const find = page.locator('input[name=find]');
    await page.locator('h1').click();
    await page.keyboard.press('/');
    await page.keyboard.type('杭州 lot-7');
    await page.getByText('1 case fits').waitFor();
    expect(await rows.count()).toBe(1);
    expect(await rows.first().innerText()).toContain('杭州一号');
    expect(new URL(page.url()).searchParams.get('find')).toBe('杭州 lot-7');
    await page.reload();
    await page.getByText('1 case fits').waitFor();
    expect(await find.inputValue()).toBe('杭州 lot-7');
    await find.fill('no such dealer');
    await page.getByText('No case fits these filters').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await rows.first().waitFor();
    await page.getByRole('columnheader', { name: 'Value' }).getByRole('button').click();
    expect(new URL(page.url()).searchParams.get('sort')).toBe('value');
    expect(await page.locator('th[aria-sort=descending]').innerText()).toContain('Value');
    await page.locator('select[name=sort]').selectOption('newest');
    expect(new URL(page.url()).searchParams.has('sort')).toBe(false);
  });

  it('leads a reader by the keyboard to the case, where only an admin is offered its moves', async () => {
    // The list of the last sort may still be on its way: a row that it brings has no focus.
    await page.locator('[aria-busy=false] tbody').waitFor();
    await page.locator('tbody a').first().press('Enter');
    await stateIs('open');
    expect(new URL(page.url()).pathname).toBe(`/alerts/${encodeURIComponent(alert_id)}`);
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    expect(await page.locator('[data-move]').count()).toBe(0);
    await page.locator('input[name=token]').fill(pipeline.admin_token);
    await page.keyboard.press('Enter');
    await page.locator('[data-move=acknowledged]').waitFor();
  });

  it('moves the case, and the server says the same', async () => {
    await page.locator('[data-move=acknowledged]').click();
    await stateIs('acknowledged');
    expect((await casesAtServer()).find((one) => one.alert_id === alert_id)?.state).toBe('acknowledged');
  });

  it('says in words what each of its signals means, and leads to its dealer', async () => {
    const at_server = (await casesAtServer()).find((one) => one.alert_id === alert_id);
    const why = page.getByRole('region', { name: 'Why this is a case' });
    expect(await why.locator('dt').count()).toBe(at_server?.kinds.length);
    expect((await why.locator('dd').first().innerText()).length).toBeGreaterThan(20);
    expect(await page.locator(`dd a[href^="/dealers/${at_server?.origin_dealer_id ?? ''}"]`).count()).toBe(1);
  });

  it('shows the way of the goods, and marks the scans that speak of a diversion', async () => {
    const scans = page.getByTestId('case-scan');
    await scans.first().waitFor();
    const told = page.locator('[data-testid=case-scan].told');
    expect(await told.count()).toBeGreaterThan(0);
    expect(await told.first().innerText()).toContain('Received');
    expect(await scans.count()).toBeGreaterThan(await told.count());
  });

  it('gives the case to somebody, and to nobody', async () => {
    await page.locator('input[name=assignee]').fill('li.wei');
    // The board may have told of the move before its answer had come: until then nothing else is sent.
    await page.locator('form[aria-labelledby=assignment] button[type=submit]:enabled').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Assigned to li.wei').waitFor();
    await page.getByRole('button', { name: 'Nobody' }).click();
    await page.getByText('Nobody works on it now').waitFor();
  });

  it('shows what became of the case while an older answer was under way', async () => {
    const of_case = `/v1/alerts/${encodeURIComponent(alert_id)}`;
    const watching = await context.newPage();
    await watching.goto(page.url());
    await watching.getByTestId('case').waitFor();
    await page.route(
      `**${of_case}`,
      async (route) => {
        const older = await route.fetch();
        const assigned = await pipeline.fetch(`${of_case}/assignment`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ assignee: 'wang.fang' }),
        });
        expect(assigned.status).toBe(202);
        // Both pages are told at once: this one has the live row when the older answer comes.
        await watching.getByText('wang.fang').waitFor();
        await route.fulfill({ response: older });
      },
      { times: 1 },
    );
    await page.reload();
    await page.getByText('wang.fang').waitFor();
    await watching.close();
  });

  it('gives its evidence as a file that the offline command finds whole, and no longer when a byte has changed', async () => {
    const downloaded = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download the evidence' }).click();
    const download = await downloaded;
    expect(download.suggestedFilename()).toBe(`${alert_id}-evidence.zip`);
    const file = await download.path();
    const verify = (): Promise<string> =>
      pipeline.command('dashboard/server/evidence/cli.ts', ['verify', file]);
    const whole = await verify();
    expect(whole).toMatch(/^whole: 15 files, digest [0-9a-f]{64}$/m);
    // Who took it is written down, by the same digest.
    await page.getByTestId('pack').first().waitFor();
    const digest = /digest ([0-9a-f]{64})/.exec(whole)?.[1] ?? 'none';
    expect(await page.getByTestId('pack').first().textContent()).toContain(digest);
    const bytes = await readFile(file);
    const at = bytes.indexOf(alert_id, bytes.indexOf('"case"'));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(file, bytes);
    await expect(verify()).rejects.toThrow('case.json has changed');
  });

  it('refuses to dismiss without a reason', async () => {
    await page.locator('[data-move=dismissed]').click();
    await page.getByText('A dismissal needs a reason').waitFor();
    expect(await shownState()).toBe('acknowledged');
  });

  it('tells a conflict and shows what another made of the case meanwhile', async () => {
    // The move of the other comes between this page's last reading and its own move.
    const moves = `**/v1/alerts/*/transitions`;
    await page.route(
      moves,
      async (route) => {
        const other = await pipeline.fetch(`/v1/alerts/${encodeURIComponent(alert_id)}/transitions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ to_state: 'investigating' }),
        });
        expect(other.status).toBe(202);
        await route.continue();
      },
      { times: 1 },
    );
    await page.locator('[data-move=confirmed]').click();
    await page.getByText('Someone else changed this case').waitFor();
    await stateIs('investigating');
  });

  it('merges a second case into the first, which then covers its goods, and splits it off again', async () => {
    const of_case = { source: 'second', code: 'CASE-SECOND', level: 'case', sku_id: 'S2', lot: 'LOT-9' };
    const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
    const place = { lon: 113.27, lat: 23.13, accuracy_m: 10, dealer_id: 'D2' };
    const shipping = { event_time: ago(40), biz_step: 'shipping', dealer_id: 'HQ', to_dealer_id: 'D3' };
    await pipeline.post('scan', [
      { ...of_case, ...shipping, event_id: 'second-1' },
      { ...of_case, ...place, event_id: 'second-2', event_time: ago(10), biz_step: 'receiving' },
    ]);
    const second = await eventually('a second case to be raised', async () =>
      (await casesAtServer()).map((one) => one.alert_id).find((id) => id !== alert_id),
    );
    await page.goto(`${pipeline.url}/alerts?lang=en`);
    await page.locator(`[data-id="${second}"]`).waitFor();
    for (const id of [alert_id, second]) await page.locator(`[data-id="${id}"] input[type=checkbox]`).check();
    await page.getByTestId('merge').locator('select[name=lead]').selectOption(alert_id);
    await page.getByRole('button', { name: 'Merge 2 cases' }).click();
    await page.getByText('2 cases are one now').waitFor();
    await page.locator(`[data-id="${second}"]`).waitFor({ state: 'detached' });
    expect((await casesAtServer()).map((one) => one.alert_id)).toEqual([alert_id]);

    await page.goto(`${pipeline.url}/alerts/${encodeURIComponent(second)}?lang=en`);
    await page.getByRole('link', { name: 'Open the lead case' }).click();
    const member = page.getByTestId('member');
    await member.waitFor();
    expect(await member.getAttribute('data-id')).toBe(second);
    expect(await accessibilityViolations(page)).toEqual([]);
    await eventually('the lead to cover the goods of both', async () =>
      (await page.locator('code', { hasText: 'CASE-SECOND' }).count()) > 0 ? true : undefined,
    );
    await member.getByRole('button').click();
    await page.getByText('it is a case of its own again').waitFor();
    await eventually('both cases to be listed', async () =>
      (await casesAtServer()).length === 2 ? true : undefined,
    );
  });

  it('is led to from the wall, but not from a kiosk', async () => {
    await page.goto(`${pipeline.url}/wall/main?kiosk=1&lang=en`);
    const onWall = page.getByTestId(`alert-${alert_id}`);
    await onWall.waitFor();
    expect(await onWall.getByRole('link').count()).toBe(0);
    await page.goto(`${pipeline.url}/wall/main?lang=en`);
    await onWall.getByRole('link').click();
    await stateIs('investigating');
  });

  it('says what is missing instead of an empty page', async () => {
    await page.goto(`${pipeline.url}/alerts/no-such-case?lang=en`);
    await page.getByRole('heading', { name: 'There is no such case' }).waitFor();
  });

  it.each([
    { lang: 'zh', theme: 'dark', width: 1920, height: 1080 },
    { lang: 'en', theme: 'light', width: 1920, height: 1080 },
    { lang: 'zh', theme: 'light', width: 390, height: 844 },
    { lang: 'en', theme: 'dark', width: 390, height: 844 },
  ])('has nothing that axe objects to: $lang $theme at $width', async ({ lang, theme, width, height }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`${pipeline.url}/alerts?lang=${lang}&theme=${theme}`);
    await page.getByTestId('case-row').first().waitFor();
    await page.locator('[data-testid=work-connection][data-state=live]').waitFor();
    // On a phone the filters open, and the first case is in sight without them.
    const filters = page.locator('[aria-controls=case-filters]');
    expect(await filters.isVisible()).toBe(width < 900);
    expect(await page.locator('select[name=state]').isVisible()).toBe(width > 900);
    if (width < 900) {
      await filters.click();
      await page.locator('select[name=state]').waitFor();
      await filters.click();
    }
    await screenshot(page, `alerts-${lang}-${theme}-${width}`);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.locator('tbody a').first().click();
    await page.getByTestId('case-map').locator('svg').first().waitFor();
    await screenshot(page, `case-${lang}-${theme}-${width}`);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
