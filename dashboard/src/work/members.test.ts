import { describe, expect, it } from 'vitest';
import { idMeant } from './members.ts';

describe('the dealer that a text means', () => {
  const items = [
    { id: 'D1', name: '珠海锦程百货' },
    { id: 'D10', name: '泰州宏宇食品' },
    { id: 'D11', name: '泰州宏宇百货' },
  ];

  it.each([
    ['D1', 'D1'],
    ['d10', 'D10'],
    ['泰州宏宇百货', 'D11'],
  ])('%s is the id or the name of one, whoever else has it in theirs', (text, id) => {
    expect(idMeant(text, { items, isAll: true })).toBe(id);
  });

  it('is the only one that has it in its name', () => {
    expect(idMeant('锦程', { items: items.slice(0, 1), isAll: true })).toBe('D1');
  });

  it('is not told while several may be meant', () => {
    expect(idMeant('泰州', { items: items.slice(1), isAll: true })).toBeUndefined();
  });

  it('is taken for an id where nobody has it, or where more have it than are told', () => {
    expect(idMeant('CLOSED-7', { items: [], isAll: true })).toBe('CLOSED-7');
    expect(idMeant('D', { items, isAll: false })).toBe('D');
  });
});
