import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { TaskThread } from './task-thread.ts';

const dir = mkdtempSync(join(tmpdir(), 'task-thread-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** A thread that is told what to do: to answer with its id and the number of its tasks, to fail, or to end. */
const module = join(dir, 'thread.mjs');
writeFileSync(
  module,
  `import { parentPort, threadId } from 'node:worker_threads';
   let tasks = 0;
   parentPort.on('message', (task) => {
     tasks += 1;
     if (task === 'fail') throw new RangeError('no such thing');
     if (task === 'end') process.exit(3);
     parentPort.postMessage({ task, threadId, tasks });
   });`,
);

interface Answer {
  readonly task: string;
  readonly threadId: number;
  readonly tasks: number;
}

describe('a thread for tasks', () => {
  test('takes one task after another in the same thread', async () => {
    const thread = new TaskThread<string, Answer>(pathToFileURL(module));
    const [a, b] = await Promise.all([thread.run('a'), thread.run('b')]);
    expect([a.task, a.tasks, b.task, b.tasks]).toEqual(['a', 1, 'b', 2]);
    expect(b.threadId).toBe(a.threadId);
  });

  test('a task that fails says why, and the next one has a thread of its own', async () => {
    const thread = new TaskThread<string, Answer>(pathToFileURL(module));
    const before = await thread.run('a');
    await expect(thread.run('fail')).rejects.toThrow('no such thing');
    const after = await thread.run('b');
    expect([after.task, after.tasks]).toEqual(['b', 1]);
    expect(after.threadId).not.toBe(before.threadId);
  });

  test('a thread that ends before it answers fails its task', async () => {
    const thread = new TaskThread<string, Answer>(pathToFileURL(module));
    await expect(thread.run('end')).rejects.toThrow('the thread ended with 3');
    expect((await thread.run('a')).tasks).toBe(1);
  });
});
