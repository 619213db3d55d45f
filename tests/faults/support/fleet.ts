import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { listeningUrl, untilReady } from '../../../stack/lab/pipeline.ts';

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

/** Sinks of one consumer group, as processes that a test kills, freezes and ends. */
export class Fleet {
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<SinkProcess>();
  #rss_kib = 0;

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  get running(): readonly SinkProcess[] {
    return [...this.#running];
  }

  /** The most memory that any of them ever held, MiB. */
  get peak_rss_mib(): number {
    for (const { child } of this.#running) this.#noteMemory(child);
    return Math.round(this.#rss_kib / 1024);
  }

  /** Starts a sink; resolves when it listens, before it has any partition. */
  async launch(launch: Launch = {}): Promise<SinkProcess> {
    const child = this.#spawn(launch);
    const output: string[] = [];
    try {
      const sink = { child, output, url: await listeningUrl(child, 'sink', output) };
      this.#running.add(sink);
      child.once('exit', () => this.#running.delete(sink));
      return sink;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Starts a sink and waits for its end: the exit code or the signal. Throws, with its output, when it lives too long. */
  async launchToDie(launch: Launch, within_ms: number): Promise<number | NodeJS.Signals | null> {
    const child = this.#spawn(launch);
    const output: string[] = [];
    // It may well be dead before it listens.
    listeningUrl(child, 'sink', output).catch(() => undefined);
    const timer = setTimeout(() => child.kill('SIGABRT'), within_ms);
    await once(child, 'exit');
    clearTimeout(timer);
    if (child.signalCode === 'SIGABRT') {
      throw new Error(`the sink lived for ${within_ms} ms:\n${output.slice(-20).join('\n')}`);
    }
    return child.exitCode ?? child.signalCode;
  }

  /** Resolves when a sink has taken its partitions over. */
  async ready({ output, url }: SinkProcess): Promise<void> {
    await untilReady({ name: 'sink', output, url });
  }

  /** Ends a sink by a signal; its exit code, or the signal that ended it. */
  async end(sink: SinkProcess, signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.#noteMemory(sink.child);
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

  #spawn({ entry = SINK, env = {} }: Launch): ChildProcess {
    return spawn(process.execPath, ['--import', 'tsx', entry], {
      env: { ...process.env, ...this.#env, SINK_PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  #noteMemory({ pid }: ChildProcess): void {
    try {
      const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
      this.#rss_kib = Math.max(this.#rss_kib, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch (error) {
      // It has just ended.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** Waits for the end of a sink: its exit code, or the signal that ended it. */
export async function exitOf({ child }: SinkProcess): Promise<number | NodeJS.Signals | null> {
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
