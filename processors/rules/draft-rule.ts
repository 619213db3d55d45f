import type { HabitRule } from '../../models/diversion/judge-habits.ts';
import type { LineRule } from '../../models/diversion/rules/below-floor.ts';
import type { CodeRule } from '../../models/diversion/trail.ts';

/** A rule in one of its forms: about the scans of a code (`judge`), about dealers (`judgeHabits`), or about order lines (`judgeLine`). */
export type DraftRule = CodeRule | HabitRule | LineRule;

/** Whether something that a module exports is a rule of any form. */
export function isDraftRule(value: unknown): value is DraftRule {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, judge, judgeHabits, judgeLine } = value as Record<string, unknown>;
  return typeof kind === 'string' && [judge, judgeHabits, judgeLine].some((one) => typeof one === 'function');
}
