import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright';

/** Debian's Chromium, or the one that CHROMIUM_PATH names. */
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const SCREENSHOTS = join(import.meta.dirname, '__screenshots__');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * A browser that talks to nobody but the pages under test.
 * @param more switches besides
 */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}

/** Keeps a picture of the page for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** What axe finds on the page at WCAG 2 A and AA: rule and the first element of each violation. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  // The elements that are as they should be are neither listed nor brought here: on a long page that takes as long as looking for faults.
  const violations = await page.evaluate<AxeResults['violations']>(
    `axe
      .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })
      .then(({ violations }) => violations)`,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

/** How far the page reaches beyond its window sideways, pixels: nobody should have to scroll there. */
export function sidewaysPx(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/**
 * Which of the elements cover another of them, as the texts of both. An element that clips what does not fit covers nothing by it;
 * one that does not is as large as its text.
 */
export function overlaps(page: Page, selector: string): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const boxes = [...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const clips = getComputedStyle(element).overflowX !== 'visible' || element instanceof SVGElement;
      const name = element.dataset.adcode ?? element.textContent.trim();
      return { name, left, top, right: clips ? right : Math.max(right, left + element.scrollWidth), bottom };
    });
    // Half a pixel is a rounding.
    const covers = (a, b) =>
      a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
    return boxes.flatMap((a, at) =>
      boxes.slice(at + 1).flatMap((b) => (covers(a, b) ? [a.name + ' | ' + b.name] : [])),
    );
  })()`);
}
