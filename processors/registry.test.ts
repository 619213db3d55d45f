import { expect, test } from 'vitest';
import { PROCESSORS } from './registry.ts';

test('the slow lane has timers alone: what takes in deliveries, and what makes cases of them, waits for none of it', () => {
  const slow = PROCESSORS.filter(({ lane }) => lane === 'slow');
  expect(slow.every(({ trigger }) => trigger.on === 'timer')).toBe(true);
  expect(slow.map(({ id }) => id)).toContain('habit-signals');
  const to_a_case = [
    ...['conflicts', 'code-journeys', 'diversion-signals', 'price-signals', 'case-moves', 'diversion-cases'],
  ];
  expect(PROCESSORS.filter(({ id }) => to_a_case.includes(id)).map(({ lane }) => lane)).toEqual(
    to_a_case.map(() => 'cases'),
  );
});
