import { describe, expect, it } from 'vitest';
import { ProblemError } from '../http/problem.ts';
import { Turns } from './turns.ts';

/** A change that ends when it is told to. */
function held() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, ended };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('changes of a case', () => {
  it('one begins when the one before has ended, also one that failed; those of other cases do not wait', async () => {
    const turns = new Turns();
    const told: string[] = [];
    const first = held();
    const failing = turns.take(['a'], async () => {
      told.push('a1');
      await first.ended;
      throw new Error('Kafka is away');
    });
    const second = turns.take(['a'], () => Promise.resolve(told.push('a2')));
    await turns.take(['b'], () => Promise.resolve(told.push('b')));
    expect(told).toEqual(['a1', 'b']);
    first.end();
    await expect(failing).rejects.toThrow('Kafka is away');
    await second;
    expect(told).toEqual(['a1', 'b', 'a2']);
  });

  it('changes of several cases, named in any order, never wait for each other for ever', async () => {
    const turns = new Turns();
    const told: string[] = [];
    const say = (word: string) => async () => {
      await settle();
      told.push(word);
    };
    await Promise.all([
      turns.take(['a', 'b', 'a'], say('ab')),
      turns.take(['b', 'a'], say('ba')),
      turns.take(['b'], say('b')),
    ]);
    expect(told.toSorted()).toEqual(['ab', 'b', 'ba']);
  });

  it('too many waiting are told to come again, and it goes on when they are done', async () => {
    const turns = new Turns();
    const first = held();
    const all = Array.from({ length: 20 }, () => turns.take(['a'], () => first.ended));
    const refused = turns.take(['a'], () => first.ended);
    await expect(refused).rejects.toBeInstanceOf(ProblemError);
    first.end();
    await Promise.all(all);
    expect(await turns.take(['a'], () => Promise.resolve('done'))).toBe('done');
  });
});
