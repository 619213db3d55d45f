import type { Lane, RunnableProcessor } from '../processor.ts';
import { backoffMs } from './backoff.ts';

/** Beyond so many deliveries that are not taken in yet there is a backlog: a pass or two of a busy channel. */
const BACKLOG_DELIVERIES = 20_000;
/** Lanes whose results somebody waits for. */
export const URGENT_LANES: ReadonlySet<Lane> = new Set(['live', 'cases']);
/** There a processor comes again as soon as it has rested for as long as it worked, but not sooner than so. */
const URGENT_INTERVAL_MS = 100;
/** What waits for a backlog's end waits no longer: a channel that is always behind is judged as it is. */
const BACKLOG_WAIT_MS = 3_600_000;

/** A processor that lacks no more than this share of what it has taken in, or so many deliveries, has caught up: so much comes between two passes. */
const LACKING_SHARE_MAX = 0.01;
const LACKING_MAX = 1_000;

/** Where one processor stands; times in ms of a clock that never steps back. */
export interface Standing {
  readonly processor: RunnableProcessor;
  /** Start of its last run; null = it has not run in this process. */
  last_run_ms: number | null;
  /** How long that took. */
  last_took_ms: number;
  /** Whether its mart is known to be made by today's definition: an emptied one has been filled, as far as it could be at once. */
  is_current: boolean;
  /** Failures since its last success. */
  failures: number;
  last_error: string | null;
  /** Number of its runs that stored something: others that come after it compare it. */
  stored: number;
  /** `stored` of each processor in its `after`, as it was when this one last ran. */
  seen: Map<string, number>;
  /** Version of the last run of `conflicts` that had ended when this one last began; null = it has not run in this process. */
  conflicts_version: number | null;
  /** Whether its last run in this process is known to have stored all that it had to. */
  is_whole: boolean;
}

export function standingOf(processor: RunnableProcessor): Standing {
  return {
    processor,
    last_run_ms: null,
    last_took_ms: Infinity,
    is_current: false,
    failures: 0,
    last_error: null,
    stored: 0,
    seen: new Map(),
    conflicts_version: null,
    is_whole: false,
  };
}

/** Whether a processor should run now, apart from whether a data processor has anything to take in. */
export function isDue(one: Standing, all: ReadonlyMap<string, Standing>, now_ms: number): boolean {
  const { trigger } = one.processor;
  if (one.last_run_ms === null) {
    if (trigger.on === 'data' || one.processor.lane === 'live') return true;
    // What runs in another lane may be about to make its mart anew: of that it would tell nothing.
    return trigger.after.every((id) => {
      const earlier = all.get(id);
      return earlier === undefined || earlier.is_current || earlier.processor.lane === one.processor.lane;
    });
  }
  const waited_ms = now_ms - one.last_run_ms;
  if (one.failures > 0) return waited_ms >= backoffMs(one.failures);
  if (waited_ms < intervalOf(one)) return false;
  switch (trigger.on) {
    case 'data':
      return true;
    case 'timer':
      return (
        waited_ms >= trigger.every_ms ||
        trigger.after.some((id) => (all.get(id)?.stored ?? 0) !== (one.seen.get(id) ?? 0))
      );
  }
}

/** The shortest time between two of its runs. */
function intervalOf({ processor: { lane, trigger }, last_took_ms }: Standing): number {
  if (!URGENT_LANES.has(lane)) return trigger.min_interval_ms;
  return Math.min(trigger.min_interval_ms, Math.max(URGENT_INTERVAL_MS, 2 * last_took_ms));
}

/**
 * Whether a processor that is due waits until those in its `after` have caught up.
 * @param backlog_of deliveries that each has not taken in
 * @param begun_ms for how long the loop has run
 */
export function waitsForBacklog(
  { processor: { trigger }, last_run_ms }: Standing,
  backlog_of: (id: string) => number,
  begun_ms: number,
  now_ms: number,
): boolean {
  if (trigger.on !== 'timer' || trigger.caught_up !== true) return false;
  const waited_ms = last_run_ms === null ? begun_ms : now_ms - last_run_ms;
  return waited_ms < BACKLOG_WAIT_MS && trigger.after.some((id) => backlog_of(id) > BACKLOG_DELIVERIES);
}

/** Notes what the processors in `after` have stored by now. */
export function markSeen(one: Standing, all: ReadonlyMap<string, Standing>): void {
  const { trigger } = one.processor;
  if (trigger.on !== 'timer') return;
  one.seen = new Map(trigger.after.map((id) => [id, all.get(id)?.stored ?? 0]));
}

/**
 * Whether a processor has taken in what there is: of a mart half made, all that is read is wrong.
 * @param taken deliveries that it has taken in
 * @param backlog deliveries that it has not
 */
export function hasCaughtUp(taken: number, backlog: number): boolean {
  return backlog <= Math.max(LACKING_MAX, LACKING_SHARE_MAX * taken);
}
