import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALLOCATOR_ENV } from './allocator.ts';
import { logFile, type Backends } from './backends.ts';
import { startChild, tailOf, type Child } from './child.ts';
import { nodeArgs } from './compiled.ts';
import type { StackPorts } from './ports.ts';
import { untilReady, type StartControl } from './readiness.ts';
import type { Secrets } from './secrets.ts';
import type { Service, StartedService } from './supervised.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
/** Reading the first state, or catching up after a long stand-still, may take a while. */
const READY_TIMEOUT_MS = 180_000;
const PROBE_TIMEOUT_MS = 2_000;
/** A program gives itself 20 s to finish what it holds (ingest/program); then it is killed. */
const STOP_GRACE_MS = 22_000;

/** Variables of this process that programs may see; nothing else of its environment reaches them. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'LOG_LEVEL',
  'DMS_TOPIC_PREFIX',
  'DMS_TIME_ZONE',
  'DMS_WEBHOOKS_FILE',
  'DMS_REPORTING_CURRENCY',
  'CLICKHOUSE_CLUSTER',
  'GEO_DATA_DIR',
];

/** Those that only the processors may see besides: where exports are delivered to, and how one signs in there. */
const FOR_DELIVERIES = [
  'DMS_DELIVERIES_FILE',
  'DMS_SFTP_PASSWORD',
  'DMS_SFTP_KEY_FILE',
  'DMS_SFTP_HOST_KEY',
  'SSH_AUTH_SOCK',
  'TMPDIR',
];
const AWS = /^AWS_/;

/** What every program of a run shares. */
export interface ProgramContext {
  dataDir: string;
  host: string;
  ports: StackPorts;
  secrets: Secrets;
  adminToken: string;
  backends: Backends;
  /** Where its programs lie compiled. */
  compiledDir: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The environment of a program: what is passed on, where everything is, and `own`, what this program alone may know. */
function environment(context: ProgramContext, own: Record<string, string>): NodeJS.ProcessEnv {
  const { backends, ports, env } = context;
  return {
    ...Object.fromEntries(PASSED_ON.map((name) => [name, env[name]])),
    KAFKA_BROKERS: backends.kafkaBrokers,
    CLICKHOUSE_URL: backends.clickhouse.url,
    CLICKHOUSE_USER: backends.clickhouse.user,
    CLICKHOUSE_PASSWORD: backends.clickhouse.password,
    CLICKHOUSE_DATABASE: backends.clickhouse.database,
    DMS_ANALYST_USER: backends.clickhouse.analyst.user,
    DMS_DATA_DIR: context.dataDir,
    EDGE_HOST: '127.0.0.1',
    EDGE_PORT: String(ports.edge),
    EDGE_URL: `http://127.0.0.1:${ports.edge}`,
    ...ALLOCATOR_ENV,
    SINK_PORT: String(ports.sink),
    PROCESSORS_PORT: String(ports.processors),
    ...own,
  };
}

/** The long-running programs, in the order in which data flows through them. */
export function programServices(context: ProgramContext): Service[] {
  const { ports } = context;
  const admin = { DMS_ADMIN_TOKEN: context.adminToken };
  const server = { ...admin, DMS_HOST: context.host, DMS_PORT: String(ports.server) };
  const local = (port: number): string => `http://127.0.0.1:${port}`;
  return [
    program(context, 'edge', 'ingest/edge/main.ts', admin, local(ports.edge)),
    program(context, 'sink', 'ingest/sink/main.ts', { SINK_INSTANCE: 'only' }, local(ports.sink)),
    program(
      context,
      'processors',
      'processors/main.ts',
      deliveryAccess(context.env),
      local(ports.processors),
    ),
    program(context, 'server', 'dashboard/server/main.ts', server, publicUrl(context.host, ports.server)),
  ];
}

function deliveryAccess(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (FOR_DELIVERIES.includes(entry[0]) || AWS.test(entry[0])),
    ),
  );
}

/** Where the public server is reached from this machine. */
export function publicUrl(host: string, port: number): string {
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${reachable}:${port}`;
}

/** The simulated channel that feeds the demo through the public address, like any other source of events. */
export function demoService(context: ProgramContext): Service {
  const url = publicUrl(context.host, context.ports.server);
  // The state makes it go on, after a stop or a crash, where it stood.
  const args = ['--to', url, '--live', '--state', join(context.dataDir, 'demo.json')];
  return {
    name: 'simulator',
    start(control) {
      const own = { DMS_INGEST_KEY: context.secrets.ingest_key };
      const child = startProgram(context, 'simulator', 'simulator/cli.ts', args, own);
      control.onSpawn?.(child);
      return Promise.resolve(started(child));
    },
  };
}

function program(
  context: ProgramContext,
  name: string,
  entry: string,
  own: Record<string, string>,
  url: string,
): Service {
  return {
    name,
    async start(control) {
      const child = startProgram(context, name, entry, [], own);
      const service = started(child);
      try {
        await untilReady(name, child, () => probeReady(url), READY_TIMEOUT_MS, control);
      } catch (error) {
        await service.stop();
        throw error;
      }
      return service;
    },
  };
}

async function probeReady(url: string): Promise<void> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  const body = await answer.text();
  if (!answer.ok) throw new Error(`/readyz answered ${answer.status} ${body.slice(0, 500)}`);
}

/**
 * Runs a command of the repository to its end.
 * @throws Error with its last lines when it does not end with code 0; the signal's reason when it is given up
 */
export async function runCommand(
  context: ProgramContext,
  name: string,
  entry: string,
  args: readonly string[],
  own: Record<string, string>,
  control: StartControl,
): Promise<void> {
  control.signal?.throwIfAborted();
  const child = startProgram(context, name, entry, args, own);
  control.onSpawn?.(child);
  const onAbort = (): void => void child.stop(STOP_GRACE_MS);
  control.signal?.addEventListener('abort', onAbort);
  const { code, signal } = await child.exited;
  control.signal?.removeEventListener('abort', onAbort);
  control.signal?.throwIfAborted();
  if (code === 0) return;
  throw new Error(`${name} ended with ${signal ?? `code ${String(code)}`}:\n${tailOf(child.logFile, 15)}`);
}

function startProgram(
  context: ProgramContext,
  name: string,
  entry: string,
  args: readonly string[],
  own: Record<string, string>,
): Child {
  return startChild({
    command: process.execPath,
    args: [...nodeArgs(entry, context.compiledDir), ...args],
    env: environment(context, own),
    cwd: repository,
    logFile: logFile(context.dataDir, name),
  });
}

function started(child: Child): StartedService {
  return { child, stop: () => child.stop(STOP_GRACE_MS) };
}
