import { describe, expect, it } from 'vitest';
import { isHeld } from './report.ts';

describe('isHeld', () => {
  it.each([
    ['a figure at its bound meets the target', { rate: 4 }, { rate: { min: 4 } }, true],
    ['a figure below its least does not', { rate: 3.99 }, { rate: { min: 4 } }, false],
    ['a figure above its most does not', { p99_ms: 401 }, { p99_ms: { max: 400 } }, false],
    ['a figure that was not measured does not', { p99_ms: null }, { p99_ms: { max: 400 } }, false],
    ['a target without a figure is not met', {}, { p99_ms: { max: 400 } }, false],
    ['figures without targets are only told', { rows: 1 }, {}, true],
  ])('%s', (_, figures, targets, held) => {
    expect(isHeld(figures, targets)).toBe(held);
  });
});
