import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../ingest/program/program.ts';
import type { SqlClient } from '../../sql/client.ts';

/** After a start the history is taken in first: figures before forecasts. */
const FIRST_LOOK_MS = 180_000;
const LOOK_EVERY_MS = 300_000;
/** Fewer whole days than this are not worth a forecast. */
const HISTORY_DAYS_MIN = 14;

const command = fileURLToPath(new URL('warehouse/cli.ts', import.meta.url));

export interface DailyForecast {
  /** Ends a run that is under way; it leaves no version. */
  stop(): Promise<void>;
}

/**
 * Makes a version once a local day, in a process of its own with low priority: it takes both cores for a while, and no figure
 * may wait for it. A run that fails is told and tried again at the next look.
 */
export function startDailyForecast(options: {
  readonly sql: SqlClient;
  readonly time_zone: string;
  readonly log: Logger;
}): DailyForecast {
  const { sql, time_zone, log } = options;
  const stopped = new AbortController();
  let running: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const [due] = await sql.queryFile<{ is_due: boolean }>('queries/forecast/is-due.sql', {
      params: { time_zone, days_min: HISTORY_DAYS_MIN },
    });
    if (due?.is_due !== true || stopped.signal.aborted) return;
    await run(log, stopped.signal);
  };
  const timerOf = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      running = look()
        .catch((error: unknown) => {
          log.error({ err: error }, 'no forecast was made; it is tried again');
        })
        .finally(() => {
          running = null;
          if (!stopped.signal.aborted) timer = timerOf(LOOK_EVERY_MS);
        });
    }, ms).unref();
  let timer = timerOf(FIRST_LOOK_MS);
  return {
    stop: async () => {
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

async function run(log: Logger, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, command], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', end, { once: true });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
    });
  }
  const [code] = (await once(child, 'exit')) as [number | null];
  signal.removeEventListener('abort', end);
  if (signal.aborted) return;
  if (code !== 0) throw new Error(`the forecast ended with ${String(code)}: ${output}`);
  log.info({ output: output.trim().split('\n') }, 'a forecast version was made');
}

const OUTPUT_CHARS_MAX = 8_000;
