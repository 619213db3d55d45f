import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startChild, tailOf } from './child.ts';
import { identify } from './process-identity.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'dms-child-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});
const env = { PATH: process.env['PATH'] };
const shell = (script: string) =>
  startChild({ command: '/bin/sh', args: ['-c', script], env, logFile: join(dir, 'child.log') });

describe('a child', () => {
  it('ends with the code of its command, and its words are in the log', async () => {
    const child = shell('echo out; echo err >&2; exit 7');
    expect(await child.exited).toEqual({ code: 7, signal: null });
    expect(tailOf(child.logFile, 5).split('\n').sort()).toEqual(['err', 'out']);
  });

  it('is not started with the secrets of this process’s environment', async () => {
    process.env['DMS_TEST_SECRET'] = 'told';
    const child = shell('echo "secret: $DMS_TEST_SECRET"');
    await child.exited;
    delete process.env['DMS_TEST_SECRET'];
    expect(tailOf(child.logFile, 5)).toBe('secret:');
  });

  it('that ignores SIGTERM is killed after the grace, with its own children', async () => {
    const child = shell(`trap '' TERM; sleep 300 & echo $! > ${dir}/grandchild; wait; sleep 300`);
    const grandchild = await vi.waitUntil(() => Number(tailOf(join(dir, 'grandchild'), 1)) || undefined);
    expect(await child.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
    await vi.waitUntil(() => identify(grandchild) === undefined);
    expect(identify(child.pid)).toBeUndefined();
  });

  it('that cannot be found ends with the shell’s code for it', async () => {
    const child = startChild({ command: 'no-such-command', args: [], env, logFile: join(dir, 'child.log') });
    expect(await child.exited).toEqual({ code: 127, signal: null });
  });

  it('does not outlive a starter that is killed by SIGKILL', async () => {
    const starter = join(dir, 'starter.mts');
    const childModule = new URL('child.ts', import.meta.url).href;
    writeFileSync(
      starter,
      `import { startChild } from '${childModule}';
       const child = startChild({ command: 'sleep', args: ['300'], env: process.env, logFile: '${dir}/c.log' });
       console.log(child.pid);
       await child.exited;`,
    );
    const process_ = spawn(process.execPath, ['--import', 'tsx', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      process_.stdout.once('data', (line) => {
        resolve(Number(String(line)));
      });
    });
    expect(identify(pid)).toBeDefined();
    process_.kill('SIGKILL');
    await vi.waitUntil(() => identify(pid) === undefined, { timeout: 4_000 });
  });
});

describe('the tail of a log', () => {
  it('is its last lines, however long the log', () => {
    const file = join(dir, 'long.log');
    writeFileSync(file, Array.from({ length: 50_000 }, (_, n) => `line ${n}`).join('\n') + '\n');
    expect(tailOf(file, 2)).toBe('line 49998\nline 49999');
    expect(readFileSync(file).length).toBeGreaterThan(16_384);
  });

  it('is nothing where there is no log', () => {
    expect(tailOf(join(dir, 'none.log'), 5)).toBe('');
  });
});
