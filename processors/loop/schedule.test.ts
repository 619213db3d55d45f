import { describe, expect, test } from 'vitest';
import { defineProcessor, type Lane, type Trigger } from '../processor.ts';
import { backoffMs } from './backoff.ts';
import { hasCaughtUp, isDue, markSeen, standingOf, waitsForBacklog, type Standing } from './schedule.ts';

function standing(id: string, trigger: Trigger, lane: Lane = 'main'): Standing {
  const nothing = () => Promise.resolve();
  return standingOf(
    defineProcessor({
      id,
      lane,
      trigger,
      query: () => Promise.resolve(null),
      compute: () => ({}),
      store: nothing,
    }),
  );
}

const mart = standing('mart', { on: 'data', types: ['order'], min_interval_ms: 400, deliveries_max: 10 });
const figure = standing('figure', { on: 'timer', every_ms: 60_000, after: ['mart'], min_interval_ms: 2_000 });
const all = new Map([mart, figure].map((one) => [one.processor.id, one]));

describe('schedule', () => {
  test('a figure runs after its mart has stored something, but not before its shortest interval', () => {
    Object.assign(figure, { last_run_ms: 1_000, failures: 0 });
    markSeen(figure, all);
    expect(isDue(figure, all, 50_000)).toBe(false);
    mart.stored += 1;
    expect(isDue(figure, all, 2_999)).toBe(false);
    expect(isDue(figure, all, 3_000)).toBe(true);
    markSeen(figure, all);
    expect(isDue(figure, all, 3_000)).toBe(false);
    expect(isDue(figure, all, 61_000)).toBe(true);
  });

  test('what leads to a case comes again once it has rested for as long as it worked, and after its interval at the latest', () => {
    const takesIn: Trigger = { on: 'data', types: ['scan'], min_interval_ms: 800, deliveries_max: 10 };
    const dueFrom = (lane: Lane, last_took_ms: number): number => {
      const one = Object.assign(standing('mart', takesIn, lane), { last_run_ms: 0, last_took_ms });
      return Array.from({ length: 1_000 }, (_, ms) => ms).findIndex((ms) => isDue(one, all, ms));
    };
    expect([3, 150, 2_000, Infinity].map((took_ms) => dueFrom('cases', took_ms))).toEqual([
      100, 300, 800, 800,
    ]);
    expect(dueFrom('main', 3)).toBe(800);
  });

  test('one that failed waits longer each time, and never for ever', () => {
    Object.assign(mart, { last_run_ms: 0, failures: 3 });
    expect(isDue(mart, all, 3_999)).toBe(false);
    expect(isDue(mart, all, 4_000)).toBe(true);
    expect([0, 1, 2, 3, 4].map(backoffMs)).toEqual([0, 1_000, 2_000, 4_000, 8_000]);
    expect(backoffMs(1_000)).toBe(60_000);
  });

  test('what looks at a whole history waits until it is taken in, an hour at most; other timers do not', () => {
    const timer = { on: 'timer', every_ms: 60_000, after: ['mart', 'other'], min_interval_ms: 0 } as const;
    const habit = standing('habit', { ...timer, caught_up: true });
    const behind = (id: string) => (id === 'other' ? 30_000 : 0);
    expect(waitsForBacklog(habit, behind, 5_000, 99_000)).toBe(true);
    expect(waitsForBacklog(habit, () => 5_000, 5_000, 99_000)).toBe(false);
    expect(waitsForBacklog(standing('figure', timer), behind, 5_000, 99_000)).toBe(false);
    expect(waitsForBacklog(habit, behind, 3_600_000, 99_000)).toBe(false);
    habit.last_run_ms = 90_000;
    expect(waitsForBacklog(habit, behind, 9_000_000, 99_000)).toBe(true);
    expect(waitsForBacklog(habit, behind, 9_000_000, 3_690_000)).toBe(false);
  });

  test.each(['slow', 'main'] as const)(
    'a figure of the %s lane first waits until the marts of another that it reads are made by the definition of today',
    (lane) => {
      const figure = standing(
        'figure',
        { on: 'timer', every_ms: 60_000, after: ['fresh', 'elsewhere'], min_interval_ms: 0 },
        lane,
      );
      const takesIn: Trigger = { on: 'data', types: ['scan'], min_interval_ms: 0, deliveries_max: 10 };
      const fresh = standing('fresh', takesIn, 'cases');
      const known = new Map([figure, fresh].map((one) => [one.processor.id, one]));
      expect(isDue(figure, known, 0)).toBe(false);
      fresh.is_current = true;
      expect(isDue(figure, known, 0)).toBe(true);
      // In its own lane what comes before it has run by then, or has failed: that one is not waited for.
      known.set('fresh', standing('fresh', takesIn, lane));
      expect(isDue(figure, known, 0)).toBe(true);
    },
  );

  test('a mart has caught up when it lacks what comes between two passes, not when it is half made', () => {
    expect(hasCaughtUp(0, 0)).toBe(true);
    expect(hasCaughtUp(30_000, 20_000)).toBe(false);
    expect(hasCaughtUp(55_000, 1_000)).toBe(true);
    expect(hasCaughtUp(5_000_000, 40_000)).toBe(true);
    expect(hasCaughtUp(5_000_000, 60_000)).toBe(false);
  });
});
