import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderError, takeDataFolder } from './data-folder.ts';
import { identify, isRunning } from './process-identity.ts';
import { keepSecrets } from './secrets.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dms-folder-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});
const silent = (): void => undefined;

describe('a data folder', () => {
  it('has one supervisor at a time', async () => {
    const folder = await takeDataFolder(dir, silent);
    await expect(takeDataFolder(dir, silent)).rejects.toThrow(DataFolderError);
    folder.release();
    (await takeDataFolder(dir, silent)).release();
  });

  it('that cannot be made is told by its name, with what to do', async () => {
    const file = join(dir, 'a-file');
    writeFileSync(file, '');
    const refused = takeDataFolder(file, silent);
    await expect(refused).rejects.toThrow(DataFolderError);
    await expect(refused).rejects.toThrow(`data folder ${file}, or it cannot be made; name another one`);
  });

  it('that a file system takes nowhere, as under /proc, is told in the same words', async () => {
    const refused = takeDataFolder('/proc/dms/data', silent);
    await expect(refused).rejects.toThrow(
      'data folder /proc/dms/data, or it cannot be made; name another one',
    );
  });

  it('is made with the folders above it, for its owner alone', async () => {
    const deep = join(dir, 'a', 'b');
    (await takeDataFolder(deep, silent)).release();
    expect(statSync(join(dir, 'a')).mode & 0o777).toBe(0o700);
    (await takeDataFolder(deep, silent)).release();
  });

  it.each([
    ['a process that is gone', '{"pid":4194304,"started":"1"}'],
    ['a process whose number now belongs to another', `{"pid":${process.pid},"started":"1"}`],
    ['a write that a power cut tore', '{"pid":'],
  ])('is free again when its lock tells of %s', async (_, lock) => {
    writeFileSync(join(dir, 'supervisor.lock'), lock);
    const folder = await takeDataFolder(dir, silent);
    expect(JSON.parse(readFileSync(join(dir, 'supervisor.lock'), 'utf8'))).toEqual(identify(process.pid));
    folder.release();
    expect(existsSync(join(dir, 'supervisor.lock'))).toBe(false);
  });

  it('is taken only when the children of a killed supervisor have ended', async () => {
    const leftover = spawn('sleep', ['0.5'], { detached: true, stdio: 'ignore' });
    const identity = identify(leftover.pid ?? 0);
    writeFileSync(join(dir, 'children.json'), JSON.stringify({ kafka: identity }));
    const told: string[] = [];
    const [folder] = await Promise.all([
      takeDataFolder(dir, (what) => told.push(what)),
      once(leftover, 'exit'),
    ]);
    expect(identity && isRunning(identity)).toBe(false);
    expect(told).toEqual([expect.stringContaining('kafka')]);
    folder.release();
  });

  it('never mistakes a stranger with a child’s number for that child', async () => {
    writeFileSync(join(dir, 'children.json'), `{"kafka":{"pid":${process.pid},"started":"1"}}`);
    const told: string[] = [];
    (await takeDataFolder(dir, (what) => told.push(what))).release();
    expect(told).toEqual([]);
  });
});

describe('its secrets', () => {
  it('are made once, each another, and readable by the owner alone', () => {
    const secrets = keepSecrets(dir);
    expect(keepSecrets(dir)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(5);
    expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('are completed, not replaced, when a later version needs one more', () => {
    const { admin_token } = keepSecrets(dir);
    writeFileSync(join(dir, 'secrets.json'), JSON.stringify({ admin_token }));
    expect(keepSecrets(dir)).toMatchObject({
      admin_token,
      display_token: expect.stringMatching(/^dmsd_/) as unknown,
    });
  });
});
