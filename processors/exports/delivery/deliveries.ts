import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../../ingest/program/program.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { runInBackground } from '../../background-command.ts';
import { Poller } from '../../poller.ts';
import type { DeliveryTarget } from './deliveries-file.ts';

const LOOK_EVERY_MS = 60_000;
/** A forecast is followed by its suggestions, an override often by another one: what has changed is delivered once it has rested for so long. */
const REST_MS = 60_000;

const command = fileURLToPath(new URL('../cli.ts', import.meta.url));

export interface Deliveries {
  /** One look at what there is; resolves when all that is due was attempted. */
  look(): Promise<void>;
  /** Ends a delivery under way, which then leaves no `_SUCCESS`; the next start makes it whole. */
  stop(): Promise<void>;
}

/**
 * Delivers the last forecast to each target: when there is a new version, and again when planners have overridden or decided. Each
 * delivery is a process of its own with low priority. One that fails is told and tried again at the next look; one target holds up no
 * other for longer than its delivery lasts. What was delivered before a start lies there: it is found unchanged, and not sent again.
 */
export function startDeliveries(options: {
  readonly sql: SqlClient;
  readonly targets: readonly DeliveryTarget[];
  readonly log: Logger;
  readonly now?: () => number;
  /** Default: looks every minute. False = only when asked. */
  readonly on_timer?: boolean;
  /** Of the deliveries' processes. Default: ours. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}): Deliveries {
  const { sql, targets, log, now = Date.now, on_timer = true, env = process.env } = options;
  const poller = new Poller();
  const delivered = new Map<string, string>();
  const isStopped = (): boolean => poller.signal.aborted;
  let seen = { state: '', since_ms: 0 };

  const look = async (): Promise<void> => {
    const [due] = await sql.queryFile<object>('queries/exports/due.sql');
    if (due === undefined) return;
    const state = JSON.stringify(due);
    if (state !== seen.state) seen = { state, since_ms: now() };
    if (now() - seen.since_ms < REST_MS) return;
    for (const target of targets) {
      if (isStopped()) return;
      if (delivered.get(target.name) === state) continue;
      try {
        const output = await runInFolder(target, env, poller.signal);
        delivered.set(target.name, state);
        log.info({ target: target.name, output: output.trim().split('\n').at(-1) }, 'exports were delivered');
      } catch (error) {
        if (!isStopped())
          log.error({ err: error, target: target.name }, 'exports were not delivered; it is tried again');
      }
    }
  };

  if (on_timer && targets.length > 0) poller.start(look, LOOK_EVERY_MS, 'deliveries', log);
  return { look, stop: () => poller.stop() };
}

/** Its temporary files are in a folder of ours: a delivery that is killed cannot remove them. */
async function runInFolder(
  target: DeliveryTarget,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dealerstream-deliveries-'));
  try {
    return await deliver(target, { ...env, TMPDIR: folder }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function deliver(
  { to, formats, datasets }: DeliveryTarget,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string> {
  const args = [
    'deliver',
    '--to',
    to,
    ...(formats === undefined ? [] : ['--formats', formats.join()]),
    ...(datasets === undefined ? [] : ['--datasets', datasets.join()]),
  ];
  return runInBackground(command, args, signal, env);
}
