import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { BROKEN_PIPE_EXIT_CODE } from './broken-pipe.ts';

const COMMAND = new URL('command.ts', import.meta.url).href;

/** Runs a command of ours in a process of its own, whose reader takes the first piece of what it prints and goes away. */
async function runUnread(work: string): Promise<{ code: number | null; stderr: string }> {
  const script = `import { runCommand } from ${JSON.stringify(COMMAND)}; await runCommand(${work});`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, stderr };
}

describe('a command whose reader has gone', () => {
  it('ends quietly, as a program does that SIGPIPE ends', async () => {
    const endless = `async () => {
      for (;;) {
        process.stdout.write('a line\\n'.repeat(1_000));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }`;
    expect(await runUnread(endless)).toEqual({ code: BROKEN_PIPE_EXIT_CODE, stderr: '' });
  });

  it('tells a failure that is no broken pipe', async () => {
    expect(await runUnread(`async () => { throw new Error('the reason'); }`)).toEqual({
      code: 1,
      stderr: 'the reason\n',
    });
  });
});
