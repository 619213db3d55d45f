import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedEvent } from '../flow/event-stream.ts';
import type { Simulation } from '../flow/simulation.ts';
import type { Destination } from './destination.ts';

/** How far a feed is, after each acknowledged delivery. */
export interface FeedPosition {
  readonly sent_until_ms: number;
  readonly ahead_ms: number;
  readonly events: number;
}

export type Report = (position: FeedPosition) => Promise<void> | void;

/** Events of one delivery of history: small enough that types stay within a day of one another, large enough for the wire. */
const SLICE_EVENTS = 12_000;

/**
 * Sends everything that happens up to `until_ms` of simulated time as fast as the destination takes it: the next slice is made
 * while the last one is on its way, never more. Stops at a slice's end when the signal asks.
 */
export async function sendHistory(
  simulation: Simulation,
  destination: Destination,
  span: { readonly until_ms: number; readonly ahead_ms: number },
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  simulation.eventTime = (time_ms) => time_ms - span.ahead_ms;
  let on_its_way: Promise<void> = Promise.resolve();
  while (simulation.due_ms <= span.until_ms && !signal.aborted) {
    const slice: SimulatedEvent[] = [];
    while (slice.length < SLICE_EVENTS && simulation.due_ms <= span.until_ms)
      slice.push(...simulation.step());
    const sent_until_ms = Math.min(simulation.due_ms - 1, span.until_ms);
    await on_its_way;
    on_its_way = destination
      .deliver(slice)
      .then(() => report({ sent_until_ms, ahead_ms: span.ahead_ms, events: slice.length }));
    // Its failure is met at the next await; until then it must not count as unhandled.
    on_its_way.catch(() => undefined);
  }
  await on_its_way;
}

/** Steps over what was sent before, so that the simulation stands where the feed stood. */
export function skipUntil(simulation: Simulation, sent_until_ms: number, ahead_ms: number): void {
  simulation.eventTime = (time_ms) => time_ms - ahead_ms;
  while (simulation.due_ms <= sent_until_ms) simulation.step();
}

/** How a live feed moves. */
export interface LivePace {
  /** Simulated seconds per real second. */
  readonly speed: number;
  /** Most events a second; stock snapshots, which come by the hundred each evening, count as one. Infinity: no limit. */
  readonly rate: number;
}

const TICK_MS = 250;
/** Longest real silence: a quiet night is skipped to the next thing that happens. */
const SILENCE_MS_MAX = 2000;

/**
 * Goes on from `now_ms` of simulated time until the signal asks to stop. What happens carries the time of the real clock; with a
 * speed above 1 days pass faster than they should, so a live feed is for showing, and its daily figures grow with it.
 */
export async function sendLive(
  simulation: Simulation,
  destination: Destination,
  start_ms: number,
  pace: LivePace,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  let simulated_ms = start_ms;
  let allowance = pace.rate;
  let last_ms = Date.now();
  let silent_since_ms = last_ms;
  simulation.eventTime = () => Date.now();
  while (!signal.aborted) {
    await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
    const real_ms = Date.now();
    const target_ms = simulated_ms + (real_ms - last_ms) * pace.speed;
    // Without a limit the product would be 0 × Infinity when no time has passed.
    if (Number.isFinite(pace.rate))
      allowance = Math.min(pace.rate, allowance + ((real_ms - last_ms) / 1000) * pace.rate);
    last_ms = real_ms;
    const happened: SimulatedEvent[] = [];
    while (simulation.due_ms <= target_ms && allowance > 0) {
      simulated_ms = simulation.due_ms;
      const step = simulation.step();
      happened.push(...step);
      allowance -= cost(step);
    }
    if (allowance > 0) simulated_ms = target_ms;
    if (happened.length > 0) {
      silent_since_ms = real_ms;
      await destination.deliver(happened);
      await report({
        sent_until_ms: simulated_ms,
        ahead_ms: simulated_ms - real_ms,
        events: happened.length,
      });
    } else if (real_ms - silent_since_ms > SILENCE_MS_MAX)
      simulated_ms = Math.max(simulated_ms, simulation.due_ms);
  }
}

function cost(step: readonly SimulatedEvent[]): number {
  return step[0]?.type === 'stock' ? 1 : step.length;
}
