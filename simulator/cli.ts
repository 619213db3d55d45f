import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError, runCommand } from '../ingest/program/command.ts';
import { readPrefectures } from '../sql/geo/load.ts';
import type { Destination } from './feed/destination.ts';
import { sendHistory, sendLive, skipUntil, type FeedPosition } from './feed/feed.ts';
import { FolderDestination } from './feed/folder.ts';
import { HttpDestination } from './feed/http.ts';
import { showProgress } from './feed/progress.ts';
import { readState, writeState, type FeedState } from './feed/state.ts';
import { Simulation } from './flow/simulation.ts';
import type { TruthRow } from './injections/truth.ts';
import { DEFAULTS, type SimulationOptions } from './options.ts';
import { DAY_MS, instant, midnight } from './time.ts';

interface CliOptions {
  readonly seed: string;
  readonly dealers: number;
  readonly skus: number;
  readonly days: number;
  readonly injectionRate: number;
  readonly travellerShare: number;
  readonly forgottenShare: number;
  readonly boomRate: number;
  readonly until: number;
  readonly out?: string;
  readonly to?: string;
  readonly keyEnv: string;
  readonly live: boolean;
  readonly speed: number;
  readonly rate: number;
  readonly state?: string;
  readonly resend: boolean;
  readonly truth?: string;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('not a number ≥ 0');
  return value;
}

function time(text: string): number {
  const value = text === 'now' ? Date.now() : Date.parse(text);
  if (Number.isNaN(value))
    throw new InvalidArgumentError('neither "now" nor a time such as 2026-11-24T12:00:00+08:00');
  return value;
}

const command = new Command('simulate')
  .description('Makes a seeded dealer channel and writes it to files or posts it to a server')
  .option('--seed <text>', 'the same seed and options give the same events', DEFAULTS.seed)
  .option('--dealers <n>', 'dealers of both tiers', number, DEFAULTS.dealers)
  .option('--skus <n>', 'products', number, DEFAULTS.skus)
  .option('--days <n>', 'days of history', number, DEFAULTS.days)
  .option(
    '--injection-rate <n>',
    'labelled deeds of each kind in 100 dealers and 30 days',
    number,
    DEFAULTS.injection_rate,
  )
  .option(
    '--traveller-share <x>',
    'share of consumer scans on a journey (0-1)',
    number,
    DEFAULTS.traveller_share,
  )
  .option(
    '--forgotten-share <x>',
    'share of deliveries that nobody scans at the door (0-1)',
    number,
    DEFAULTS.forgotten_share,
  )
  .option(
    '--boom-rate <n>',
    'weeks of three times the sales, in 100 dealers and 30 days',
    number,
    DEFAULTS.boom_rate,
  )
  .option('--until <time>', 'end of the history: "now" or an ISO time', time, Date.now())
  .option('--out <folder>', 'write <type>.ndjson and truth.ndjson there')
  .option('--to <url>', 'post to this server')
  .option('--key-env <name>', 'environment variable with the ingest key', 'DMS_INGEST_KEY')
  .option('--live', 'go on in real time after the history (with --to)', false)
  .option('--speed <x>', 'live: simulated seconds per second', number, 12)
  .option('--rate <n>', 'live: most events per second', number, Infinity)
  .option('--state <file>', 'remember there how far the feed got, and go on from it')
  .option('--resend', 'send the history again although the state says it was sent', false)
  .option('--truth <file>', 'write the labels of the injections there')
  .argument(
    '[demo]',
    '"demo": history and live, with url, key and data folder from DMS_URL, DMS_INGEST_KEY, DMS_DATA_DIR',
  )
  .allowExcessArguments(false)
  .exitOverride();

async function main(): Promise<void> {
  command.parse();
  const [word] = command.args;
  if (word !== undefined && word !== 'demo') usage(`unknown argument "${word}"`);
  const cli = word === 'demo' ? demo(command.opts<CliOptions>()) : command.opts<CliOptions>();
  if ((cli.out === undefined) === (cli.to === undefined)) usage('give either --out or --to');
  if (cli.live && cli.to === undefined) usage('--live needs --to');
  const state = cli.state === undefined ? null : await readState(cli.state);
  const options = optionsOf(cli, state);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort();
    });
  let simulation: Simulation;
  try {
    simulation = new Simulation(options, readPrefectures(process.env['GEO_DATA_DIR'] || undefined));
  } catch (error) {
    if (error instanceof RangeError) usage(error.message);
    throw error;
  }
  const destination = destinationOf(cli, stop.signal);
  try {
    await feed(cli, options, state, simulation, destination, stop.signal);
  } catch (error) {
    // Asked to stop in the middle of a request: the state still says what was acknowledged, the rest is sent next time.
    if (!stop.signal.aborted) throw error;
  }
  await destination.close();
  const truth_file = cli.truth ?? (cli.out === undefined ? undefined : join(cli.out, 'truth.ndjson'));
  if (truth_file !== undefined) await writeTruth(truth_file, simulation.truth());
}

