import type { Scheduler } from './scheduler.ts';

/** A process that may own the partition: what becomes of the answers that are on their way to it. */
export class Owner {
  readonly generation: number;
  /** kill -9: nothing reaches it any more, and it does nothing. */
  dead = false;
  /** SIGSTOP: what reaches it waits until then. */
  frozen_until_ms = 0;
  /** The group coordinator does not hear it until then. */
  cutOff_until_ms = 0;
  /** When the coordinator last heard it: a commit counts as a heartbeat. */
  heard_ms: number;
  /** It has been told that its assignment is over. */
  closed = false;
  readonly onClose: (() => void)[] = [];

  constructor(generation: number, now_ms: number) {
    this.generation = generation;
    this.heard_ms = now_ms;
  }

  close(): void {
    this.closed = true;
    for (const listener of this.onClose.splice(0)) listener();
  }
}

/** How unreliable requests are, in the time of faults. All but the last in so many of a thousand. */
export interface Weather {
  /** Requests that are lost before the server sees them. */
  readonly lost_per_mille: number;
  /** Answers that are lost on the way back: done, but not known. */
  readonly unanswered_per_mille: number;
  /** Requests that reach the server twice, at different times. */
  readonly twice_per_mille: number;
  /** Acknowledgements of something that was not done. */
  readonly lied_per_mille: number;
  /** Shared inserts of whose other blocks something comes: refused, left behind, ended, or their token taken. */
  readonly shared_per_mille: number;
  /** Requests that are slow, by up to `slow_ms`. */
  readonly slow_per_mille: number;
  readonly slow_ms: number;
}

export const CALM: Weather = {
  lost_per_mille: 0,
  unanswered_per_mille: 0,
  twice_per_mille: 0,
  lied_per_mille: 0,
  shared_per_mille: 0,
  slow_per_mille: 0,
  slow_ms: 10,
};

/** Whoever asks gives up after this and knows nothing. */
const REQUEST_TIMEOUT_MS = 5_000;

type Serve<T> = (answer: (outcome: { value: T } | { error: Error }) => void) => void;

/** What lies between the owners and the two servers. Its requests are numbered, so that a fault can meet any of them. */
export class Network {
  weather: Weather = CALM;
  requests = 0;
  readonly scheduler: Scheduler;
  /** Faults by the number of the request that they meet: before it is sent, or when it has been served. */
  readonly beforeSending = new Map<number, () => void>();
  readonly afterServing = new Map<number, () => void>();
  /** Told what happens, to read one schedule by. */
  readonly #trace: ((line: string) => void) | undefined;

  constructor(scheduler: Scheduler, trace?: (line: string) => void) {
    this.scheduler = scheduler;
    this.#trace = trace;
  }

  /** `what` is only made when somebody reads along. */
  tell(what: () => string): void {
    this.#trace?.(`${String(this.scheduler.now_ms).padStart(7)} ms  ${what()}`);
  }

  /** Delivers to an owner: at once, when it thaws, or never. */
  deliver(owner: Owner, run: () => void): void {
    if (owner.dead) return;
    const frozen_ms = owner.frozen_until_ms - this.scheduler.now_ms;
    if (frozen_ms <= 0) run();
    else
      this.scheduler.after(frozen_ms, () => {
        this.deliver(owner, run);
      });
  }

  /**
   * One request and its answer. `serve` runs at the server when the request arrives and answers once, now or later; what
   * it does there happens whether or not anybody still waits for the answer, which is lost when `isConnected` says so.
   */
  request<T>(owner: Owner, what: () => string, serve: Serve<T>, isConnected: () => boolean): Promise<T> {
    const number = this.requests++;
    this.beforeSending.get(number)?.();
    const name = (): string => `owner ${owner.generation}  #${number} ${what()}`;
    this.tell(() => `${name()}${owner.dead ? ' is not sent' : ''}`);
    return new Promise<T>((resolve, reject) => {
      // Killed just now: the request never leaves.
      if (owner.dead) return;
      const { scheduler, weather } = this;
      let settled = false;
      const settle = (outcome: { value: T } | { error: Error }): void => {
        if (settled) return;
        this.deliver(owner, () => {
          if (settled) return;
          settled = true;
          this.tell(
            () =>
              `${name()}: ${'value' in outcome ? 'answered' : outcome.error.message} ${'value' in outcome ? JSON.stringify(outcome.value) : ''}`,
          );
          if ('value' in outcome) resolve(outcome.value);
          else reject(outcome.error);
        });
      };
      scheduler.after(REQUEST_TIMEOUT_MS, () => {
        settle({ error: new Error('timeout') });
      });
      if (scheduler.chance(weather.lost_per_mille)) {
        scheduler.after(scheduler.pick(1, 20), () => {
          settle({ error: new Error('connection reset') });
        });
        return;
      }
      const transport = (): void => {
        const slow = scheduler.chance(weather.slow_per_mille);
        scheduler.after(slow ? scheduler.pick(10, weather.slow_ms) : scheduler.pick(0, 3), () => {
          this.tell(() => `${name()} arrives`);
          serve((outcome) => {
            const unanswered = scheduler.chance(weather.unanswered_per_mille);
            scheduler.after(scheduler.pick(0, 3), () => {
              settle(unanswered || !isConnected() ? { error: new Error('connection reset') } : outcome);
            });
          });
          this.afterServing.get(number)?.();
        });
      };
      transport();
      if (scheduler.chance(weather.twice_per_mille)) transport();
    });
  }
}
