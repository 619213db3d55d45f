import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Command, InvalidArgumentError } from 'commander';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright';
import { chromium } from 'playwright';
import { createKafka, idempotentProducer, topicName, type Producer } from '../../ingest/kafka.ts';
import { runCommand } from '../../ingest/program/command.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { RESULTS_TOPIC } from '../../models/contract/topics.ts';
import { startLab } from '../../stack/lab/lab.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { report, type Target } from '../report.ts';
import { SECONDS, resultsOfSecond } from './day.ts';

/**
 * `npm run bench:wall [-- --minutes N]`: the built wall in Chromium, before a real server that is told a whole day's results in some
 * minutes: weight of the scripts, time to the first figure, work an update, and what of memory and DOM is more at the end of
 * the day than after its second hour. (A day in minutes: frames come merged, as for any client that is behind.)
 */
const TARGETS: Readonly<Record<string, Target>> = {
  first_load_js_gzip_kb: { max: 150 },
  first_figure_p50_ms: { max: 1_500 },
  heap_growth_mb: { max: 5 },
  dom_growth_nodes: { max: 0 },
};
const DIST = join(import.meta.dirname, '..', '..', 'dashboard', 'dist');
const LOADS = 5;
/** From then on all that fills up is full: cases, ticker, fonts. */
const FULL_AFTER_S = 2 * 3600;
/** Run in the page: notes when the first tile shows a figure, and what has been loaded. */
const NOTE_FIRST_FIGURE = `
  const look = () => {
    if (document.querySelector('[data-testid^="kpi-"][data-value]:not([data-value=""])')) globalThis.firstFigure = performance.now();
    else requestAnimationFrame(look);
  };
  look();`;
const LOADED = `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`;
const MESSAGES_MAX = 100;
const TICK_MS = 50;
const WAITS_MAX = 600;
const SETTLE_MS = 3_000;

const options = new Command('bench:wall')
  .description('Weight and speed of the board in Chromium, over a day in minutes.')
  .option('--minutes <n>', 'that the day takes', minutes, 6)
  .parse()
  .opts<{ minutes: number }>();

await runCommand(async () => {
  const lab = await startLab();
  try {
    const pipeline = await Pipeline.start(lab.stack, ['server'], 'bench_wall');
    const prefix = pipeline.env['DMS_TOPIC_PREFIX'] ?? '';
    const kafka = createKafka({
      brokers: [lab.stack.kafka_brokers],
      clientId: 'bench-wall',
      log: createLogger('bench-wall', 'error'),
    });
    const producer = idempotentProducer(kafka);
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      await producer.connect();
      const tell = (from_s: number, to_s: number): Promise<void> =>
        tellSeconds(producer, prefix, from_s, to_s);
      // What a board finds when it is opened: an hour of results.
      await tell(0, 3600);
      await delay(SETTLE_MS);
      const address = await pairingAddress(pipeline);
      const figures = {
        ...(await firstLoad(browser, address)),
        ...(await wholeDay(browser, address, tell)),
      };
      report('wall', figures, TARGETS);
    } finally {
      await browser.close();
      await producer.disconnect();
      await pipeline.stop();
    }
  } finally {
    await lab.end();
  }
});

async function tellSeconds(producer: Producer, prefix: string, from_s: number, to_s: number): Promise<void> {
  const now = new Date();
  const messages = Array.from({ length: to_s - from_s }, (_, i) => resultsOfSecond(from_s + i, now))
    .flat()
    .map((result) => ({ key: result.topic, value: JSON.stringify(result) }));
  // A request may be a megabyte long.
  for (let from = 0; from < messages.length; from += MESSAGES_MAX)
    await producer.send({
      topic: topicName(RESULTS_TOPIC, prefix),
      messages: messages.slice(from, from + MESSAGES_MAX),
    });
}

async function pairingAddress(pipeline: Pipeline): Promise<string> {
  const added = await pipeline.command('ingest/keys/cli.ts', ['add', '--kind', 'display', '--name', 'bench']);
  return `${pipeline.url}/wall/main#display=${(JSON.parse(added) as { secret: string }).secret}`;
}

