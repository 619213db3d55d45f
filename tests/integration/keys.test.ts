import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunningEdge } from '../../ingest/edge/edge.ts';
import { createSecret, hashSecret } from '../../ingest/keys/key-record.ts';
import { KeyDirectory } from '../../ingest/keys/key-directory.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { KEYS_TOPIC } from '../../models/contract/topics.ts';
import { EdgeSetting, orderEvent, postEvents } from './edge-setting.ts';
import { programArgs } from '../../stack/lab/pipeline.ts';

interface ShownKey {
  readonly key_id: string;
  readonly kind: string;
  readonly secret?: string;
  readonly revoked_at?: string;
}

let setting: EdgeSetting;
let edge: RunningEdge;

beforeAll(async () => {
  setting = await EdgeSetting.create();
  edge = await setting.startEdge();
});

afterAll(async () => {
  await edge.stop();
});

/** Runs `npm run keys -- …`: its exit code and output. */
async function keys(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [...programArgs('ingest/keys/cli.ts'), ...args], {
    env: { ...process.env, ...setting.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const lines = out.split('\n').filter((line) => line !== '');
  return { code: exit[0] as number, lines, err };
}

async function shown(args: readonly string[], env?: Record<string, string>): Promise<ShownKey[]> {
  const { code, lines, err } = await keys(args, env);
  expect([code, err.replace(/^The secret.*\n/, '')]).toEqual([0, '']);
  return lines.map((line) => JSON.parse(line) as ShownKey);
}

const statusOf = async (secret: string, changes = {}) =>
  (await postEvents(edge.url, secret, orderEvent(changes))).status;

describe('npm run keys', () => {
  it('adds a key that works at once in a running edge, for what it is bound to, until it is revoked', async () => {
    const [added] = await shown([
      'add',
      '--source',
      'erp-a',
      '--source',
      'erp-b',
      '--dealer',
      'D-1',
      '--name',
      'test',
    ]);
    const secret = added?.secret ?? '';
    expect(secret).toMatch(/^dmsk_/);
    await expect.poll(() => statusOf(secret, { source: 'erp-a' })).toBe(202);
    expect(await statusOf(secret, { source: 'erp-b' })).toBe(202);
    expect(await statusOf(secret, { source: 'erp-c' })).toBe(403);
    expect(await statusOf(secret, { source: 'erp-a', dealer_id: 'D-2' })).toBe(403);
    const byHeader = { 'x-api-key': secret };
    expect((await postEvents(edge.url, undefined, orderEvent({ source: 'erp-a' }), byHeader)).status).toBe(
      202,
    );

    expect(await shown(['revoke', added?.key_id ?? ''])).toMatchObject([{ key_id: added?.key_id }]);
    await expect.poll(() => statusOf(secret, { source: 'erp-a' })).toBe(401);
    const listed = (await shown(['list'])).find(({ key_id }) => key_id === added?.key_id);
    expect(listed?.revoked_at).toBeDefined();
    expect(listed).not.toHaveProperty('secret');
  });

  it('keeps no secret: Kafka holds its hash only', async () => {
    const [added] = await shown(['add', '--source', '*']);
    const stored = await setting.readTopic(KEYS_TOPIC);
    expect(stored.some(({ key }) => key === added?.key_id)).toBe(true);
    for (const { value } of stored)
      expect(value.toString()).not.toContain(added?.secret?.slice('dmsk_'.length));
  });

  it('imports a secret once, however often it is told to, and never one that was revoked', async () => {
    const secret = createSecret('ingest');
    const args = [
      'import',
      '--kind',
      'ingest',
      '--secret-env',
      'A_SECRET',
      '--source',
      '*',
      '--name',
      'demo',
    ];
    const [first] = await shown(args, { A_SECRET: secret });
    expect(await shown(args, { A_SECRET: secret })).toEqual([first]);
    expect((await setting.readTopic(KEYS_TOPIC)).filter(({ key }) => key === first?.key_id)).toHaveLength(1);
    await expect.poll(() => statusOf(secret)).toBe(202);

    await shown(['revoke', first?.key_id ?? '']);
    expect((await keys(args, { A_SECRET: secret })).code).toBe(1);
    await expect.poll(() => statusOf(secret)).toBe(401);
  });

  it.each([
    [['add'], {}],
    [['add', '--kind', 'other'], {}],
    [['add', '--kind', 'display', '--source', 'erp-a'], {}],
    [['add', '--kind', 'person', '--name', 'Wang'], {}],
    [['add', '--kind', 'person', '--role', 'planner'], {}],
    [['add', '--kind', 'person', '--role', 'admin', '--name', 'Wang'], {}],
    [['add', '--source', '*', '--role', 'planner'], {}],
    [['import', '--secret-env', 'MISSING', '--source', '*'], {}],
    [['import', '--secret-env', 'SHORT', '--source', '*'], { SHORT: 'dmsk_short' }],
    [['nonsense'], {}],
  ])('tells wrong usage with code 2: %j', async (args, env) => {
    const { code, err } = await keys(args, env);
    expect(code).toBe(2);
    expect(err).not.toBe('');
  });
});

describe('a directory', () => {
  it('that starts later knows every key that was added before, and leaves no group behind', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => setting.addKey({ kind: 'display' })));
    const log = createLogger('test', 'silent');
    const admin = setting.kafka.admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const groups = async () =>
      (await admin.listGroups()).groups.filter(({ groupId }) =>
        groupId.startsWith(setting.config.DMS_TOPIC_PREFIX),
      );
    const before = await groups();
    const directory = await KeyDirectory.start({
      kafka: setting.kafka,
      topicPrefix: setting.config.DMS_TOPIC_PREFIX,
      log,
      onFailure: (error) => {
        throw error;
      },
    });
    expect(await groups()).toHaveLength(before.length + 1);
    for (const secret of secrets) expect(directory.find(hashSecret(secret))?.kind).toBe('display');
    const changed = new Promise((resolve) => directory.onChange(resolve));
    const late = await setting.addKey();
    expect(await changed).toMatchObject({ hash: hashSecret(late) });
    await directory.stop();
    expect(await groups()).toEqual(before);
  });
});
