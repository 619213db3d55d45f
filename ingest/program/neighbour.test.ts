import { describe, expect, it } from 'vitest';
import { Neighbour } from './neighbour.ts';

const soon = { ask_every_ms: 5, answer_ms_max: 25 };
const forever = new Promise<null>(() => undefined);

describe('a neighbour', () => {
  it('is ready from its first answer on', async () => {
    let resolve: (answer: null) => void = () => undefined;
    const promise = new Promise<null>((settle) => (resolve = settle));
    const one = Neighbour.watch({ name: 'one', ask: () => promise, ...soon });
    expect(one.readiness()).toEqual({ ready: false, reason: 'one does not answer' });
    resolve(null);
    await expect.poll(() => one.state).toBe('well');
    await one.stop();
  });

  it('stays ready when one answer is late, and is not when a second one is', async () => {
    const answers = [Promise.resolve(null), forever];
    let asked = 0;
    const one = Neighbour.watch({ name: 'one', ask: () => answers[asked++] ?? forever, ...soon });
    await expect.poll(() => one.state).toBe('well');
    await expect.poll(() => one.state).toBe('silent');
    // What has not answered is waited for, not asked again and again.
    expect(asked).toBe(2);
    expect(one.readiness()).toEqual({ ready: false, reason: 'one does not answer' });
    await one.stop();
  });

  it('takes every other failure for a busy machine', async () => {
    let asked = 0;
    const states = new Set<string>();
    const one = Neighbour.watch({
      name: 'one',
      ask: () => {
        asked += 1;
        if (asked > 1) states.add(one.state);
        return asked % 2 === 0 ? Promise.reject(new Error('busy')) : Promise.resolve(null);
      },
      ...soon,
    });
    await expect.poll(() => asked).toBeGreaterThan(10);
    expect([...states]).toEqual(['well']);
    await one.stop();
  });

  it('says what it lacks, until it answers that it is well', async () => {
    let lacks: string | null = 'is not ready: Kafka cannot be reached';
    const one = Neighbour.watch({ name: 'the edge', ask: () => Promise.resolve(lacks), ...soon });
    await expect.poll(() => one.state).toBe('lacking');
    expect(one.readiness()).toEqual({
      ready: false,
      reason: 'the edge is not ready: Kafka cannot be reached',
    });
    lacks = null;
    await expect.poll(() => one.readiness()).toEqual({ ready: true });
    await one.stop();
  });
});
