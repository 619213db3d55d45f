import type { Violation } from '../event-type.ts';

/** A version must end after it begins. */
export function validityOrder(event: Readonly<Record<string, unknown>>): Violation[] {
  return after(event, 'valid_from', 'valid_to');
}

/** `later` must lie after `earlier`, where both are given. */
export function after(event: Readonly<Record<string, unknown>>, earlier: string, later: string): Violation[] {
  const from = event[earlier];
  const to = event[later];
  if (typeof from !== 'string' || typeof to !== 'string') return [];
  return Date.parse(to) > Date.parse(from)
    ? []
    : [{ pointer: `/${later}`, detail: `must be after ${earlier}` }];
}
