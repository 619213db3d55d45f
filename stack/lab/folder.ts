import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { availableMemory } from 'node:process';
import { makeOwnedFolder, removeForsaken } from '../owned-folder.ts';

const PREFIX = 'dealerstream-lab-';
/** Where Linux keeps a file system in memory. */
const MEMORY = '/dev/shm';
const TMPFS_MAGIC = 0x01021994;
const GIB = 1024 ** 3;
/** A whole run of tests fills half a gigabyte; beside it live the servers, a browser, and what else the machine is for. */
const FREE_BYTES_MIN = 4 * GIB;
const MEMORY_BYTES_MIN = 8 * GIB;

/**
 * Makes a temporary folder for servers' files, in memory where that is asked for and there is room: on a disk, creating and removing
 * many thousand small files takes a fifth of ClickHouse's processor time. Removes those that killed processes left. Its path.
 */
export async function makeLabFolder({ in_memory }: { readonly in_memory: boolean }): Promise<string> {
  const parent = in_memory && memoryHasRoom() ? MEMORY : tmpdir();
  await removeForsaken(parent, PREFIX);
  return makeOwnedFolder(parent, PREFIX);
}

/** Not where there is no such file system, or too little memory, that of a container included. */
function memoryHasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS_MAGIC && bavail * bsize >= FREE_BYTES_MIN && availableMemory() >= MEMORY_BYTES_MIN;
  } catch {
    return false;
  }
}
