// Plain JavaScript on Node's own modules: it runs before `npm ci` has ever run.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Of a command's output only the end is kept. */
const OUTPUT_CHARS_MAX = 200_000;
const TAIL_LINES = 40;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A failure that is told in its own words, without a stack. */
export class BootstrapError extends Error {}

/**
 * Runs a command of the repository silently. Resolves to its output.
 * @throws BootstrapError with the last lines of its output when it fails
 */
export function runQuietly(command, args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill();
    process.once('exit', end);
    let output = '';
    const keep = (chunk) => {
      output = (output + String(chunk)).slice(-OUTPUT_CHARS_MAX);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => reject(new BootstrapError(`${command} cannot be run: ${error.message}`)));
    child.once('close', (code, signal) => {
      process.off('exit', end);
      if (code === 0) resolve(output);
      else
        reject(
          new BootstrapError(
            `${[command, ...args].join(' ')} ended with ${signal ?? code}:\n${tail(output)}`,
          ),
        );
    });
  });
}

/**
 * Runs a command on this terminal and resolves to the exit code to end with. A Ctrl-C reaches the command by itself, as
 * it belongs to the same terminal; SIGTERM is passed on.
 */
export function runOnTerminal(command, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: repository, env, stdio: 'inherit' });
    const passOn = (signal) => child.kill(signal);
    const leaveToChild = () => undefined;
    process.on('SIGTERM', passOn);
    process.on('SIGHUP', passOn);
    process.on('SIGINT', leaveToChild);
    child.once('error', (error) => {
      process.stderr.write(`${command} cannot be run: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Ends this process with exit code 0 at a signal, for as long as nobody else is there to end it in order: a program that
 * is asked to end has not failed. What it has begun to install is left as it is; the next run goes on from there.
 * @returns takes the handlers away again
 */
export function endQuietlyAtSignals() {
  const end = () => process.exit(0);
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}

function tail(output) {
  return output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

/** Runs `main` to its exit code; a BootstrapError is told without a stack. */
export async function runBootstrap(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`\n${error instanceof BootstrapError ? error.message : (error.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
