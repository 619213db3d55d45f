import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../ingest/program/caught.ts';
import { readJson, writePrivateJson } from './private-json.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** It cannot be written into, another supervisor works in it, or what a killed one left behind cannot be cleared. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** One supervisor's exclusive hold on a data folder. */
export interface DataFolder {
  readonly dir: string;
  /** Notes a child, so that the next supervisor can end it if this one and the child's guard are both killed. */
  noteChild(name: string, pid: number): void;
  release(): void;
}

/** Longer than a guard takes to end the children of a killed supervisor (child.ts). */
const LEFTOVER_GRACE_MS = 12_000;
const LEFTOVER_POLL_MS = 100;
/** Races for a stale lock are settled by a rename, so a second attempt is enough; the third is for good measure. */
const ATTEMPTS_MAX = 3;

/**
 * Takes the data folder (made if absent), waiting for the end of what a killed supervisor left running.
 * @param onWait is told what is being waited for
 * @throws DataFolderError when another supervisor holds it, or nothing can be written there
 */
export async function takeDataFolder(dir: string, onWait: (what: string) => void): Promise<DataFolder> {
  makeFolder(dir);
  const lockFile = join(dir, 'supervisor.lock');
  const childrenFile = join(dir, 'children.json');
  takeLock(dir, lockFile);
  try {
    await endLeftovers(childrenFile, onWait);
  } catch (error) {
    rmSync(lockFile, { force: true });
    throw error;
  }
  // Whatever an earlier run told about itself is no longer so.
  rmSync(join(dir, 'run.json'), { force: true });
  const children: Record<string, ProcessIdentity> = {};
  return {
    dir,
    noteChild(name, pid) {
      const identity = identify(pid);
      if (identity === undefined) return;
      children[name] = identity;
      writePrivateJson(childrenFile, children);
    },
    release() {
      rmSync(childrenFile, { force: true });
      rmSync(lockFile, { force: true });
    },
  };
}

/** Node's own words mislead: of a file system that is read-only it says that there is no such folder. */
function makeFolder(dir: string): void {
  try {
    makeWithParents(dir);
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const told = `nothing can be written into the data folder ${dir}, or it cannot be made; name another one with --data`;
    throw new DataFolderError(`${told} (${messageOf(cause)})`, {
      cause,
    });
  }
}

/** `recursive` of Node tries without end where a folder is there and takes no other, as under /proc. */
function makeWithParents(dir: string): void {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return;
    const parent = dirname(dir);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeWithParents(parent);
    mkdirSync(dir, { mode: 0o700 });
  }
}

function takeLock(dir: string, lockFile: string): void {
  const mine = `${lockFile}.${process.pid}`;
  writePrivateJson(mine, identify(process.pid));
  try {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      if (link(mine, lockFile)) return;
      refuseIfHeld(dir, lockFile);
      moveStaleAside(dir, lockFile);
    }
    throw new DataFolderError(`${lockFile} cannot be taken: another process takes it again and again`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** A link appears with its whole content, and only where nothing was. */
function link(file: string, lockFile: string): boolean {
  try {
    linkSync(file, lockFile);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function refuseIfHeld(dir: string, file: string): void {
  const holder = readLock(file);
  if (holder === undefined || !isRunning(holder)) return;
  throw new DataFolderError(`${dir} is in use by another "npm start" (pid ${holder.pid})`);
}

/** Of two that find a lock stale, the slower one may move the faster one's new lock: it is put back. */
function moveStaleAside(dir: string, lockFile: string): void {
  const aside = `${lockFile}.stale-${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    refuseIfHeld(dir, aside);
  } catch (error) {
    link(aside, lockFile);
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** undefined when it is gone by now, or was torn by a power cut: stale in either case. */
function readLock(lockFile: string): ProcessIdentity | undefined {
  try {
    return readJson(lockFile) as ProcessIdentity | undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Their guards are ending them; whoever still runs after the grace lost its guard too, and is killed here. */
async function endLeftovers(childrenFile: string, onWait: (what: string) => void): Promise<void> {
  const noted = (readJson(childrenFile) ?? {}) as Record<string, ProcessIdentity>;
  const left = (): [string, ProcessIdentity][] =>
    Object.entries(noted).filter(([, child]) => isRunning(child));
  const names = left().map(([name]) => name);
  if (names.length === 0) return;
  onWait(`waiting for the end of ${names.join(', ')}, left by a supervisor that was killed`);
  await until(() => left().length === 0, LEFTOVER_GRACE_MS);
  for (const [, { pid }] of left()) process.kill(-pid, 'SIGKILL');
  if (!(await until(() => left().length === 0, LEFTOVER_GRACE_MS))) {
    throw new DataFolderError(`processes of a killed supervisor cannot be ended: ${JSON.stringify(left())}`);
  }
}

async function until(holds: () => boolean, timeout_ms: number): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await delay(LEFTOVER_POLL_MS);
  }
  return true;
}
