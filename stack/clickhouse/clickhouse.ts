import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from '../child.ts';
import { freePorts } from '../free-ports.ts';
import { untilReady, type StartControl } from '../readiness.ts';
import { serverConfigXml } from './config.ts';
import { ADMIN_USER, usersXml } from './users.ts';

const serverProgram = fileURLToPath(new URL('server.mjs', import.meta.url));
/** Loading many parts after a kill takes longer than the usual 2 s. */
const READY_TIMEOUT_MS = 120_000;
const PROBE_TIMEOUT_MS = 2_000;
const STOP_GRACE_MS = 10_000;

export interface ClickHouseOptions {
  /** Created if absent; holds data/, config.xml, users.xml. Its content survives kill -9 and is used again. */
  dataDir: string;
  logFile?: string;
  /** Free ones unless given. */
  ports?: ClickHousePorts;
  adminPassword: string;
  analystPassword: string;
  /** Databases whose `core_*` and `mart_*` the analyst may read. */
  databases: readonly string[];
  /** As of UsersOptions. */
  throwaway?: boolean;
  /** As of UsersOptions. */
  seldom_compiled?: boolean;
}

export interface ClickHousePorts {
  http: number;
  tcp: number;
}

export interface RunningClickHouse {
  readonly ports: ClickHousePorts;
  /** For `CLICKHOUSE_URL`. */
  readonly url: string;
  readonly child: Child;
  readonly exited: Child['exited'];
  stop(): Promise<void>;
}

/**
 * Starts one ClickHouse server (HTTP and native protocol, loopback only) in a process of its own, and resolves when it
 * has answered /ping and a query of its admin user.
 * @throws NotReadyError when it ends or stays silent.
 */
export async function startClickHouse(
  options: ClickHouseOptions,
  control: StartControl = {},
): Promise<RunningClickHouse> {
  const dataDir = resolve(options.dataDir);
  const ports = options.ports ?? (await pickPorts());
  mkdirSync(join(dataDir, 'data'), { recursive: true, mode: 0o700 });
  const configFile = join(dataDir, 'config.xml');
  const usersFile = join(dataDir, 'users.xml');
  const path = join(realpathSync(dataDir), 'data');
  // The embedded server keeps the database `system` in memory only, and stumbles over files of tables it has forgotten:
  // system.query_log reaches back to the start of the server, not further.
  rmSync(join(path, 'data', 'system'), { recursive: true, force: true });
  writeFileSync(
    configFile,
    serverConfigXml({ path, usersFile, httpPort: ports.http, tcpPort: ports.tcp, memory_bytes: totalmem() }),
    { mode: 0o600 },
  );
  writeFileSync(usersFile, usersXml({ ...options, embedded: true }), { mode: 0o600 });

  const child = startChild({
    command: process.execPath,
    args: [serverProgram, configFile, libraryFile()],
    env: serverEnvironment(),
    cwd: dataDir,
    logFile: options.logFile ?? join(dataDir, 'clickhouse.log'),
  });
  const stop = async (): Promise<void> => {
    await child.stop(STOP_GRACE_MS);
  };
  const url = `http://127.0.0.1:${ports.http}`;
  try {
    await untilReady(
      'ClickHouse',
      child,
      () => probeClickHouse(url, ADMIN_USER, options.adminPassword),
      READY_TIMEOUT_MS,
      control,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, url, child, exited: child.exited, stop };
}

/**
 * Asks /ping, then runs a query as `user`.
 * @throws Error with the reason when either is refused, wrong, or not answered in time.
 */
export async function probeClickHouse(url: string, user: string, password: string): Promise<void> {
  const ping = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  if (!ping.ok) throw new Error(`/ping answered ${ping.status}`);
  const query = await fetch(url, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
    body: 'SELECT currentUser() FORMAT TSVRaw',
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  });
  const answer = (await query.text()).trim();
  if (!query.ok) throw new Error(`a query as ${user} was refused: ${answer}`);
  if (answer !== user) throw new Error(`the server took ${user} for ${answer}`);
}

async function pickPorts(): Promise<ClickHousePorts> {
  const [http, tcp] = await freePorts(2);
  if (http === undefined || tcp === undefined) throw new Error('no free port for ClickHouse');
  return { http, tcp };
}

/** chdb ships its library in one npm package a platform; that of Linux on x86-64 is the one this project installs. */
function libraryFile(): string {
  const require = createRequire(import.meta.url);
  const libc = process.platform === 'linux' ? '-gnu' : '';
  const name = `@chdb/lib-${process.platform}-${process.arch}${libc}`;
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'libchdb.so');
  } catch (error) {
    throw new Error(`no ClickHouse library for this platform (${name}): set CLICKHOUSE_URL to a server`, {
      cause: error,
    });
  }
}

function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, TZ: 'UTC' };
}
