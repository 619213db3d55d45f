import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Browser, Page } from 'playwright';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { postForecastChannel } from '../integration/forecast-channel.ts';
import { accessibilityViolations, launchBrowser, screenshot, sidewaysPx } from './browser.ts';
import { LOOKS, pairedPage } from './support/paired-page.ts';
import { postMoney } from './support/posted-money.ts';

type Row = Readonly<Record<string, unknown>>;

/** Lists whose rows open. */
const OPENING: ReadonlySet<string> = new Set(['replenishment', 'transfers', 'rebates']);

/** The pages of a planner and of a controller, on a channel that has something for each. */
describe('the desk in a browser', () => {
  let pipeline: Pipeline;
  let browser: Browser;
  let page: Page;

  const itemsOf = async (path: string): Promise<readonly Row[]> =>
    ((await (await pipeline.fetch(path)).json()) as { items: Row[] }).items;
  const rows = (kind: string) => page.getByTestId(kind);
  const signIn = async (): Promise<void> => {
    await page.locator('input[name=token]').first().fill(pipeline.admin_token);
    await page.keyboard.press('Enter');
  };

  beforeAll(async () => {
    browser = await launchBrowser();
    pipeline = await Pipeline.start(inject('stack'));
    await postForecastChannel(pipeline);
    await pipeline.command('processors/forecast/warehouse/cli.ts', ['--seed', '7']);
    await postMoney(pipeline);
    page = await pairedPage(browser, pipeline, '/replenishment?lang=en');
  });
  afterAll(async () => {
    await browser.close();
    await pipeline.stop();
  });

  describe('replenishment', () => {
    it('lists what the server suggests, each with sums that are right', async () => {
      await rows('suggestion').first().waitFor();
      const suggested = await itemsOf('/v1/replenishment?state=open');
      const ids = await Promise.all(
        (await rows('suggestion').all()).map((row) => row.getAttribute('data-id')),
      );
      expect(ids).toEqual(suggested.map(({ suggestion_id }) => suggestion_id));
      await page
        .getByRole('button', { name: /^Open / })
        .first()
        .click();
      const why = await page.getByRole('region', { name: 'Why' }).innerText();
      const sums = [...why.matchAll(/(?:Target|Position|Order) ([\d.,]+) = (.+?)(?: \(.*)?$/gm)];
      expect(sums).toHaveLength(3);
      for (const [, whole = '', parts = ''] of sums) {
        const terms = [...parts.matchAll(/([+−]?) ?[a-z ]+([\d.,]+)/g)].map(
          ([, sign, term = '']) => numberIn(term) * (sign === '−' ? -1 : 1),
        );
        // Each is rounded to a tenth.
        expect(Math.abs(numberIn(whole) - terms.reduce((sum, term) => sum + term, 0))).toBeLessThan(0.3);
      }
    });

    it('is decided by an admin only, with a reason, and the server keeps it', async () => {
      expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
      await signIn();
      await page.getByRole('button', { name: 'Reject' }).click();
      await page.getByText('To change or reject needs a reason').waitFor();
      await page.locator('input[name=qty]').fill('12');
      await page.locator('input[name=reason]').fill('shelf is full');
      await page.getByRole('button', { name: 'Change to this' }).click();
      await page.getByRole('status').filter({ hasText: 'Edited: 12, admin' }).waitFor();
      expect(await rows('suggestion').first().getAttribute('data-state')).toBe('edited');
      const [edited] = await itemsOf('/v1/replenishment?state=edited');
      expect(edited).toMatchObject({
        decided_qty: 12,
        decision_reason: 'shelf is full',
        decided_by: 'admin',
      });
    });

    it('are accepted together when they are picked, but for those that are decided', async () => {
      const open = page.locator('[data-testid=suggestion][data-state=open]');
      const count = await open.count();
      expect(count).toBeGreaterThan(0);
      await page.getByRole('checkbox', { name: 'Pick all open suggestions that are listed' }).check();
      await page.getByTestId('accept-picked').locator('button[type=submit]').click();
      await page
        .getByRole('status')
        .filter({ hasText: /accepted$/ })
        .waitFor();
      expect(await open.count()).toBe(0);
      expect(await itemsOf('/v1/replenishment?state=accepted')).toHaveLength(count);
      expect(await itemsOf('/v1/replenishment?state=edited')).toHaveLength(1);
    });

    it('keeps what is asked for in the address, also for the files', async () => {
      await page.locator('select[name=state]').selectOption('edited');
      await eventually('one row', async () => ((await rows('suggestion').count()) === 1 ? true : undefined));
      expect(new URL(page.url()).searchParams.get('state')).toBe('edited');
      const downloaded = page.waitForEvent('download');
      await page.getByRole('link', { name: 'XLSX' }).click();
      expect((await downloaded).suggestedFilename()).toBe('replenishment.xlsx');
      await page.getByRole('button', { name: 'Transfers' }).click();
      await page.getByText('No suggestion fits these filters').waitFor();
      await page.locator('select[name=state]').selectOption('open');
      await rows('suggestion').first().waitFor();
      expect(await rows('suggestion').count()).toBe((await itemsOf('/v1/transfers?state=open')).length);
    });

    it('is narrowed to a dealer by its name, which stays in sight beside the id in the address', async () => {
      await page.goto(`${pipeline.url}/replenishment?lang=en&state=any`);
      const [first] = await itemsOf('/v1/replenishment');
      const { dealer_id, dealer_name } = first as { dealer_id: string; dealer_name: string };
      const dealer = page.locator('input[name=dealer]');
      await dealer.fill(dealer_name);
      await dealer.press('Enter');
      await eventually('the address to have the id', () =>
        Promise.resolve(new URL(page.url()).searchParams.get('dealer') === dealer_id ? true : undefined),
      );
      await page.locator('label', { has: dealer }).getByText(dealer_name).waitFor();
      expect(await dealer.inputValue()).toBe(dealer_id);
      const of_dealer = await itemsOf(`/v1/replenishment?dealer_id=${encodeURIComponent(dealer_id)}`);
      await eventually('its suggestions alone to be listed', async () =>
        (await rows('suggestion').count()) === of_dealer.length ? true : undefined,
      );
      await dealer.fill('');
      await dealer.press('Enter');
      await eventually('the address to have none', () =>
        Promise.resolve(new URL(page.url()).searchParams.has('dealer') ? undefined : true),
      );
    });
  });

  describe('reconciliation', () => {
    it('shows every difference to the last digit of the server’s', async () => {
      await page.goto(`${pipeline.url}/reconciliation?lang=en&pair=invoice_payment`);
      await rows('difference').first().waitFor();
      const found = await itemsOf('/v1/reconciliation?pair=invoice_payment');
      const shown = await rows('difference').locator('[data-label=Difference]').allInnerTexts();
      expect(shown.map(exactIn)).toEqual(found.map(({ difference }) => plain(String(difference))));
      // To the smallest unit of the currency, beyond what a double holds.
      expect(shown.map(exactIn)).toContain('-123456789012.35');
    });

    it('on a phone keeps together what a cell says', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      // Its words would be spread over the line, as the label and the value are.
      const spread = await page.evaluate<string[]>(
        `[...document.querySelectorAll('.table > tbody > tr:not(.opened) > td')]
          .filter((cell) => cell.children.length > 1)
          .map((cell) => cell.textContent)`,
      );
      expect(spread).toEqual([]);
      expect(await sidewaysPx(page)).toBeLessThanOrEqual(0);
      await page.setViewportSize({ width: 1920, height: 1080 });
    });

    it('leads from a difference to its dealer’s statements, whose sums are exact', async () => {
      await rows('difference').getByRole('link').first().click();
      await rows('statement').first().waitFor();
      expect(new URL(page.url()).searchParams.get('dealer')).toBe('D1');
      for (const row of await rows('statement').all()) {
        const cells = (await row.locator('td').allInnerTexts()).map((text) => micros(exactIn(text)));
        const [opening = 0n, invoiced = 0n, paid = 0n, credited = 0n, rebated = 0n, closing] = cells;
        expect(closing).toBe(opening + invoiced - paid - credited - rebated);
      }
    });

    it('derives a rebate: its steps sum to it, and so do its parts', async () => {
      await page.getByRole('button', { name: 'Rebates' }).click();
      await rows('rebate').first().waitFor();
      await page
        .getByRole('button', { name: /^How it is made up/ })
        .first()
        .click();
      const derivation = page.getByTestId('derivation').first();
      const earned = micros(exactIn(await rows('rebate').first().locator('[data-label=Earned]').innerText()));
      expect(earned).toBeGreaterThan(0n);
      for (const table of await derivation.locator('table').all()) {
        const amounts = await table.locator('tbody tr:not(.sum) td:last-child').allInnerTexts();
        expect(amounts.map((text) => micros(exactIn(text))).reduce((sum, one) => sum + one, 0n)).toBe(earned);
      }
    });

    it('is not for a display', async () => {
      const other = await pairedPage(browser, pipeline, '/reconciliation?lang=en');
      await other.getByText('Money is for analysts and admins.').waitFor();
      expect(await other.getByTestId('difference').count()).toBe(0);
      await other.context().close();
    });
  });

  describe('dealers', () => {
    it('are listed by their score, and found by a part of their name', async () => {
      await page.goto(`${pipeline.url}/dealers?lang=en`);
      await rows('dealer-row').first().waitFor();
      const listed = await itemsOf('/v1/dealers');
      const ids = await Promise.all(
        (await rows('dealer-row').all()).map((row) => row.getAttribute('data-id')),
      );
      expect(ids).toEqual(listed.map(({ dealer_id }) => dealer_id));
      const scores = listed.map(({ score }) => Number(score));
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      const [first, second] = await Promise.all(
        ['/v1/dealers?limit=1', '/v1/dealers'].map(async (path) => (await pipeline.fetch(path)).json()),
      );
      const { next_cursor } = first as { next_cursor: string };
      expect([
        (first as { items: Row[] }).items[0],
        ...(await itemsOf(`/v1/dealers?cursor=${next_cursor}`)),
      ]).toEqual((second as { items: Row[] }).items);
      await page.locator('input[name=find]').fill('商 1');
      await page.keyboard.press('Enter');
      await eventually('one dealer', async () =>
        (await rows('dealer-row').count()) === 1 ? true : undefined,
      );
    });

    it('have a score that is what its parts weigh, and lead to what concerns them', async () => {
      await rows('dealer-row').getByRole('link').click();
      await page.getByTestId('score').waitFor();
      expect(await page.getByTestId('dealer').getAttribute('data-id')).toBe('=D2');
      const parts = await Promise.all(
        (await rows('part').all()).map(async (row) =>
          (await row.locator('td').allInnerTexts()).map(percentIn),
        ),
      );
      const known = parts.flatMap(([, percentile, weight]) =>
        percentile === undefined || weight === undefined ? [] : [{ percentile, weight }],
      );
      expect(known.length).toBeGreaterThan(1);
      const weight = known.reduce((sum, one) => sum + one.weight, 0);
      const score = known.reduce((sum, one) => sum + one.percentile * one.weight, 0) / weight;
      expect(Number(await page.getByTestId('score').innerText())).toBeCloseTo(score, 0);
      expect(await rows('supply').count()).toBe(2);
      await page.getByRole('link', { name: 'Suggested orders' }).click();
      await page.locator('input[name=dealer]').waitFor();
      expect(new URL(page.url()).search).toBe('?lang=en&dealer=%3DD2');
    });

    it('that are none have no page', async () => {
      await page.goto(`${pipeline.url}/dealers/nobody?lang=en`);
      await page.getByRole('heading', { name: 'There is no such dealer now' }).waitFor();
    });
  });

  it('is written in the size that the browser gives to text, in a small window too', async () => {
    await page.setViewportSize({ width: 1366, height: 768 });
    for (const path of ['/replenishment?state=any', '/forecast?', '/dealers?']) {
      await page.goto(`${pipeline.url}${path}&lang=en`);
      await page.locator('table').first().waitFor();
      const size = await page.evaluate<string>('getComputedStyle(document.documentElement).fontSize');
      expect(size).toBe('16px');
      expect(await sidewaysPx(page), `${path} overflows sideways`).toBe(0);
    }
  });

  it.each(LOOKS)('has nothing that axe objects to: $lang $theme at $width', async (look) => {
    await page.setViewportSize(look);
    const query = `lang=${look.lang}&theme=${look.theme}`;
    const pages = [
      ['replenishment', `/replenishment?state=any&${query}`, 'suggestion'],
      ['transfers', `/replenishment?view=transfers&state=any&${query}`, 'suggestion'],
      ['differences', `/reconciliation?dealer=D1&${query}`, 'difference'],
      ['rebates', `/reconciliation?view=rebates&${query}`, 'rebate'],
      ['dealers', `/dealers?${query}`, 'dealer-row'],
      ['dealer', `/dealers/D1?${query}`, 'dealer'],
    ] as const;
    for (const [name, path, kind] of pages) {
      await page.goto(pipeline.url + path);
      await rows(kind).first().waitFor();
      await page.locator('[data-testid=work-connection][data-state=live]').waitFor();
      if (OPENING.has(name)) await rows(kind).first().getByRole('button').first().click();
      await screenshot(page, `${name}-${look.lang}-${look.theme}-${look.width}`);
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await sidewaysPx(page), `${name} overflows sideways`).toBe(0);
    }
  });
});

/** "42.5%" → 42.5; undefined for what is none. */
const percentIn = (text: string): number | undefined => {
  const [, digits] = /([\d.]+)%/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
};
const numberIn = (text: string): number => Number(text.replaceAll(',', ''));
/** The sum in a cell, without its currency and grouping. */
const exactIn = (text: string): string => plain(text.replace(/[^\d.-]*(-?)[^\d.-]*([\d.,]+)[\s\S]*/, '$1$2'));
/** Without grouping and trailing zeros. */
const plain = (text: string): string =>
  text
    .replaceAll(',', '')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
const micros = (text: string): bigint => {
  const [whole = '0', places = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole) * 1_000_000n + BigInt(places.padEnd(6, '0'));
  return text.startsWith('-') ? -value : value;
};
