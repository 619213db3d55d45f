import type { Browser, Page } from 'playwright';
import type { Pipeline } from '../../../stack/lab/pipeline.ts';

/** A page of the server in a browser that was paired as a display: it may read what a viewer may. */
export async function pairedPage(browser: Browser, pipeline: Pipeline, path: string): Promise<Page> {
  const added = await pipeline.command('ingest/keys/cli.ts', ['add', '--kind', 'display', '--name', 'desk']);
  const { secret } = JSON.parse(added) as { secret: string };
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  await page.goto(`${pipeline.url}${path}#display=${secret}`);
  return page;
}

/** Looks at a page as each of these: both languages, both themes, a screen and a phone. */
export const LOOKS = [
  { lang: 'zh', theme: 'dark', width: 1920, height: 1080 },
  { lang: 'en', theme: 'light', width: 1920, height: 1080 },
  { lang: 'zh', theme: 'light', width: 390, height: 844 },
  { lang: 'en', theme: 'dark', width: 390, height: 844 },
] as const;
