import type { EventTypeName } from '../../models/contract/registry.ts';
import { instant } from '../time.ts';

/** Types that the outside may send. */
type SimulatedType = Exclude<
  EventTypeName,
  'case_transition' | 'scan_retraction' | 'case_grouping' | 'evidence_pack'
>;

/** One event of the contract, and when it happens. */
export interface SimulatedEvent {
  readonly type: SimulatedType;
  readonly time_ms: number;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Emits an event that happens now. `id` is unique within its type; the fields are the contract's besides the envelope. */
export type Emit = (type: SimulatedType, id: string, fields: Readonly<Record<string, unknown>>) => void;

/** The feed that each type comes from: as in a real channel, several systems tell parts of one story. */
const SOURCE: Readonly<Record<SimulatedType, string>> = {
  order: 'sim-erp',
  money: 'sim-erp',
  scan: 'sim-scan',
  stock: 'sim-wms',
  activity: 'sim-portal',
  dealer: 'sim-mdm',
  product: 'sim-mdm',
  territory: 'sim-mdm',
  price: 'sim-mdm',
  promotion: 'sim-mdm',
  rebate_program: 'sim-mdm',
};

/** Gathers the events of one step of the simulation, all at the same time. */
export class EventStream {
  readonly #seed: string;
  #pending: SimulatedEvent[] = [];
  #now_ms = 0;
  /** What simulated time is called outside: the identity in history, behind or ahead of it in a live feed. */
  toEventTime: (time_ms: number) => number = (time_ms) => time_ms;

  constructor(seed: string) {
    this.#seed = seed;
  }

  get now_ms(): number {
    return this.#now_ms;
  }

  advance(time_ms: number): void {
    this.#now_ms = time_ms;
  }

  readonly emit: Emit = (type, id, fields) => {
    const envelope = {
      event_id: `${this.#seed}-${type}-${id}`,
      source: SOURCE[type],
      event_time: instant(this.toEventTime(this.#now_ms)),
    };
    this.#pending.push({ type, time_ms: this.#now_ms, event: { ...envelope, ...fields } });
  };

  /** The events since the last call. */
  drain(): SimulatedEvent[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }
}