/** The feed of the demo, as the stack starts it: what is not given comes from the environment. */
function demo(cli: CliOptions): CliOptions {
  const to = cli.to ?? process.env['DMS_URL'];
  const folder = process.env['DMS_DATA_DIR'];
  if (to === undefined || folder === undefined) usage('demo needs DMS_URL and DMS_DATA_DIR');
  const state = cli.state ?? join(folder, 'simulator.json');
  return { ...cli, to, state, truth: cli.truth ?? join(folder, 'simulator-truth.ndjson'), live: true };
}

/** History, then live if asked, from where the state says that the feed stood. */
async function feed(
  cli: CliOptions,
  options: SimulationOptions,
  state: FeedState | null,
  simulation: Simulation,
  destination: Destination,
  signal: AbortSignal,
): Promise<void> {
  const { seed, dealers, skus, days, start_ms } = options;
  const ahead_ms = cli.resend ? 0 : (state?.ahead_ms ?? 0);
  const until_ms = cli.until + ahead_ms;
  let sent = 0;
  const keep = async ({ sent_until_ms, ahead_ms: ahead, events }: FeedPosition): Promise<void> => {
    sent += events;
    if (cli.state !== undefined)
      await writeState(cli.state, { seed, dealers, skus, days, start_ms, sent_until_ms, ahead_ms: ahead });
  };
  if (state !== null && !cli.resend) skipUntil(simulation, state.sent_until_ms, ahead_ms);
  const from_ms = state !== null && !cli.resend ? state.sent_until_ms : start_ms;
  const progress = showProgress('history');
  const showing = async (position: FeedPosition): Promise<void> => {
    await keep(position);
    progress.update((position.sent_until_ms - from_ms) / Math.max(1, until_ms - from_ms), sent);
  };
  try {
    await sendHistory(simulation, destination, { until_ms, ahead_ms }, showing, signal);
  } finally {
    progress.end();
  }
  process.stdout.write(`history sent: ${sent} events up to ${instant(until_ms - ahead_ms)}\n`);
  if (!cli.live || signal.aborted) return;
  process.stdout.write(`live: ${cli.speed} simulated seconds a second\n`);
  await sendLive(simulation, destination, until_ms, { speed: cli.speed, rate: cli.rate }, keep, signal);
}

function optionsOf(cli: CliOptions, state: FeedState | null): SimulationOptions {
  const { seed, dealers, skus, days } = cli;
  if (state !== null) {
    const same =
      state.seed === seed && state.dealers === dealers && state.skus === skus && state.days === days;
    if (!same)
      usage(
        `${cli.state ?? ''} belongs to seed ${state.seed}, ${state.dealers} dealers, ${state.skus} products, ${state.days} days`,
      );
  }
  const start_ms = state?.start_ms ?? midnight(cli.until) - days * DAY_MS;
  return {
    seed,
    dealers,
    skus,
    days,
    start_ms,
    injection_rate: cli.injectionRate,
    traveller_share: cli.travellerShare,
    forgotten_share: cli.forgottenShare,
    boom_rate: cli.boomRate,
  };
}

function destinationOf(cli: CliOptions, signal: AbortSignal): Destination {
  if (cli.out !== undefined) return new FolderDestination(cli.out);
  const key = process.env[cli.keyEnv];
  if (key === undefined || key === '') usage(`${cli.keyEnv} holds no ingest key`);
  return new HttpDestination(cli.to ?? '', key, signal);
}

async function writeTruth(file: string, rows: readonly TruthRow[]): Promise<void> {
  const lines = rows.map(({ first_event_time_ms, last_event_time_ms, ...row }) =>
    JSON.stringify({
      ...row,
      first_event_time: instant(first_event_time_ms),
      last_event_time: instant(last_event_time_ms),
    }),
  );
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
}

function usage(message: string): never {
  throw new UsageError(`simulate: ${message}`);
}

await runCommand(main);
