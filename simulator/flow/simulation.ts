import type { Prefecture } from '../../sql/geo/load.ts';
import { Booms } from '../demand/booms.ts';
import { EventQueue } from '../event-queue.ts';
import { INJECTIONS } from '../injections/registry.ts';
import { Injections } from '../injections/injection.ts';
import type { TruthRow } from '../injections/truth.ts';
import type { SimulationOptions } from '../options.ts';
import { Random } from '../random.ts';
import { emitReferenceData } from '../world/reference-events.ts';
import { makeWorld, type World } from '../world/world.ts';
import type { Channel, Shelf } from './channel.ts';
import { beginDays, dailyMean } from './days.ts';
import { EventStream, type SimulatedEvent } from './event-stream.ts';

/**
 * A channel that goes on for ever, from its seed alone. Events come in the order of their time; the same options give the same
 * events. It holds what is on shelves and under way, never what has happened, so its memory does not grow with the days.
 */
export class Simulation {
  readonly world: World;
  readonly #channel: Channel;

  constructor(options: SimulationOptions, prefectures: readonly Prefecture[]) {
    checkOptions(options);
    this.world = makeWorld(options, prefectures);
    const random = new Random(`${options.seed}/flow`);
    this.#channel = {
      world: this.world,
      options,
      stream: new EventStream(options.seed),
      queue: new EventQueue(),
      random: {
        demand: random.fork('demand'),
        orders: random.fork('orders'),
        logistics: random.fork('logistics'),
        retail: random.fork('retail'),
        accounts: random.fork('accounts'),
        activity: random.fork('activity'),
        benign: random.fork('benign'),
      },
      shelves: makeShelves(this.world),
      booms: new Booms(options, this.world, random.fork('booms')),
      injections: new Injections(INJECTIONS, options, this.world),
      purchases: new Map(),
      born: { cases: 0, orders: 0, documents: 0, scans: 0, acts: 0 },
    };
    const { queue, stream } = this.#channel;
    queue.plan(options.start_ms, () => {
      emitReferenceData(this.world, options, stream.emit);
      beginDays(this.#channel);
    });
  }

  /** What simulated time is called in `event_time` from now on. */
  set eventTime(toEventTime: (time_ms: number) => number) {
    this.#channel.stream.toEventTime = toEventTime;
  }

  /** Time of the next step, ms. */
  get due_ms(): number {
    return this.#channel.queue.due_ms;
  }

  /** Takes the next step and returns its events, all at the same time: often none. */
  step(): SimulatedEvent[] {
    const planned = this.#channel.queue.next();
    if (planned === undefined) return [];
    this.#channel.stream.advance(planned.time_ms);
    planned.happen();
    return this.#channel.stream.drain();
  }

  /** The events up to and including a time. */
  *until(end_ms: number): Generator<SimulatedEvent, void, undefined> {
    while (this.due_ms <= end_ms) yield* this.step();
  }

  /** What was injected so far: the answers that the stream itself does not give. */
  truth(): TruthRow[] {
    return this.#channel.injections.truth();
  }
}

function makeShelves(world: World): Map<string, Shelf[]> {
  return new Map(
    world.dealers.map((dealer) => [
      dealer.dealer_id,
      dealer.range.map((product) => ({
        dealer,
        product,
        daily_mean: dailyMean(world.dealers, dealer, product),
        sealed: [],
        open: null,
        on_order: 0,
        in_transit: 0,
        reserved: 0,
      })),
    ]),
  );
}

function checkOptions({ seed, dealers, skus, days, start_ms }: SimulationOptions): void {
  const between = (name: string, value: number, low: number, high: number): void => {
    if (!Number.isInteger(value) || value < low || value > high)
      throw new RangeError(`${name} must be a whole number from ${low} to ${high}, not ${value}`);
  };
  between('dealers', dealers, 2, 5000);
  between('skus', skus, 4, 400);
  between('days', days, 1, 3650);
  if (!/^[A-Za-z0-9._]{1,20}$/.test(seed))
    throw new RangeError(`seed must be 1 to 20 letters, digits, . or _, not "${seed}"`);
  if (!Number.isFinite(start_ms)) throw new RangeError('start must be a time');
}
