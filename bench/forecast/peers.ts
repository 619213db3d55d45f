import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DensePanel } from '../../processors/forecast/panel-file/dense-panel.ts';
import { pythonVenv, runPython } from '../../stack/python/venv.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

export interface PeerRequest {
  readonly file: string;
  readonly freq: 'D' | 'W';
  readonly h: number;
  /** Dates. */
  readonly origins: readonly string[];
  readonly season: number;
  readonly future: readonly string[];
  /** What a date without a row means, as ours takes it. */
  readonly gaps: DensePanel['gaps'];
  readonly out: string;
}

/** Makes the peers' Python environment if it is not there. Returns its interpreter. */
export function installPeers(): Promise<string> {
  return pythonVenv('forecast-peers', join(FOLDER, 'requirements.txt'));
}

/** Runs all peers on a panel, one after another; returns the wall seconds of each by origin. Their forecasts lie in `out`. */
export async function runPeers(
  python: string,
  request: PeerRequest,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const { file, freq, h, origins, season, future, gaps, out } = request;
  const args = [
    '--file',
    file,
    '--gaps',
    gaps,
    '--freq',
    freq,
    '--h',
    String(h),
    '--origins',
    origins.join(','),
  ];
  args.push('--season', String(season), '--future', future.join(','), '--out', out);
  // Threads that wait must not spin: on a busy machine LightGBM would be slowed down many times, which would flatter us.
  await runPython(python, [join(FOLDER, 'peers.py'), ...args], { OMP_WAIT_POLICY: 'PASSIVE' });
  return JSON.parse(await readFile(join(out, 'times.json'), 'utf8')) as Record<string, number[]>;
}
