import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ALLOCATOR_ENV } from '../allocator.ts';
import { nodeArgs } from '../compiled.ts';
import { SqlClient } from '../../sql/client.ts';
import { startAbsentEdge, type AbsentEdge } from './absent-edge.ts';
import { lendDatabase, returnDatabase } from './databases.ts';
import type { LabStack } from './lab.ts';

/**
 * The whole path as separate processes on the shared stack, each test file with a database and topics of its own:
 * edge, sink, processors and server, started from their own entry points as in production.
 */
export const PROGRAMS = {
  edge: { entry: 'ingest/edge/main.ts', port: 'EDGE_PORT' },
  sink: { entry: 'ingest/sink/main.ts', port: 'SINK_PORT' },
  processors: { entry: 'processors/main.ts', port: 'PROCESSORS_PORT' },
  server: { entry: 'dashboard/server/main.ts', port: 'DMS_PORT' },
} as const;
export type ProgramName = keyof typeof PROGRAMS;

/** A program may take so long to be ready on two busy cores. */
const READY_WITHIN_MS = 90_000;
const OUTPUT_LINES_KEPT = 200;
/** Variable that tells a test run's processes where its programs lie compiled (stack/compiled.ts). */
export const COMPILED_ENV = 'DMS_COMPILED_PROGRAMS';

export interface Program {
  readonly name: ProgramName;
  readonly url: string;
  readonly child: ChildProcess;
  /** Its last lines, for a failure's message. */
  readonly output: readonly string[];
}

export class Pipeline {
  readonly env: Readonly<Record<string, string>>;
  readonly admin_token: string;
  readonly sql: SqlClient;
  readonly analyst: SqlClient;
  readonly #programs = new Map<ProgramName, Program>();
  /** Every process ever started, those that were replaced while frozen included. */
  readonly #children: ChildProcess[] = [];
  #absentEdge: AbsentEdge | undefined;
  readonly #stack: LabStack;
  readonly #database: string;

  private constructor(stack: LabStack, database: string, topic_prefix: string) {
    this.#stack = stack;
    this.#database = database;
    this.admin_token = `admin-${randomBytes(16).toString('hex')}`;
    this.env = {
      ...ALLOCATOR_ENV,
      KAFKA_BROKERS: stack.kafka_brokers,
      CLICKHOUSE_URL: stack.clickhouse_url,
      CLICKHOUSE_USER: stack.admin.user,
      CLICKHOUSE_PASSWORD: stack.admin.password,
      CLICKHOUSE_DATABASE: database,
      DMS_TOPIC_PREFIX: topic_prefix,
      DMS_ADMIN_TOKEN: this.admin_token,
      SINK_INSTANCE: 'only',
    };
    this.sql = new SqlClient({ url: stack.clickhouse_url, ...stack.admin, database });
    this.analyst = new SqlClient({ url: stack.clickhouse_url, ...stack.analyst, database });
  }

  /**
   * Starts the named programs; resolves when all are ready. `database` is one that is not there yet, to which the schema is applied, and
   * the prefix of the topics; default: one that is lent.
   */
  static async start(
    stack: LabStack,
    programs: readonly ProgramName[] = ['edge', 'sink', 'processors', 'server'],
    database?: string,
  ): Promise<Pipeline> {
    const lent = database === undefined ? await lendDatabase(stack) : { name: database, lent_as: database };
    const pipeline = new Pipeline(stack, lent.name, `${lent.lent_as}.`);
    try {
      if (database !== undefined) await pipeline.command('ingest/program/migrate-cli.ts', []);
      // The server passes events on to the edge, so the edge's address must be known before it starts.
      if (programs.includes('edge')) await pipeline.launch('edge');
      await Promise.all(programs.filter((name) => name !== 'edge').map((name) => pipeline.launch(name)));
      return pipeline;
    } catch (error) {
      // Whatever did start must not outlive the failure.
      await pipeline.stop();
      throw error;
    }
  }

  program(name: ProgramName): Program {
    const program = this.#programs.get(name);
    if (!program) throw new Error(`${name} was not started`);
    return program;
  }

  /** Address of the server, where all of /v1 is. */
  get url(): string {
    return this.program('server').url;
  }

