import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isRunning, type ProcessIdentity } from '../../stack/process-identity.ts';
import type { RunFile } from '../../stack/supervisor.ts';

/** Two starts of everything on a busy machine. */
const START_TIMEOUT_MS = 240_000;
const main = join(import.meta.dirname, '../../stack/main.ts');
const dataDir = mkdtempSync(join(tmpdir(), 'dms-supervisor-'));
const runFile = join(dataDir, 'run.json');

interface Stack {
  process: ChildProcess;
  output: () => string;
  ended: Promise<number | null>;
}
let stack: Stack;

/** Starts the supervisor as `npm start` does, on nothing of this test run's own Kafka and ClickHouse. */
function launch(...args: string[]): Stack {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--data', dataDir, ...args], {
    env: { PATH, HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, output: () => output, ended };
}

async function start(...more: string[]): Promise<void> {
  stack = launch('--no-demo', '--port', '0', ...more);
  const { process: child, output } = stack;
  await vi.waitUntil(
    () => {
      if (child.exitCode !== null) throw new Error(`the stack ended: ${output()}`);
      return existsSync(runFile);
    },
    { timeout: START_TIMEOUT_MS, interval: 200 },
  );
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(join(dataDir, file), 'utf8'));
const run = (): RunFile => readJson('run.json') as RunFile;
const children = (): Record<string, ProcessIdentity> =>
  readJson('children.json') as Record<string, ProcessIdentity>;
const running = (all: Record<string, ProcessIdentity>): string[] =>
  Object.keys(all).filter((name) => isRunning(all[name] as ProcessIdentity));

async function query(sql: string, user: string, password: string): Promise<string> {
  const answer = await fetch(run().clickhouse_url, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': password },
    body: sql,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.trim();
}

/** How many orders the analyst sees; "" while ClickHouse is away. */
async function orders(): Promise<string> {
  const { database, analyst } = run();
  return query(`SELECT count() FROM ${database}.core_orders`, analyst.user, analyst.password).catch(() => '');
}

async function postOrder(event_id: string): Promise<number> {
  const { http_url, ingest_key } = run();
  const answer = await fetch(`${http_url}/v1/events/order`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ingest_key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      event_id,
      source: 'supervisor-test',
      event_time: new Date().toISOString(),
      dealer_id: 'D1',
      order_id: event_id,
      line_no: 1,
      sku_id: 'S1',
      stage: 'placed',
      qty: 1,
      unit_price: '10.00',
      currency: 'CNY',
      channel: 'portal',
    }),
  });
  return answer.status;
}

async function killAndAwaitNext(name: string): Promise<void> {
  const before = children()[name] as ProcessIdentity;
  process.kill(before.pid, 'SIGKILL');
  await vi.waitUntil(() => stack.output().includes(`${name} is up again`), { timeout: START_TIMEOUT_MS });
  expect(isRunning(before)).toBe(false);
  const after = children()[name] as ProcessIdentity;
  expect(after.pid).not.toBe(before.pid);
  expect(isRunning(after)).toBe(true);
}

beforeAll(() => start(), START_TIMEOUT_MS);
afterAll(async () => {
  stack.process.kill('SIGTERM');
  await stack.ended;
  rmSync(dataDir, { recursive: true, force: true });
}, START_TIMEOUT_MS);

describe('the stack under its supervisor', { timeout: START_TIMEOUT_MS }, () => {
  it('tells where it is in a run.json that its owner alone can read', async () => {
    expect(statSync(runFile).mode & 0o777).toBe(0o600);
    const told = run();
    expect(Object.keys(told).sort()).toEqual([
      'admin_token',
      'analyst',
      'clickhouse_tcp_port',
      'clickhouse_url',
      'database',
      'display_url',
      'http_url',
      'ingest_key',
      'kafka_brokers',
      'pid',
    ]);
    expect(told.pid).toBe(stack.process.pid);
    expect((await fetch(`${told.http_url}/readyz`)).status).toBe(200);
    expect(Object.keys(children()).sort()).toEqual(
      expect.arrayContaining(['clickhouse', 'edge', 'kafka', 'processors', 'server', 'sink']),
    );
  });

  it('takes an order at its public address through to what the analyst reads', async () => {
    expect(await postOrder('first')).toBe(202);
    await vi.waitUntil(async () => (await orders()) === '1', { timeout: 60_000 });
  });

  it('gives its folder to no second supervisor', async () => {
    const second = launch('--no-demo');
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain('is in use by another "npm start"');
    expect(existsSync(runFile)).toBe(true);
  });

  it.each([
    ['sink', '2'],
    ['clickhouse', '3'],
    ['kafka', '4'],
  ])('starts a %s that was killed again, and no order is lost or doubled', async (name, expected) => {
    await killAndAwaitNext(name);
    // The edge says 503 until its producer has found the broker again; the same event may be sent again.
    await vi.waitUntil(async () => (await postOrder(`after ${name}`)) === 202, {
      timeout: 120_000,
      interval: 500,
    });
    await vi.waitUntil(async () => (await orders()) === expected, { timeout: 60_000 });
  });

  it('leaves no process behind when it is killed itself, and a second start finds everything again, and makes the marts anew when asked to', async () => {
    const left = children();
    stack.process.kill('SIGKILL');
    await stack.ended;
    const secrets = readJson('secrets.json');
    rmSync(runFile);
    // At once: the second one has to wait for what the first one left.
    await start('--rebuild');
    expect(running(left)).toEqual([]);
    expect(readFileSync(join(dataDir, 'logs/rebuild.log'), 'utf8')).toMatch(/^order-lines: \d+ rows in /m);
    expect(readJson('secrets.json')).toEqual(secrets);
    const { clickhouse_password } = secrets as { clickhouse_password: string };
    await query('SYSTEM FLUSH LOGS', 'dms', clickhouse_password);
    expect(
      Number(await query('SELECT count() FROM system.query_log', 'dms', clickhouse_password)),
    ).toBeGreaterThan(0);
    await vi.waitUntil(async () => (await orders()) === '4', { timeout: 60_000 });
  });

  it('ends with code 0 at SIGINT, and nothing of it is left', async () => {
    const all = children();
    expect(running(all).length).toBeGreaterThanOrEqual(6);
    stack.process.kill('SIGINT');
    expect(await stack.ended, stack.output()).toBe(0);
    expect(running(all)).toEqual([]);
    expect(existsSync(runFile)).toBe(false);
    expect(existsSync(join(dataDir, 'supervisor.lock'))).toBe(false);
  });

  it('ends with code 2 on wrong usage', async () => {
    const wrong = launch('--prot', '8080');
    expect(await wrong.ended).toBe(2);
    expect(wrong.output()).toContain("unknown option '--prot'");
  });
});
