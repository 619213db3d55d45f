import type { LiveRow, LiveTopic, PatchFrame, PatchOp, SnapFrame } from '../../../models/contract/live.ts';

/** The rows of one topic as of `seq` of `epoch`: the same that the server holds there. */
export interface TopicState<T extends LiveTopic = LiveTopic> {
  readonly epoch: string;
  readonly seq: number;
  /** Event time up to which the rows hold; null when the topic has none. */
  readonly as_of: string | null;
  readonly rows: ReadonlyMap<string, LiveRow<T>>;
}

/** What a client holds. A topic without a snapshot yet is absent. */
export type LiveState = { readonly [T in LiveTopic]?: TopicState<T> };

/** `gap`: frames were lost or the server began anew, so only a snapshot can bring the topic up to date. */
export interface Applied {
  readonly state: LiveState;
  readonly outcome: 'applied' | 'ignored' | 'gap';
}

/**
 * Applies one frame. Pure: the state given is not changed.
 *
 * Guarantee: after `applied`, the topic's rows equal the server's at the frame's `seq`. After `ignored` (a repeated
 * frame) and `gap` the state is the one given, so it is never a mixture of two.
 */
export function apply(state: LiveState, frame: SnapFrame | PatchFrame): Applied {
  return frame.t === 'snap' ? applySnap(state, frame) : applyPatch(state, frame);
}

function applySnap(state: LiveState, frame: SnapFrame): Applied {
  const rows = new Map(Object.entries(frame.data));
  return { state: replaced(state, frame, rows), outcome: 'applied' };
}

/**
 * A patch tells every change from `prev` to `seq` in order, so it also applies to a state that lies between the two:
 * its puts and dels set what they set, whether once or twice.
 */
function applyPatch(state: LiveState, frame: PatchFrame): Applied {
  const held = state[frame.topic];
  if (held?.epoch !== frame.epoch) return { state, outcome: 'gap' };
  if (frame.seq <= held.seq) return { state, outcome: 'ignored' };
  if (frame.prev > held.seq) return { state, outcome: 'gap' };
  return { state: replaced(state, frame, withOps(held.rows, frame.ops)), outcome: 'applied' };
}

function withOps(rows: ReadonlyMap<string, unknown>, ops: readonly PatchOp[]): Map<string, unknown> {
  const next = new Map(rows);
  for (const op of ops) {
    if (op.op === 'put') next.set(op.key, op.row);
    else next.delete(op.key);
  }
  return next;
}

/** Rows are trusted to have their topic's shape: the server validates them, and the page carries no validators. */
function replaced(
  state: LiveState,
  frame: SnapFrame | PatchFrame,
  rows: ReadonlyMap<string, unknown>,
): LiveState {
  const { epoch, seq, as_of } = frame;
  return { ...state, [frame.topic]: { epoch, seq, as_of, rows } };
}

/** The positions to resume from, for a hello. */
export function positions(state: LiveState): { topic: LiveTopic; epoch: string; seq: number }[] {
  return Object.entries(state).map(([topic, { epoch, seq }]) => ({ topic: topic as LiveTopic, epoch, seq }));
}