  /** Starts one program (again), on a free port unless one is given; resolves when it is ready. `own` is for it alone. */
  async launch(
    name: ProgramName,
    onPort = '0',
    own: Readonly<Record<string, string>> = {},
  ): Promise<Program> {
    const { entry, port } = PROGRAMS[name];
    const edge_url = name === 'server' ? { EDGE_URL: await this.#edgeUrl() } : {};
    const child = spawn(process.execPath, programArgs(entry), {
      env: { ...process.env, ...this.env, [port]: onPort, ...edge_url, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    const output: string[] = [];
    const url = await listeningUrl(child, name, output);
    const program = { name, url, child, output };
    this.#programs.set(name, program);
    await untilReady(program);
    return program;
  }

  /** A server without an edge would not be ready. */
  async #edgeUrl(): Promise<string> {
    const edge = this.#programs.get('edge');
    if (edge !== undefined) return edge.url;
    this.#absentEdge ??= await startAbsentEdge();
    return this.#absentEdge.url;
  }

  /** Ends one program with a signal and waits for its end; its exit code, or null after a signal that kills. */
  async end(name: ProgramName, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this.program(name);
    this.#programs.delete(name);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** Runs a command of the project to its end; its standard output. Throws with its error output when it fails. */
  command(entry: string, args: readonly string[]): Promise<string> {
    const edge = this.#programs.get('edge');
    return runToEnd(entry, args, { ...this.env, ...(edge ? { EDGE_URL: edge.url } : {}) });
  }

  /** A call of the public server with the admin token. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${this.admin_token}`);
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  /** Posts events of one type; throws unless all were accepted. */
  async post(type: string, events: readonly object[]): Promise<void> {
    const response = await this.fetch(`/v1/events/${type}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    const text = await response.text();
    if (response.status !== 202 || !text.includes('"rejected":[]')) {
      throw new Error(`posting ${type} was answered ${response.status} ${text}`);
    }
  }

  /** Ends every program, and gives the database back. */
  async stop(): Promise<void> {
    await Promise.all([...this.#programs.keys()].map((name) => this.end(name)));
    for (const child of this.#children) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    }
    await this.#absentEdge?.stop();
    await returnDatabase(this.#stack, this.#database);
    await Promise.all([this.sql.close(), this.analyst.close()]);
  }
}

/** Arguments of node that run a program or command, compiled where DMS_COMPILED_PROGRAMS names the folder of this run. */
export function programArgs(entry: string): string[] {
  return nodeArgs(entry, process.env[COMPILED_ENV]);
}

/** Runs a command of the project to its end; its standard output. Throws with its error output when it fails. */
export async function runToEnd(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(process.execPath, [...programArgs(entry), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'exit')]);
  if (child.exitCode !== 0) throw new Error(`${entry} ended with ${String(child.exitCode)}: ${err || out}`);
  return out;
}

/** Asks until `probe` yields something other than undefined. Throws, with the last thing seen, when time is up. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  within_ms = 60_000,
): Promise<T> {
  const until = Date.now() + within_ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`waited ${within_ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Resolves with the address that the program says it listens on; rejects when it ends before. */
export function listeningUrl(child: ChildProcess, name: string, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const read = (line: string): void => {
      output.push(line);
      if (output.length > OUTPUT_LINES_KEPT) output.shift();
      if (!line.includes('"msg":"listening"')) return;
      resolve((JSON.parse(line) as { url: string }).url);
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', read);
    }
    child.once('exit', (code) => {
      reject(
        new Error(`${name} ended with ${String(code)} before it listened:\n${output.slice(-20).join('\n')}`),
      );
    });
  });
}

/** Resolves when the program answers that it is ready. */
export async function untilReady(program: {
  readonly name: string;
  readonly url: string;
  readonly output: readonly string[];
}): Promise<void> {
  let last = '';
  await eventually(
    `${program.name} to be ready`,
    async () => {
      const response = await fetch(`${program.url}/readyz`).catch(() => undefined);
      last = response ? await response.text() : 'no answer';
      return response?.ok ? true : undefined;
    },
    READY_WITHIN_MS,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; last answer ${last}\n${program.output.slice(-20).join('\n')}`);
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  if (stream) for await (const chunk of stream) text += String(chunk);
  return text;
}
