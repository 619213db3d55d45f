import type { HabitSignal } from '../../models/diversion/habit.ts';
import { judgeHabits, type Habits } from '../../models/diversion/judge-habits.ts';
import { TaskThread } from '../task-thread.ts';

/** So few pairs of dealer and product are judged in less time than a thread takes to start. */
const PAIRS_HERE_MAX = 400;

const thread = new TaskThread<Habits, HabitSignal[]>(new URL('./habit-worker.mjs', import.meta.url));

/** What `judgeHabits` says, in a thread where it takes long: of a few hundred dealers seconds, in which no alert and no figure would be told. */
export async function judgeApart({
  shipped,
  orders,
  dealers,
  rebates,
  sent,
}: Habits): Promise<HabitSignal[]> {
  const habits = { shipped, orders, dealers, rebates, sent };
  return orders.length <= PAIRS_HERE_MAX ? judgeHabits(habits) : thread.run(habits);
}
