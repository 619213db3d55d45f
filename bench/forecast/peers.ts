import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/** Beside what else is kept between runs. */
const VENV = fileURLToPath(new URL('../../.cache/forecast-peers', import.meta.url));

export interface PeerRequest {
  readonly file: string;
  readonly freq: 'D' | 'W';
  readonly h: number;
  /** Dates. */
  readonly origins: readonly string[];
  readonly season: number;
  readonly future: readonly string[];
  readonly out: string;
}

/** Makes the peers' Python environment if it is not there: the versions of requirements.txt, from PyPI. */
export async function installPeers(): Promise<void> {
  if (existsSync(VENV)) return;
  const making = `${VENV}.making`;
  await rm(making, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', '--copies', making]);
  await run(join(making, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    '-q',
    '-r',
    join(FOLDER, 'requirements.txt'),
  ]);
  await rename(making, VENV);
}

/** Runs all peers on a panel, one after another; returns the wall seconds of each by origin. Their forecasts lie in `out`. */
export async function runPeers(request: PeerRequest): Promise<Readonly<Record<string, readonly number[]>>> {
  const { file, freq, h, origins, season, future, out } = request;
  const args = ['--file', file, '--freq', freq, '--h', String(h), '--origins', origins.join(',')];
  args.push('--season', String(season), '--future', future.join(','), '--out', out);
  await run(join(VENV, 'bin', 'python'), [join(FOLDER, 'peers.py'), ...args]);
  return JSON.parse(await readFile(join(out, 'times.json'), 'utf8')) as Record<string, number[]>;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  // Threads that wait must not spin: on a busy machine LightGBM would be slowed down many times, which would flatter us.
  const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' };
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe'], env });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told = (told + text).slice(-4000);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code ?? 'a signal'}: ${told}`);
}
