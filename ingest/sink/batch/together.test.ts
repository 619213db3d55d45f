import { describe, expect, it } from 'vitest';
import { Together } from './together.ts';

describe('questions of one moment', () => {
  it('become one request, and each gets its own answer', async () => {
    const requests: (readonly number[])[] = [];
    const doubled = new Together((questions: readonly number[]) => {
      requests.push(questions);
      return Promise.resolve(questions.map((question) => 2 * question));
    });
    expect(await Promise.all([3, 1, 2].map((question) => doubled.ask(question)))).toEqual([6, 2, 4]);
    expect(await doubled.ask(5)).toBe(10);
    expect(requests).toEqual([[3, 1, 2], [5]]);
  });

  it('are asked after the last of them, also while others wait for their answer', async () => {
    const waiting: (() => void)[] = [];
    const requests: (readonly string[])[] = [];
    const slow = new Together(async (questions: readonly string[]) => {
      requests.push(questions);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return questions;
    });
    const first = slow.ask('a');
    expect(requests).toEqual([]);
    await new Promise(setImmediate);
    const second = slow.ask('b');
    await new Promise(setImmediate);
    expect(requests).toEqual([['a'], ['b']]);
    for (const answer of waiting) answer();
    expect(await Promise.all([first, second])).toEqual(['a', 'b']);
  });

  it('all fail when their request does, and the next ones are asked all the same', async () => {
    let fails = true;
    const one = new Together((questions: readonly string[]) =>
      fails ? Promise.reject(new Error('refused')) : Promise.resolve(questions),
    );
    const outcomes = await Promise.allSettled([one.ask('a'), one.ask('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await one.ask('a')).toBe('a');
  });

  it('fail when they were left without an answer', async () => {
    const short = new Together((questions: readonly string[]) => Promise.resolve(questions.slice(1)));
    const outcomes = await Promise.allSettled([short.ask('a'), short.ask('b')]);
    expect(outcomes[0].status).toBe('fulfilled');
    expect(outcomes[1]).toMatchObject({
      status: 'rejected',
      reason: new Error('of 2 questions the one at 1 was not answered'),
    });
  });
});
