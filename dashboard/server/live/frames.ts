import type { LiveTopic, PatchFrame, ServerFrame, SnapFrame } from '../../../models/contract/live.ts';
import type { LiveState, Patch } from './state.ts';

/** Merged patches kept per topic: as many different positions as clients usually come back with after one outage. */
const MERGED_MAX = 64;

/** A frame as it goes out. */
export function encodeFrame(frame: ServerFrame): Buffer {
  return Buffer.from(JSON.stringify(frame));
}

/**
 * The bytes of every topic's frames, made once for all clients: a thousand clients that come back at once cost one
 * serialisation. Holds one snapshot and at most `MERGED_MAX` merged patches per topic, all of the present `seq`.
 */
export class LiveFrames {
  readonly #state: LiveState;
  readonly #snapshots = new Map<LiveTopic, { readonly seq: number; readonly bytes: Buffer }>();
  readonly #merged = new Map<LiveTopic, { readonly seq: number; readonly bySeq: Map<number, Buffer> }>();

  constructor(state: LiveState) {
    this.#state = state;
  }

  patch(topic: LiveTopic, patch: Patch): Buffer {
    const frame: PatchFrame = {
      t: 'patch',
      topic,
      epoch: this.#state.epoch,
      seq: patch.seq,
      prev: patch.prev,
      as_of: patch.as_of,
      ops: [...patch.ops],
    };
    return encodeFrame(frame);
  }

  snapshot(topic: LiveTopic): Buffer {
    const { seq, as_of, rows } = this.#state.snapshot(topic);
    const cached = this.#snapshots.get(topic);
    if (cached?.seq === seq) return cached.bytes;
    const data = Object.fromEntries(rows);
    const frame: SnapFrame = { t: 'snap', topic, epoch: this.#state.epoch, seq, as_of, data };
    const bytes = encodeFrame(frame);
    this.#snapshots.set(topic, { seq, bytes });
    return bytes;
  }

  /** The one frame that brings a client from `seq` to now: a merged patch, or a snapshot where the ring cannot tell. */
  since(topic: LiveTopic, seq: number): { readonly bytes: Buffer; readonly kind: 'patch' | 'snap' } {
    const now = this.#state.snapshot(topic).seq;
    let merged = this.#merged.get(topic);
    if (merged?.seq !== now) {
      merged = { seq: now, bySeq: new Map() };
      this.#merged.set(topic, merged);
    }
    const cached = merged.bySeq.get(seq);
    if (cached) return { bytes: cached, kind: 'patch' };
    const patch = this.#state.since(topic, seq);
    if (!patch) return { bytes: this.snapshot(topic), kind: 'snap' };
    const bytes = this.patch(topic, patch);
    if (merged.bySeq.size < MERGED_MAX) merged.bySeq.set(seq, bytes);
    return { bytes, kind: 'patch' };
  }
}
