import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, isRunning } from './process-identity.ts';

/**
 * Makes a folder of this process in `parent`, for as long as it runs. Its name, which begins with `prefix`, tells whose it is from
 * its first moment on, so that `removeForsaken` finds those that a killed process could not remove. Its path.
 */
export function makeOwnedFolder(parent: string, prefix: string): Promise<string> {
  const { pid, started } = identify(process.pid) ?? { pid: process.pid, started: '' };
  return mkdtemp(join(parent, `${prefix}${pid}_${encodeURIComponent(started)}_`));
}

/** Removes the owned folders in `parent` with this prefix whose process has ended. */
export async function removeForsaken(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const [pid = '', started = ''] = name.slice(prefix.length).split('_');
    const owner = { pid: Number(pid), started: decodeURIComponent(started) };
    // Where a process cannot be told apart nothing is known of it.
    if (owner.started !== '' && !isRunning(owner))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}
