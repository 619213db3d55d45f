import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.mjs';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dealerstream-one-'));
  file = join(folder, 'deeper/work.pid');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('what comes meanwhile waits, also after a failure', async () => {
  const at: string[] = [];
  const work = (name: string) => async () => {
    at.push(`${name} begins`);
    await delay(20);
    at.push(`${name} ends`);
    if (name === 'first') throw new Error('failed');
  };
  const both = await Promise.allSettled([oneAtATime(file, work('first')), oneAtATime(file, work('second'))]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(at).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(existsSync(file)).toBe(false);
});

test('a process that was killed holds nobody up', async () => {
  const { pid } = spawnSync('true');
  await oneAtATime(file, () => Promise.resolve());
  writeFileSync(file, String(pid));
  expect(await oneAtATime(file, () => Promise.resolve('done'))).toBe('done');
});
