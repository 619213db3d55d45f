import type { Scheduler } from './scheduler.ts';

/** A process that may own the partition: what becomes of the answers that are on their way to it. */
export class Owner {
  readonly generation: number;
  /** kill -9: nothing reaches it any more, and it does nothing. */
  dead = false;
  /** SIGSTOP: what reaches it waits until then. */
  frozen_until_ms = 0;
  /** It has been told that its assignment is over. */
  closed = false;
  readonly onClose: (() => void)[] = [];

  constructor(generation: number) {
    this.generation = generation;
  }

  close(): void {
    this.closed = true;
    for (const listener of this.onClose.splice(0)) listener();
  }
}

/** How unreliable requests are, in the time of faults. */
export interface Weather {
  /** Of a thousand requests so many are lost before the server sees them. */
  readonly lost_per_mille: number;
  /** Of a thousand answers so many are lost on the way back: done, but not known. */
  readonly unanswered_per_mille: number;
  /** Of a thousand requests so many are slow, by up to `slow_ms`. */
  readonly slow_per_mille: number;
  readonly slow_ms: number;
}

/** Whoever asks gives up after this and knows nothing. */
export const REQUEST_TIMEOUT_MS = 5_000;

/** Delivers to an owner: at once, when it thaws, or never. */
export function deliver(scheduler: Scheduler, owner: Owner, run: () => void): void {
  if (owner.dead) return;
  const frozen_ms = owner.frozen_until_ms - scheduler.now_ms;
  if (frozen_ms <= 0) run();
  else
    scheduler.after(frozen_ms, () => {
      deliver(scheduler, owner, run);
    });
}

/**
 * One request and its answer. `serve` runs at the server when the request arrives and answers once, now or later; what it
 * does there happens whether or not anybody still waits for the answer.
 */
export function request<T>(
  scheduler: Scheduler,
  owner: Owner,
  weather: Weather,
  serve: (answer: (outcome: { value: T } | { error: Error }) => void) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let settled = false;
    const settle = (run: () => void): void => {
      deliver(scheduler, owner, () => {
        if (settled) return;
        settled = true;
        run();
      });
    };
    scheduler.after(REQUEST_TIMEOUT_MS, () => {
      settle(() => {
        reject(new Error('timeout'));
      });
    });
    if (scheduler.chance(weather.lost_per_mille)) {
      scheduler.after(scheduler.pick(1, 20), () => {
        settle(() => {
          reject(new Error('connection reset'));
        });
      });
      return;
    }
    const delay_ms = scheduler.chance(weather.slow_per_mille)
      ? scheduler.pick(10, weather.slow_ms)
      : scheduler.pick(0, 3);
    scheduler.after(delay_ms, () => {
      serve((outcome) => {
        const lost = scheduler.chance(weather.unanswered_per_mille);
        scheduler.after(scheduler.pick(0, 3), () => {
          settle(() => {
            if (lost) reject(new Error('connection reset'));
            else if ('value' in outcome) resolve(outcome.value);
            else reject(outcome.error);
          });
        });
      });
    });
  });
}
