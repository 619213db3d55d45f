import { pino, type Logger } from 'pino';
import { ConfigError } from './config.ts';

export type { Logger } from 'pino';

/** What a running program hands back: how to end it. `stop` finishes what is held, then resolves. */
export interface Running {
  readonly stop: () => Promise<void>;
}

/** So long may a program take to finish what it holds; then it ends with code 1. */
const STOP_GRACE_MS = 20_000;

/** A logger in JSON lines on standard output, with the program's name. */
export function createLogger(name: string, level = process.env['LOG_LEVEL'] ?? 'info'): Logger {
  return pino({ name, level, base: { pid: process.pid, name } });
}

/**
 * Runs a program: starts it, ends it cleanly on SIGINT or SIGTERM (code 0), and ends it loudly (code 1) on an error
 * that nobody handled. Wrong configuration ends it with code 2 and one line for each problem.
 */
export function runProgram(name: string, start: (log: Logger) => Promise<Running>): void {
  const log = createLogger(name);
  let running: Running | undefined;
  let stopping = false;

  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.fatal({ grace_ms: STOP_GRACE_MS }, 'did not stop in time');
      process.exit(1);
    }, STOP_GRACE_MS).unref();
    (running?.stop() ?? Promise.resolve()).then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        fail(log, error, 'stopping failed');
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('uncaughtException', (error) => {
    fail(log, error, 'uncaught exception');
  });
  process.on('unhandledRejection', (error) => {
    fail(log, error, 'unhandled rejection');
  });

  start(log).then(
    (started) => {
      running = started;
    },
    (error: unknown) => {
      fail(log, error, 'start failed');
    },
  );
}

function fail(log: Logger, error: unknown, what: string): void {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) process.stderr.write(`${problem}\n`);
    process.exit(2);
  }
  log.fatal({ err: error }, what);
  process.exit(1);
}
