import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { eventOf } from '../faults/support/events.ts';
import { Feed } from '../faults/support/feed.ts';
import { accessibilityViolations, launchBrowser, screenshot } from './browser.ts';

/** A sound scan, and the same with a field that no column takes. */
const SOUND = JSON.stringify(eventOf('scan', 1));
const POISON = SOUND.replace(/}$/, ',"no_such_field":1}');

describe('dead letters on the wall', () => {
  let pipeline: Pipeline;
  let feed: Feed;
  let browser: Browser;
  let page: Page;
  let folder: string;

  beforeAll(async () => {
    const stack = inject('stack');
    pipeline = await Pipeline.start(stack);
    feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    folder = await mkdtemp(join(tmpdir(), 'dead-letters-'));
    const added = await pipeline.command('ingest/keys/cli.ts', ['add', '--kind', 'display', '--name', 'e2e']);
    const { secret } = JSON.parse(added) as { secret: string };
    browser = await launchBrowser();
    page = await (await browser.newContext({ viewport: { width: 1920, height: 1080 } })).newPage();
    await page.goto(`${pipeline.url}/wall/operations?lang=en#display=${secret}`);
  });
  afterAll(async () => {
    await browser.close();
    await feed.close();
    await rm(folder, { recursive: true });
    await pipeline.stop();
  });

  const line = () => page.getByTestId('dead-letters');
  const lineSays = (open: number, reason: string): Promise<true> =>
    eventually(`the line to say ${open} open, ${reason}`, async () => {
      if ((await line().count()) === 0) return undefined;
      const [shown, why] = [await line().getAttribute('data-open'), await line().getAttribute('data-reason')];
      return shown === String(open) && why === reason ? true : undefined;
    });
  const inLanguage = async (lang: 'en' | 'zh'): Promise<string> => {
    await page.goto(`${pipeline.url}/wall/operations?lang=${lang}`);
    await line().waitFor();
    return (await line().innerText()).replaceAll(/\s+/g, ' ');
  };

  it('has no line while everything could be stored', async () => {
    await feed.raw('scan', SOUND);
    await eventually('the feed to be shown', async () =>
      (await page
        .locator('[data-testid^="freshness-"][data-testid$="|scan"]:not([data-state="missing"])')
        .count()) > 0
        ? true
        : undefined,
    );
    expect(await line().count()).toBe(0);
  });

  it('says how many messages could not be stored, why the last one, and how long ago, in both languages', async () => {
    await feed.raw('scan', POISON);
    await lineSays(1, 'wrong_fields');
    await feed.raw('scan', '[1]');
    await lineSays(2, 'not_an_object');
    expect(await inLanguage('en')).toMatch(
      /^2 messages could not be stored last: not a JSON object, .+ ago$/,
    );
    await screenshot(page, 'dead-letters-en');
    expect(await inLanguage('zh')).toMatch(/^2 条消息未能入库 最近：不是 JSON 对象，.+前$/);
    await screenshot(page, 'dead-letters-zh');
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('changes with each replay, and goes when nothing is left', async () => {
    const replay = async (offset: number, event: number): Promise<void> => {
      const file = join(folder, `${offset}.json`);
      await writeFile(file, JSON.stringify(eventOf('scan', event)));
      const place = ['--topic', 'dms.scans.v1', '--partition', '0', '--offset', String(offset)];
      await pipeline.command('ingest/dead-letters/cli.ts', ['replay', ...place, '--value', file]);
    };
    await replay(2, 2);
    await lineSays(1, 'wrong_fields');
    await replay(1, 3);
    await eventually('the line to go', async () => ((await line().count()) === 0 ? true : undefined));
    const [row] = await pipeline.sql.query<{ scans: number }>('SELECT count() AS scans FROM core_scans');
    expect(row?.scans).toBe(3);
  });
});
