import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf } from '../../../ingest/program/caught.ts';
import type { Destination } from './destination.ts';

/** A folder of this machine, or one that is mounted. A file is written beside its name, synced to the disk, then renamed. */
export async function openFolder(to: string, folder: string): Promise<Destination> {
  const path = resolve(to, folder);
  await mkdir(path, { recursive: true });
  return {
    address: path,
    read: (name) => orUndefined(readFile(join(path, name), 'utf8')),
    size: async (name) => (await orUndefined(stat(join(path, name))))?.size,
    put: async (name, file) => {
      const partial = join(path, `.${name}.partial`);
      await copyFile(file, partial);
      await sync(partial);
      await rename(partial, join(path, name));
      await sync(path);
    },
    remove: (name) => rm(join(path, name), { force: true }),
    close: () => Promise.resolve(),
  };
}

/** A rename may reach the disk before the bytes: without this, a power cut leaves an empty file under the final name. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
