import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';

/** What a command has printed is kept up to here, its end. */
const OUTPUT_CHARS_MAX = 8_000;

/**
 * Runs a command of the repository to its end, from its source, in a process of low priority: no figure may wait for it.
 * @param command its file
 * @param env of the process. Default: ours
 * @returns the end of what it printed
 * @throws Error with that when its exit code is not 0; the signal's reason when that ended it
 */
export async function runInBackground(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const end = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', end, { once: true });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
    });
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}: ${output}`);
  return output;
}
