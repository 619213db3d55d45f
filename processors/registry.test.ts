import { expect, test } from 'vitest';
import { PROCESSORS } from './registry.ts';

test('the slow lane has timers alone: what takes in deliveries, and what makes cases of them, waits for none of it', () => {
  const slow = PROCESSORS.filter(({ lane }) => lane === 'slow');
  expect(slow.every(({ trigger }) => trigger.on === 'timer')).toBe(true);
  expect(slow.map(({ id }) => id)).toContain('habit-signals');
  expect(PROCESSORS.filter(({ lane }) => lane === 'cases').map(({ id }) => id)).toEqual([
    'conflicts',
    'code-journeys',
    'diversion-signals',
    'price-signals',
    'case-moves',
    'diversion-cases',
  ]);
});