/** Each load in a browser that has kept nothing but its session. */
async function firstLoad(browser: Browser, address: string): Promise<Record<string, number>> {
  const times: number[] = [];
  let scripts: string[] = [];
  for (let n = 0; n < LOADS; n += 1) {
    const context = await browser.newContext({
      viewport: { width: 1920, height: 1080 },
      serviceWorkers: 'block',
    });
    await paired(context, address);
    const page = await context.newPage();
    await page.addInitScript(NOTE_FIRST_FIGURE);
    await page.goto(address.replace(/#.*/, ''));
    await until(page, 'globalThis.firstFigure !== undefined');
    times.push(await page.evaluate<number>('globalThis.firstFigure'));
    scripts = (await page.evaluate<string[]>(LOADED)).filter((path) => path.endsWith('.js'));
    await context.close();
  }
  const gzipped = scripts.reduce(
    (sum, path) => sum + gzipSync(readFileSync(join(DIST, path)), { level: 9 }).length,
    0,
  );
  times.sort((a, b) => a - b);
  console.log(
    `first figure after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms; ${scripts.length} scripts`,
  );
  return {
    first_load_js_gzip_kb: round(gzipped / 1000),
    first_figure_p50_ms: round(times[Math.floor(times.length / 2)] ?? NaN),
    first_figure_max_ms: round(times.at(-1) ?? NaN),
  };
}

/** Exchanges the link for the session, and leaves nothing else behind. */
async function paired(context: BrowserContext, address: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(address);
  await page.getByTestId('conn-state').first().waitFor();
  await until(page, "!location.hash.includes('display=')");
  await page.close();
}

async function wholeDay(
  browser: Browser,
  address: string,
  tell: (from_s: number, to_s: number) => Promise<void>,
): Promise<Record<string, number>> {
  const context = await browser.newContext({
    viewport: { width: 1920, height: 1080 },
    serviceWorkers: 'block',
  });
  await paired(context, address);
  const page = await context.newPage();
  const frames = countFrames(page);
  await page.goto(address.replace(/#.*/, ''));
  const inspector = await context.newCDPSession(page);
  await inspector.send('Performance.enable');
  const play = (from_s: number, to_s: number): Promise<void> => playDay(from_s, to_s, tell);

  await play(3600, FULL_AFTER_S);
  const before = await usage(inspector);
  const frames_before = frames();
  await play(FULL_AFTER_S, SECONDS);
  const after = await usage(inspector);
  const updates = frames() - frames_before;
  const work_ms = after.work_ms - before.work_ms;
  console.log(
    `22 h in ${((options.minutes * (SECONDS - FULL_AFTER_S)) / SECONDS).toFixed(1)} min: ${updates} frames; heap ${before.heap_mb.toFixed(1)} -> ` +
      `${after.heap_mb.toFixed(1)} MB, DOM ${before.nodes} -> ${after.nodes} nodes, listeners ${before.listeners} -> ${after.listeners}`,
  );
  await context.close();
  return {
    updates,
    ms_per_update: round(work_ms / updates),
    heap_mb: round(after.heap_mb),
    heap_growth_mb: round(after.heap_mb - before.heap_mb),
    dom_nodes: after.nodes,
    dom_growth_nodes: after.nodes - before.nodes,
    listener_growth: after.listeners - before.listeners,
  };
}

async function playDay(
  from_s: number,
  to_s: number,
  tell: (from_s: number, to_s: number) => Promise<void>,
): Promise<void> {
  const per_ms = SECONDS / (options.minutes * 60_000);
  const began = performance.now();
  let told = from_s;
  while (told < to_s) {
    const due = Math.min(to_s, from_s + Math.floor((performance.now() - began) * per_ms));
    await tell(told, due);
    told = due;
    await delay(TICK_MS);
  }
  await delay(SETTLE_MS);
}

function countFrames(page: Page): () => number {
  let frames = 0;
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => {
      if (/"t":"(?:patch|snap)"/.test(String(payload))) frames += 1;
    });
  });
  return () => frames;
}

interface Usage {
  readonly heap_mb: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Time of the page's main thread so far. */
  readonly work_ms: number;
}

/** After what can be collected is. */
async function usage(inspector: CDPSession): Promise<Usage> {
  for (let n = 0; n < 3; n += 1) await inspector.send('HeapProfiler.collectGarbage');
  const { metrics } = await inspector.send('Performance.getMetrics');
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return {
    heap_mb: value('JSHeapUsedSize') / 1e6,
    nodes: value('Nodes'),
    listeners: value('JSEventListeners'),
    work_ms: value('TaskDuration') * 1000,
  };
}

/** By asking again: the page's policy forbids what playwright waits by. */
async function until(page: Page, holds: string): Promise<void> {
  for (let n = 0; n < WAITS_MAX; n += 1) {
    if (await page.evaluate<boolean>(holds)) return;
    await delay(TICK_MS);
  }
  throw new Error(`the page did not come to ${holds}`);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1440)) throw new InvalidArgumentError('a number of minutes up to 1440');
  return value;
}
