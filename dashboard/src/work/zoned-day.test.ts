import { describe, expect, it } from 'vitest';
import { dayBegins } from './zoned-day.ts';

describe('dayBegins', () => {
  it('is midnight on the clocks of the zone, also on a day whose clocks change', () => {
    expect(dayBegins('2026-11-25', 'Asia/Shanghai')).toBe('2026-11-24T16:00:00.000Z');
    expect(dayBegins('2026-11-25', 'Asia/Shanghai', 1)).toBe('2026-11-25T16:00:00.000Z');
    expect(dayBegins('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28T23:00:00.000Z');
    expect(dayBegins('2026-03-29', 'Europe/Berlin', 1)).toBe('2026-03-29T22:00:00.000Z');
    expect(dayBegins('2026-11-25', 'UTC')).toBe('2026-11-25T00:00:00.000Z');
  });

  it('takes nothing else for a day', () => {
    for (const day of ['', '2026-13-01', 'today']) expect(dayBegins(day, 'UTC')).toBeUndefined();
  });
});
