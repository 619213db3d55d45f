import { isDeepStrictEqual } from 'node:util';
import { LIVE_TOPICS, type LiveTopic, type PatchOp } from '../../../models/contract/live.ts';
import type { ResultMessage } from '../../../models/contract/results.ts';

/** The change from the state at `prev` to the state at `seq`: the newest row of every key that changed in between. */
export interface Patch {
  readonly prev: number;
  readonly seq: number;
  readonly as_of: string | null;
  readonly ops: readonly PatchOp[];
}

/** One topic as it stands. */
export interface TopicSnapshot {
  readonly seq: number;
  readonly as_of: string | null;
  readonly rows: ReadonlyMap<string, unknown>;
}

/** How much of the past is kept, per topic; see `LiveLimits`. */
export interface RingLimits {
  readonly ring_patches_max: number;
  readonly ring_ops_max: number;
}

/**
 * The live topics of one epoch: rows by key, a sequence number that counts changes, and the last patches.
 * No clock, no network. Applying a message twice, or one that says what is already so, changes nothing.
 */
export class LiveState {
  readonly epoch: string;
  readonly #topics: ReadonlyMap<LiveTopic, TopicState>;

  constructor(epoch: string, limits: RingLimits) {
    this.epoch = epoch;
    this.#topics = new Map(LIVE_TOPICS.map((topic) => [topic, new TopicState(limits)]));
  }

  /** Fills a topic before anybody has seen it: its sequence number stays 0. */
  seed(topic: LiveTopic, rows: Iterable<readonly [string, unknown]>, as_of: string | null): void {
    this.#topic(topic).seed(rows, as_of);
  }

  /** Applies a result; null when it changed neither a row nor the as-of. */
  apply(message: ResultMessage): Patch | null {
    return this.#topic(message.topic).apply(message.ops, message.as_of);
  }

  snapshot(topic: LiveTopic): TopicSnapshot {
    return this.#topic(topic);
  }

  /**
   * All that changed after `seq`, as one patch. Null when it cannot be told: the ring no longer reaches back that far,
   * or `seq` was never reached. At the present `seq` itself the patch is empty.
   */
  since(topic: LiveTopic, seq: number): Patch | null {
    return this.#topic(topic).since(seq);
  }

  #topic(topic: LiveTopic): TopicState {
    const state = this.#topics.get(topic);
    if (!state) throw new Error(`not a live topic: ${topic}`);
    return state;
  }
}

class TopicState {
  seq = 0;
  as_of: string | null = null;
  readonly rows = new Map<string, unknown>();
  readonly #limits: RingLimits;
  /** Oldest first, without a hole: each patch's `prev` is the `seq` of the one before. */
  readonly #ring: Patch[] = [];
  #ringOps = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  seed(rows: Iterable<readonly [string, unknown]>, as_of: string | null): void {
    if (this.seq !== 0) throw new Error('a topic is seeded before its first patch');
    for (const [key, row] of rows) this.rows.set(key, row);
    this.as_of = as_of;
  }

  apply(ops: readonly PatchOp[], as_of: string | null): Patch | null {
    const changed = new Map<string, PatchOp>();
    for (const op of ops) if (this.#put(op)) changed.set(op.key, op);
    const later = laterOf(this.as_of, as_of);
    if (changed.size === 0 && later === this.as_of) return null;
    this.as_of = later;
    this.seq += 1;
    const patch: Patch = { prev: this.seq - 1, seq: this.seq, as_of: later, ops: [...changed.values()] };
    this.#remember(patch);
    return patch;
  }

  /** Whether the op changed anything. */
  #put(op: PatchOp): boolean {
    if (op.op === 'del') return this.rows.delete(op.key);
    if (this.rows.has(op.key) && isDeepStrictEqual(this.rows.get(op.key), op.row)) return false;
    this.rows.set(op.key, op.row);
    return true;
  }

  #remember(patch: Patch): void {
    this.#ring.push(patch);
    this.#ringOps += patch.ops.length;
    const { ring_patches_max, ring_ops_max } = this.#limits;
    while (this.#ring.length > ring_patches_max || this.#ringOps > ring_ops_max) {
      const dropped = this.#ring.shift();
      if (!dropped) return;
      this.#ringOps -= dropped.ops.length;
    }
  }

  since(seq: number): Patch | null {
    const oldest = this.#ring[0]?.prev ?? this.seq;
    if (seq < oldest || seq > this.seq) return null;
    const newest = new Map<string, PatchOp>();
    for (const patch of this.#ring.slice(seq - oldest)) for (const op of patch.ops) newest.set(op.key, op);
    return { prev: seq, seq: this.seq, as_of: this.as_of, ops: [...newest.values()] };
  }
}

/** The later of two instants; null is earlier than any. A result about a past bucket never turns the topic's as-of back. */
function laterOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(b) > Date.parse(a) ? b : a;
}
