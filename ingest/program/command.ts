import { CommanderError } from 'commander';
import { messageOf } from './caught.ts';
import { endOnBrokenPipe } from './broken-pipe.ts';
import { ConfigError } from './config.ts';

/** The options contradict each other, lack one, or name nothing: exit code 2. */
export class UsageError extends Error {}

/**
 * Runs a command to its end and sets the exit code: 0 done, 1 a failure, 2 wrong usage; what went wrong is told on stderr. Where its
 * reader goes away (`… | head`) it ends quietly.
 */
export async function runCommand(work: () => Promise<unknown>): Promise<void> {
  endOnBrokenPipe();
  try {
    await work();
  } catch (error) {
    process.exitCode = tell(error);
  }
}

function tell(error: unknown): number {
  // Commander has told its own; it throws also when help was asked for, with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const problem of error.problems) process.stderr.write(`${problem}\n`);
    return 2;
  }
  process.stderr.write(`${messageOf(error)}\n`);
  return error instanceof UsageError ? 2 : 1;
}
