import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf } from './caught.ts';
import { ConfigError, readConfig, type Config, type VariableName } from './config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration of a command that a person runs beside `npm start`: what is set in `env` holds, and what is not is
 * read from the running stack's `run.json` in its data folder (DMS_DATA_DIR, else `.dms`).
 * @throws ConfigError naming what is missing and, where there is no `run.json`, where it was looked for.
 */
export function readConfigBesideStack<N extends VariableName>(
  names: readonly N[],
  env: Environment = process.env,
): Config<N> {
  const folders = dataFoldersOf(env);
  const found = folders
    .map((folder) => ({ folder, run: readRun(join(folder, 'run.json')) }))
    .find(({ run }) => run !== undefined);
  if (found?.run) return readConfig(names, environmentOf(found.run, found.folder, env));
  try {
    return readConfig(names, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const places = folders.map((folder) => join(folder, 'run.json')).join(' and no ');
    throw new ConfigError([...error.problems, `and no running stack tells it: there is no ${places}`]);
  }
}

/**
 * Where the data may lie. npm runs a command in the folder of its package; INIT_CWD is where the person stands who called it,
 * and a relative name is theirs first.
 */
function dataFoldersOf(env: Environment): string[] {
  const named = env['DMS_DATA_DIR'];
  const stands = named && env['INIT_CWD'] ? [resolve(env['INIT_CWD'], named)] : [];
  return [...new Set([...stands, resolve(named || '.dms')])];
}

function environmentOf(
  run: Readonly<Record<string, unknown>>,
  folder: string,
  env: Environment,
): Environment {
  // The admin's password is no part of run.json; whoever may read the stack's own secrets has it. Never for another server.
  const secrets = env['CLICKHOUSE_URL'] ? undefined : readRun(join(folder, 'secrets.json'));
  return {
    KAFKA_BROKERS: text(run['kafka_brokers']),
    CLICKHOUSE_URL: text(run['clickhouse_url']),
    CLICKHOUSE_DATABASE: text(run['database']),
    CLICKHOUSE_PASSWORD: text(secrets?.['clickhouse_password']),
    DMS_ADMIN_TOKEN: text(run['admin_token']),
    // The public server passes events on to the edge.
    EDGE_URL: text(run['http_url']),
    ...definedOf(env),
  };
}

function readRun(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function text(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : undefined;
}

function definedOf(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
