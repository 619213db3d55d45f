import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

describe('turns', () => {
  it('go to who came first, and one that needs two is not overtaken for ever', async () => {
    const turns = new Turns(2);
    const order: string[] = [];
    await turns.take();
    const large = turns.take(2).then(() => order.push('large'));
    const small = turns.take().then(() => order.push('small'));
    await Promise.resolve();
    expect(order).toEqual([]);
    turns.give();
    await large;
    expect(order).toEqual(['large']);
    turns.give(2);
    await small;
    expect(order).toEqual(['large', 'small']);
  });
});
