import { fileURLToPath } from 'node:url';
import type { Logger } from '../../ingest/program/program.ts';
import type { SqlClient } from '../../sql/client.ts';
import { runInBackground } from '../background-command.ts';

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
 * may wait for it. A run that fails is told and tried again at the next look. What is to be ordered by it is another program's concern,
 * which finds the new version (replenishment/due-suggestions.ts).
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
    const output = await runInBackground(command, ['--version-only'], stopped.signal);
    log.info({ output: output.trim().split('\n') }, 'a forecast version was made');
  };
  const timerOf = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      running = look()
        .catch((error: unknown) => {
          if (!stopped.signal.aborted) log.error({ err: error }, 'no forecast was made; it is tried again');
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
