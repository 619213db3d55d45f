import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../ingest/program/caught.ts';
import type { StackOptions } from './arguments.ts';
import { chooseBackends, logFile } from './backends.ts';
import type { Steps } from './bootstrap/steps.mjs';
import { compilePrograms, type CompiledPrograms } from './compiled.ts';
import { takeDataFolder, type DataFolder } from './data-folder.ts';
import { limitLogFiles } from './log-files.ts';
import { choosePorts } from './ports.ts';
import { writePrivateJson } from './private-json.ts';
import { demoService, programServices, publicUrl, runCommand, type ProgramContext } from './programs.ts';
import { keepSecrets } from './secrets.ts';
import { Supervised, type Service, type Watcher } from './supervised.ts';

/** What the data folder's `run.json` tells while a stack is ready. */
export interface RunFile {
  http_url: string;
  clickhouse_url: string;
  /** null for a server that was given by address alone. */
  clickhouse_tcp_port: number | null;
  database: string;
  kafka_brokers: string;
  ingest_key: string;
  admin_token: string;
  display_url: string;
  analyst: { user: string; password: string };
  pid: number;
}

/** The whole stack under one roof: starts it in the direction of the data, keeps it running, ends it in reverse. */
export class Supervisor {
  readonly #options: StackOptions;
  readonly #steps: Steps;
  readonly #env: Readonly<Record<string, string | undefined>>;
  /** In the order of their start, so that they end in reverse. */
  readonly #groups: Supervised[][] = [];
  readonly #stopping = new AbortController();
  #folder: DataFolder | undefined;
  #compiled: CompiledPrograms | undefined;
  #unlimitLogs: (() => void) | undefined;
  #started: Promise<unknown> = Promise.resolve();
  /** Rejects when the restarts of a service are given up. */
  readonly failed: Promise<never>;
  #fail: (error: Error) => void = () => undefined;

  constructor(options: StackOptions, steps: Steps, env: Readonly<Record<string, string | undefined>>) {
    this.#options = options;
    this.#steps = steps;
    this.#env = env;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Whoever starts the stack races against it; without a start nobody does.
    this.failed.catch(() => undefined);
  }

  /**
   * Resolves when every program has said that it is ready; `run.json` is then written.
   * @throws the first failure; what had been started by then is ended by `stop`
   */
  async start(): Promise<RunFile> {
    const started = this.#startInOrder();
    this.#started = started.catch(() => undefined);
    return await started;
  }

  async #startInOrder(): Promise<RunFile> {
    const { dataDir, host, demo } = this.#options;
    this.#folder = await takeDataFolder(dataDir, (what) => {
      this.#steps.say(what);
    });
    const secrets = keepSecrets(dataDir);
    const ports = await choosePorts(dataDir, host, this.#options.port);
    const backends = chooseBackends(dataDir, ports, secrets, this.#env);
    const adminToken = this.#env['DMS_ADMIN_TOKEN'] || secrets.admin_token;

    await this.#startAll(backends.services);
    this.#compiled = await this.#steps.step('programs', compilePrograms);
    const compiledDir = this.#compiled.dir;
    const context = { dataDir, host, ports, secrets, adminToken, backends, compiledDir, env: this.#env };
    this.#unlimitLogs = limitLogFiles(join(dataDir, 'logs'), (error) => {
      this.#steps.say(`logs cannot be kept small: ${error.message}`);
    });
    await this.#prepare(context);
    await this.#startAll(programServices(context));
    const run = runFile(context);
    this.#stopping.signal.throwIfAborted();
    writePrivateJson(join(dataDir, 'run.json'), run);
    if (demo) await this.#startAll([demoService(context)]);
    return run;
  }

  /** Ends the demo, then the programs, then ClickHouse and Kafka; safe to call at any time, also during the start. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the stack is being stopped'));
    if (this.#folder) rmSync(join(this.#folder.dir, 'run.json'), { force: true });
    for (const group of this.#groups.toReversed()) {
      await Promise.all(
        group.map((service) => this.#steps.step(`stopping ${service.name}`, () => service.stop())),
      );
    }
    await this.#started;
    this.#unlimitLogs?.();
    await this.#compiled?.remove();
    this.#folder?.release();
  }

  /** The schema and the keys are in place before the first program asks for them; and the marts are made anew, if that was asked for. */
  async #prepare(context: ProgramContext): Promise<void> {
    const { ingest_key, display_token } = context.secrets;
    const run = (name: string, entry: string, args: string[], own: Record<string, string>): Promise<void> =>
      runCommand(context, name, entry, args, own, {
        signal: this.#stopping.signal,
        onSpawn: (child) => this.#folder?.noteChild(name, child.pid),
      });
    await this.#steps.step('schema', () => run('migrate', 'ingest/program/migrate-cli.ts', [], {}));
    await this.#steps.step('keys', async () => {
      const register = ['import', '--secret-env', 'SECRET', '--name', 'npm start'];
      const ingest = [...register, '--kind', 'ingest', '--source', '*'];
      await run('keys', 'ingest/keys/cli.ts', ingest, { SECRET: ingest_key });
      await run('keys', 'ingest/keys/cli.ts', [...register, '--kind', 'display'], { SECRET: display_token });
    });
    if (!this.#options.rebuild) return;
    await this.#steps.step('marts made anew', () => run('rebuild', 'processors/rebuild-cli.ts', [], {}));
    this.#steps.say(`what each said before and says now: ${logFile(context.dataDir, 'rebuild')}`);
  }

  /** Starts services side by side. All have settled before the failures are thrown. */
  async #startAll(services: Service[]): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const group = services.map((service) => new Supervised(service, this.#watcher(service.name)));
    this.#groups.push(group);
    const starts = group.map((service) => this.#steps.step(service.name, () => service.start()));
    const reasons = (await Promise.allSettled(starts))
      .filter((start) => start.status === 'rejected')
      .map(({ reason }) => messageOf(reason));
    if (reasons.length > 0) throw new Error(reasons.join('\n\n'));
  }

  #watcher(name: string): Watcher {
    return {
      say: (line) => {
        this.#steps.say(line);
      },
      spawned: (child) => this.#folder?.noteChild(name, child.pid),
      gaveUp: this.#fail,
    };
  }
}

function runFile({ host, ports, secrets, adminToken, backends }: ProgramContext): RunFile {
  const http_url = publicUrl(host, ports.server);
  const { clickhouse } = backends;
  return {
    http_url,
    clickhouse_url: clickhouse.url,
    clickhouse_tcp_port: clickhouse.tcp_port,
    database: clickhouse.database,
    kafka_brokers: backends.kafkaBrokers,
    ingest_key: secrets.ingest_key,
    admin_token: adminToken,
    // A fragment reaches no server and no log; the page trades it for a cookie.
    display_url: `${http_url}/wall/main#display=${secrets.display_token}`,
    analyst: clickhouse.analyst,
    pid: process.pid,
  };
}
