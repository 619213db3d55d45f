import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { peakRss_mib } from '../../../bench/process-usage.ts';
import { listeningUrl, programArgs, untilReady } from '../../../stack/lab/pipeline.ts';

const SINK = 'ingest/sink/main.ts';

export interface SinkProcess {
  readonly child: ChildProcess;
  /** Its last lines. */
  readonly output: readonly string[];
  /** Address of its metrics. */
  readonly url: string;
}

/** How a sink is started; unless said otherwise as in production. */
export interface Launch {
  readonly entry?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a sink that was to kill itself ended. */
export interface Death {
  /** Exit code or signal. */
  readonly ended: string;
  /** False when it had to be killed from outside. */
  readonly by_itself: boolean;
  readonly output: readonly string[];
}

/** Sinks of one consumer group, as processes that a test kills, freezes and ends. */
export class Fleet {
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<SinkProcess>();
  /** Names of those that have ended, the last one last. */
  readonly #freed: number[] = [];
  #slots = 0;
  readonly #onOwnEnd: (sink: SinkProcess) => void;
  readonly #logs: string | null;
  #launched = 0;
  #rss_mib = 0;

  /** `onOwnEnd` is told of a sink that ended though nobody asked it to. What they say is kept in the folder `logs`. */
  constructor(
    env: Readonly<Record<string, string>>,
    onOwnEnd: (sink: SinkProcess) => void = () => undefined,
    logs: string | null = null,
  ) {
    this.#env = env;
    this.#logs = logs;
    this.#onOwnEnd = onOwnEnd;
  }

  get running(): readonly SinkProcess[] {
    return [...this.#running];
  }

  /** The most memory that any of them ever held, MiB. */
  get peak_rss_mib(): number {
    for (const { child } of this.#running) this.#noteMemory(child);
    return Math.round(this.#rss_mib);
  }

  /** Starts a sink; resolves when it listens, before it has any partition. */
  async launch(launch: Launch = {}): Promise<SinkProcess> {
    const child = this.#spawn(launch, this.#takeSlot());
    const output: string[] = [];
    try {
      const sink = { child, output, url: await listeningUrl(child, 'sink', output) };
      this.#running.add(sink);
      child.once('exit', () => {
        if (this.#running.delete(sink)) this.#onOwnEnd(sink);
      });
      return sink;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Starts a sink that is to kill itself, and waits for its end; after `within_ms` it is killed from outside. */
  async launchToDie(launch: Launch, within_ms: number): Promise<Death> {
    const child = this.#spawn(launch, this.#takeSlot());
    const output: string[] = [];
    // It may well be dead before it listens.
    listeningUrl(child, 'sink', output).catch(() => undefined);
    let by_itself = true;
    const timer = setTimeout(() => {
      by_itself = false;
      child.kill('SIGKILL');
    }, within_ms);
    await once(child, 'exit');
    clearTimeout(timer);
    return { ended: String(child.exitCode ?? child.signalCode), by_itself, output };
  }

  /** Resolves when a sink has taken its partitions over. */
  async ready({ output, url }: SinkProcess): Promise<void> {
    await untilReady({ name: 'sink', output, url });
  }

  /** Ends a sink by a signal; its exit code, or the signal that ended it. */
  async end(sink: SinkProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.#noteMemory(sink.child);
    this.#running.delete(sink);
    sink.child.kill(signal);
    return exitOf(sink);
  }

  /** Ends all, frozen ones too. */
  async stop(): Promise<void> {
    await Promise.all(
      this.running.map(async (sink) => {
        sink.child.kill('SIGCONT');
        await this.end(sink, 'SIGKILL');
      }),
    );
  }

  /** Whoever is started after one has ended comes in its place. */
  #takeSlot(): number {
    const freed = this.#freed.pop();
    if (freed !== undefined) return freed;
    this.#slots += 1;
    return this.#slots;
  }

  #spawn({ entry = SINK, env = {} }: Launch, slot: number): ChildProcess {
    const child = spawn(process.execPath, programArgs(entry), {
      env: { ...process.env, ...this.#env, SINK_PORT: '0', SINK_INSTANCE: String(slot), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.once('exit', () => this.#freed.push(slot));
    this.#launched += 1;
    if (this.#logs !== null)
      child.stdout.pipe(createWriteStream(join(this.#logs, `sink-${this.#launched}.log`)));
    return child;
  }

  #noteMemory({ pid, exitCode, signalCode }: ChildProcess): void {
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      this.#rss_mib = Math.max(this.#rss_mib, peakRss_mib(pid));
    } catch (error) {
      // It has just ended.
      if (!isGone(error)) throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  return (
    error instanceof Error && (('code' in error && error.code === 'ENOENT') || /VmHWM/.test(error.message))
  );
}

/** Waits for the end of a sink: its exit code, or the signal that ended it. */
async function exitOf({ child }: SinkProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

/** Sum of a counter of a sink over all its labels; 0 when it has not counted yet. */
export async function counterOf({ url }: SinkProcess, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
  return values.reduce((sum, value) => sum + value, 0);
}
