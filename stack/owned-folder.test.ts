import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeOwnedFolder, removeForsaken } from './owned-folder.ts';

const parent = mkdtempSync(join(tmpdir(), 'dms-owned-'));
afterAll(() => {
  rmSync(parent, { recursive: true });
});

it('removes the folders of processes that have ended, with all that is in them, and no others', async () => {
  const ended = spawnSync(process.execPath, ['-e', '']);
  const own = await makeOwnedFolder(parent, 'lab-');
  const forsaken = join(parent, `lab-${ended.pid}_1_x`);
  const others = ['lab-K2ZDe5', `other-${ended.pid}_1_x`].map((name) => join(parent, name));
  for (const folder of [forsaken, ...others]) mkdirSync(join(folder, 'data'), { recursive: true });
  await removeForsaken(parent, 'lab-');
  expect([own, forsaken, ...others].map((path) => [basename(path), existsSync(path)])).toEqual([
    [basename(own), true],
    [basename(forsaken), false],
    ...others.map((path) => [basename(path), true]),
  ]);
});
