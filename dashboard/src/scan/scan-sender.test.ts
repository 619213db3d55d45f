import { describe, expect, test } from 'vitest';
import { ScanSender, type Answer, type SenderStatus } from './scan-sender.ts';
import type { KeptScan } from './scan-store.ts';

/** A queue in memory and a server that answers as it is told; time passes when told. */
function phone(
  codes: readonly string[],
  answers: (Answer | Error | ((events: readonly object[]) => Answer))[],
) {
  const scans = codes.map((code, id): KeptScan => ({
    id,
    event: { event_id: `e-${code}`, code },
    state: 'waiting',
  }));
  const posted: string[][] = [];
  const statuses: SenderStatus[] = [];
  const timers: { ms: number; run: () => void }[] = [];
  const sender = new ScanSender(
    {
      waiting: (limit) => Promise.resolve(scans.filter(({ state }) => state === 'waiting').slice(0, limit)),
      settle: (settled) => {
        for (const scan of settled) scans[scan.id ?? -1] = scan;
        return Promise.resolve();
      },
    },
    {
      post: (events) => {
        posted.push(events.map((event) => (event as { event_id: string }).event_id));
        const answer = answers.shift() ?? { status: 202, body: {} };
        if (answer instanceof Error) return Promise.reject(answer);
        return Promise.resolve(typeof answer === 'function' ? answer(events) : answer);
      },
      now: () => 0,
      random: () => 0.5,
      after: (ms, run) => {
        timers.push({ ms, run });
        return () => undefined;
      },
    },
    (status) => statuses.push(status),
  );
  return { scans, posted, statuses, timers, sender };
}
const states = (scans: readonly KeptScan[]) => scans.map(({ state }) => state);

describe('the queue of a phone', () => {
  test('goes in one batch, oldest first, and is done when the server has acknowledged', async () => {
    const { sender, scans, posted, statuses } = phone(['a', 'b', 'c'], []);
    await sender.send();
    expect(posted).toEqual([['e-a', 'e-b', 'e-c']]);
    expect(states(scans)).toEqual(['sent', 'sent', 'sent']);
    expect(statuses.at(-1)).toEqual({ phase: 'idle' });
  });

  test('without a network all stays, and is sent again under the same ids', async () => {
    const { sender, scans, posted, statuses, timers } = phone(['a', 'b'], [new Error('offline')]);
    await sender.send();
    expect(states(scans)).toEqual(['waiting', 'waiting']);
    expect(statuses.at(-1)?.phase).toBe('waiting');
    timers[0]?.run();
    await expect.poll(() => states(scans)).toEqual(['sent', 'sent']);
    expect(posted[1]).toEqual(posted[0]);
  });

  test('a busy server says when to come back', async () => {
    const { sender, statuses, timers } = phone(['a'], [{ status: 503, retry_after_s: 30, body: {} }]);
    await sender.send();
    expect(timers[0]?.ms).toBe(30_000);
    expect(statuses.at(-1)).toEqual({ phase: 'waiting', retry_at_ms: 30_000 });
  });

  test('of a batch, what is rejected is kept with its reason, the rest is done', async () => {
    const rejected = [{ index: 1, pointer: '/sku_id', detail: 'must not be empty' }];
    const { sender, scans } = phone(['a', 'b', 'c'], [{ status: 202, body: { rejected } }]);
    await sender.send();
    expect(states(scans)).toEqual(['sent', 'refused', 'sent']);
    expect(scans[1]?.detail).toBe('/sku_id must not be empty');
  });

  test('a batch that is refused as a whole goes one by one', async () => {
    const only = (events: readonly object[]): Answer =>
      (events[0] as { event_id: string }).event_id === 'e-b'
        ? { status: 422, body: { errors: [{ pointer: '/code', detail: 'is too long' }] } }
        : { status: 202, body: {} };
    const { sender, scans, posted } = phone(['b', 'c'], [{ status: 422, body: {} }, only, only]);
    await sender.send();
    expect(posted).toEqual([['e-b', 'e-c'], ['e-b'], ['e-c']]);
    expect(states(scans)).toEqual(['refused', 'sent']);
    expect(scans[0]?.detail).toBe('/code is too long');
  });

  test('a key that opens nothing stops the queue and loses nothing', async () => {
    const { sender, scans, statuses, timers } = phone(['a'], [{ status: 401, body: { detail: 'no key' } }]);
    await sender.send();
    expect(states(scans)).toEqual(['waiting']);
    expect(statuses.at(-1)).toEqual({ phase: 'forbidden', detail: 'no key' });
    expect(timers).toEqual([]);
  });

  test('what is asked while it sends is sent after, not beside', async () => {
    const { sender, scans, posted } = phone(['a'], []);
    const first = sender.send();
    const second = sender.send();
    await Promise.all([first, second]);
    expect(states(scans)).toEqual(['sent']);
    expect(posted).toHaveLength(1);
  });
});
