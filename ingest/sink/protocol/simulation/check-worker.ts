import { MUTANTS } from './mutants.ts';
import { compileProtocol } from './protocol-source.ts';
import { runSchedule } from './schedule.ts';

/** Work for one process: schedules of the protocol, or schedules of a mutant until one notices. */
export type Task =
  | { readonly kind: 'schedules'; readonly seed: number; readonly count: number }
  | { readonly kind: 'mutant'; readonly index: number; readonly seed: number; readonly count: number };

export interface Violation {
  readonly seed: number;
  readonly problems: readonly string[];
}

export type Finding =
  | { readonly kind: 'schedules'; readonly count: number; readonly violations: readonly Violation[] }
  | { readonly kind: 'mutant'; readonly index: number; readonly caughtBy: Violation | null };

// Errors are part of the game here, thousands a second: their stacks would take most of the time.
Error.stackTraceLimit = 0;

async function runSchedules(seed: number, count: number): Promise<Finding> {
  const violations: Violation[] = [];
  for (let at = seed; at < seed + count; at += 1) {
    const problems = await runSchedule(at);
    if (problems.length > 0) violations.push({ seed: at, problems });
  }
  return { kind: 'schedules', count, violations };
}

async function huntMutant(index: number, seed: number, count: number): Promise<Finding> {
  const mutant = MUTANTS[index];
  if (mutant === undefined) throw new RangeError(`there is no mutant ${index}`);
  const protocol = compileProtocol([mutant]);
  for (let at = seed; at < seed + count; at += 1) {
    const problems = await runSchedule(at, protocol);
    if (problems.length > 0) return { kind: 'mutant', index, caughtBy: { seed: at, problems } };
  }
  return { kind: 'mutant', index, caughtBy: null };
}

process.on('message', (task: Task) => {
  const work =
    task.kind === 'schedules'
      ? runSchedules(task.seed, task.count)
      : huntMutant(task.index, task.seed, task.count);
  // An error here is the check's own: unhandled, it ends the process, and does not look like a clean schedule.
  void work.then((finding) => process.send?.(finding));
});
