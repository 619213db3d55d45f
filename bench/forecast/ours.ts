import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { peakRss_mib } from '../process-usage.ts';
import type { PeerRequest } from './peers.ts';

export interface OurRun {
  /** Wall time of the whole command ÷ origins: start of Node, reading, every model, choice, writing. */
  readonly seconds_per_origin: number;
  readonly peak_rss_mib: number;
  /** Dates of the origins, ascending. */
  readonly origins: readonly string[];
}

export type OurRequest = Omit<PeerRequest, 'origins' | 'gaps'> & { readonly origin_count: number };

/** How often the memory of the command is looked at. */
const WATCH_MS = 100;

/** `npm run backtest` on a panel, as a user would run it. */
export async function runOurs(request: OurRequest): Promise<OurRun> {
  const { file, freq, h, origin_count, season, future, out } = request;
  await mkdir(out, { recursive: true });
  const args = [
    '--import',
    'tsx',
    'processors/forecast/backtest/cli.ts',
    '--file',
    file,
    '--freq',
    freq,
    '--h',
    String(h),
  ];
  args.push('--origins', String(origin_count), '--season', String(season), '--out', out);
  if (future.length > 0) args.push('--future', future.join(','));
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let peak_rss_mib = 0;
  let running = true;
  const watch = async (pid: number): Promise<void> => {
    while (running) {
      try {
        peak_rss_mib = Math.max(peak_rss_mib, peakRss_mib(pid));
      } catch {
        // It has just ended: /proc has no figure of it any more.
        return;
      }
      await delay(WATCH_MS);
    }
  };
  const watching = watch(child.pid ?? 0);
  const [code] = await ended;
  running = false;
  const seconds = (performance.now() - started) / 1000;
  await watching;
  if (code !== 0) throw new Error(`the backtest of ${file} ended with ${code ?? 'a signal'}`);
  const metrics = JSON.parse(await readFile(join(out, 'metrics.json'), 'utf8')) as {
    origins: { origin: string }[];
  };
  const origins = metrics.origins.map(({ origin }) => origin);
  return { seconds_per_origin: seconds / origin_count, peak_rss_mib, origins };
}
