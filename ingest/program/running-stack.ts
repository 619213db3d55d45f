import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The environment of a command that a person runs beside `npm start`: what is set in `env` holds, and what is not is
 * read from the running stack's `run.json` in its data folder (DMS_DATA_DIR, else `.dms`). Without either the command
 * tells by itself which variables it lacks.
 */
export function environmentBesideStack(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string | undefined> {
  const folder = env['DMS_DATA_DIR'] ?? '.dms';
  const run = readRun(join(folder, 'run.json'));
  // The admin's password is no part of run.json; whoever may read the stack's own secrets has it. Never for another server.
  const secrets = env['CLICKHOUSE_URL'] ? undefined : readRun(join(folder, 'secrets.json'));
  return run
    ? {
        KAFKA_BROKERS: text(run['kafka_brokers']),
        CLICKHOUSE_URL: text(run['clickhouse_url']),
        CLICKHOUSE_DATABASE: text(run['database']),
        CLICKHOUSE_PASSWORD: text(secrets?.['clickhouse_password']),
        DMS_ADMIN_TOKEN: text(run['admin_token']),
        // The public server passes events on to the edge.
        EDGE_URL: text(run['http_url']),
        ...definedOf(env),
      }
    : { ...env };
}

function readRun(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function text(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' ? value : undefined;
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
