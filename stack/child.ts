import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, fstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeOf } from '../ingest/program/caught.ts';

const guard = fileURLToPath(new URL('guard.sh', import.meta.url));
/** How long an orphan may take to end by itself after its starter vanished, before its group is killed. */
const ORPHAN_GRACE_S = 8;

/** What to run and where its output goes. */
export interface ChildOptions {
  command: string;
  args: readonly string[];
  /** The whole environment of the child; nothing is inherited beside it. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Standard output and error are appended here. */
  logFile: string;
}

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running child process, leader of its own process group. */
export interface Child {
  readonly pid: number;
  readonly logFile: string;
  /** Settles once, when the process has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** undefined while it runs. */
  exit(): ChildExit | undefined;
  /** SIGTERM to the process, SIGKILL to what is left of its group after `grace_ms`. Safe to call twice. */
  stop(grace_ms: number): Promise<ChildExit>;
}

/**
 * Starts a child that cannot outlive this process: it runs under `guard.sh`, which ends the child's process group when
 * the pipe to this process closes (also after kill -9). Being in a group of its own, it gets no Ctrl-C of the terminal.
 * @throws Error when the command cannot be started at all.
 */
export function startChild(options: ChildOptions): Child {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  const spawned = spawn('/bin/sh', [guard, String(ORPHAN_GRACE_S), options.command, ...options.args], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
  });
  closeSync(log);
  const lifeline = spawned.stdio[3];
  const { pid } = spawned;
  if (pid === undefined) throw new Error(`cannot start ${options.command}: /bin/sh did not run`);
  // The guard's end may vanish first (its group was killed): that is told by `exited`, not by a write error.
  lifeline?.on('error', () => undefined);

  let ended: ChildExit | undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    spawned.once('exit', (code, signal) => {
      ended = { code, signal };
      // Lets the watcher end, together with whatever the process left behind in its group.
      lifeline?.destroy();
      resolve(ended);
    });
  });
  return {
    pid,
    logFile: options.logFile,
    exited,
    exit: () => ended,
    async stop(grace_ms) {
      if (ended !== undefined) return ended;
      signalIfAlive(pid, 'SIGTERM');
      const timer = setTimeout(() => {
        signalIfAlive(-pid, 'SIGKILL');
      }, grace_ms);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

const TAIL_BYTES = 16_384;

/** The last `lines` lines of a log file, "" when there is none yet. */
export function tailOf(logFile: string, lines: number): string {
  let file: number;
  try {
    file = openSync(logFile, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(file);
  }
}
