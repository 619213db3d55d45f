import { messageOf } from '../ingest/program/caught.ts';
import { ArgumentsError, parseArguments, type StackOptions } from './arguments.ts';
import { createSteps, type Steps } from './bootstrap/steps.mjs';
import { Supervisor } from './supervisor.ts';

/** A terminal's Ctrl-C arrives twice (from the terminal and from npm) within milliseconds; a person's second one later. */
const SECOND_SIGNAL_MS = 1_000;

/**
 * Runs the stack until a signal or a failure ends it.
 * @param args of the command line, without node and the script
 * @returns the exit code: 0 ended by a signal, 1 a failure (told on stderr), 2 wrong usage
 */
export async function runStack(args: readonly string[]): Promise<number> {
  let options: StackOptions;
  try {
    options = parseArguments(args, process.env);
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    (error.exitCode === 0 ? process.stdout : process.stderr).write(`${error.message}\n`);
    return error.exitCode;
  }
  const steps = createSteps();
  const supervisor = new Supervisor(options, steps, process.env);
  const signalled = nextSignal(steps);
  let exitCode = 0;
  try {
    const starting = supervisor.start();
    starting.catch(() => undefined);
    const run = await Promise.race([starting, signalled, supervisor.failed]);
    if (run !== undefined) {
      steps.say(`\nThe wallboard: ${run.display_url}\nAddresses and keys: ${options.dataDir}/run.json`);
      steps.say('Ctrl-C ends everything.\n');
      await Promise.race([signalled, supervisor.failed]);
    }
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    exitCode = 1;
  }
  await supervisor.stop();
  return exitCode;
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP. A later one ends the process at once; the guards end its children. */
function nextSignal(steps: Steps): Promise<undefined> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        steps.say(`${signal}: stopping (once more: at once)`);
        resolve(undefined);
      } else if (performance.now() - firstAt > SECOND_SIGNAL_MS) {
        process.exit(1);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

if (process.argv[1] !== undefined && import.meta.filename === process.argv[1]) {
  process.exit(await runStack(process.argv.slice(2)));
}
