import { fileURLToPath } from 'node:url';
import type { Logger } from '../../ingest/program/program.ts';
import type { SqlClient } from '../../sql/client.ts';
import { runInBackground } from '../background-command.ts';
import { feedArrivals } from '../marts/feed-arrivals.ts';
import { orderLines } from '../marts/order-lines.ts';
import { salesDays } from '../marts/sales-days.ts';
import { stockDays } from '../marts/stock-days.ts';

/** After a start figures come before forecasts. */
const FIRST_LOOK_MS = 60_000;
const LOOK_EVERY_MS = 300_000;
/** While the history is on its way it is looked after so often, … */
const WAIT_LOOK_MS = 20_000;
/** … and for so long after a start, when nothing of it may have come yet. */
const SETTLING_MS = 900_000;
/** A channel whose marts are behind for longer, or whose feeds always come days late, is forecast as it is. */
const WAIT_MS_MAX = 4 * 3_600_000;
/** The history must have been there at so many looks in a row: between two files of a load it seems to be. */
const LOOKS_THERE = 2;
/** Fewer whole days than this are not worth a forecast. */
const HISTORY_DAYS_MIN = 14;
/** What the demand is read from, and what says whether it is all there. */
const MARTS: readonly string[] = [feedArrivals, orderLines, salesDays, stockDays].map(({ id }) => id);

const command = fileURLToPath(new URL('warehouse/cli.ts', import.meta.url));

export interface DailyForecast {
  /** Ends a run that is under way; it leaves no version. */
  stop(): Promise<void>;
}

export interface DailyForecastOptions {
  readonly sql: Pick<SqlClient, 'queryFile'>;
  readonly time_zone: string;
  readonly log: Logger;
  /** Whether these processors have taken in what there is. */
  readonly hasCaughtUp: (processors: readonly string[]) => boolean;
  /** Makes the version; resolves with what it printed. Default: the command, in a process of its own. */
  readonly run?: (stopped: AbortSignal) => Promise<string>;
  /** Default: as above. */
  readonly waits?: { readonly first_ms: number; readonly every_ms: number; readonly wait_ms: number };
}

/**
 * Makes a version once a local day, in a process of its own with low priority: it takes both cores for a while, and no figure
 * may wait for it. A run that fails is told and tried again at the next look. It waits until the history is there: a version of half of one
 * would stand for a day, with what is ordered by it. What is to be ordered is another program's concern, which finds the new version
 * (replenishment/due-suggestions.ts).
 */
export function startDailyForecast(options: DailyForecastOptions): DailyForecast {
  const { sql, time_zone, log, hasCaughtUp } = options;
  const run = options.run ?? ((signal: AbortSignal) => runInBackground(command, ['--version-only'], signal));
  const waits = options.waits ?? {
    first_ms: FIRST_LOOK_MS,
    every_ms: LOOK_EVERY_MS,
    wait_ms: WAIT_LOOK_MS,
  };
  const stopped = new AbortController();
  const begun_ms = performance.now();
  let running: Promise<void> | null = null;
  let waiting_since_ms: number | null = null;
  let looks_there = 0;

  /** Returns how long to wait until the next look. */
  const look = async (): Promise<number> => {
    const [due] = await sql.queryFile<{ is_due: boolean; is_loading: boolean }>(
      'queries/forecast/is-due.sql',
      { params: { time_zone, days_min: HISTORY_DAYS_MIN } },
    );
    if (due?.is_due !== true) {
      waiting_since_ms = null;
      return performance.now() - begun_ms < SETTLING_MS ? waits.wait_ms : waits.every_ms;
    }
    waiting_since_ms ??= performance.now();
    looks_there = !due.is_loading && hasCaughtUp(MARTS) ? looks_there + 1 : 0;
    const is_there = looks_there >= LOOKS_THERE || performance.now() - waiting_since_ms > WAIT_MS_MAX;
    if (!is_there || stopped.signal.aborted) return waits.wait_ms;
    const output = await run(stopped.signal);
    waiting_since_ms = null;
    log.info({ output: output.trim().split('\n') }, 'a forecast version was made');
    return waits.every_ms;
  };
  const timerOf = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      running = look()
        .catch((error: unknown) => {
          if (!stopped.signal.aborted) log.error({ err: error }, 'no forecast was made; it is tried again');
          return waits.every_ms;
        })
        .then((next_ms) => {
          running = null;
          if (!stopped.signal.aborted) timer = timerOf(next_ms);
        });
    }, ms).unref();
  let timer = timerOf(waits.first_ms);
  return {
    stop: async () => {
      stopped.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
