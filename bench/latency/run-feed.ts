import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FeedOrder, FeedResult } from './feed.ts';

/** Runs the feed in a process of its own, so that its work delays no clock of the measurement. */
export async function runFeed(order: FeedOrder, onStart: (pid: number) => void): Promise<FeedResult> {
  const child = fork(join(import.meta.dirname, 'feed.ts'));
  try {
    if (child.pid !== undefined) onStart(child.pid);
    child.send(order);
    const [result] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the feed ended with ${String(code)}`);
      }),
    ])) as [FeedResult];
    return result;
  } finally {
    child.kill();
  }
}
