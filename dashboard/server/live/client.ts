import { Compile } from 'typebox/compile';
import { ClientFrame, LIVE_CLOSE, type LiveTopic, type ServerFrame } from '../../../models/contract/live.ts';
import type { Violation } from '../../../models/contract/event-type.ts';
import { findViolations } from '../../../models/contract/violations.ts';
import { problemOf } from '../../../ingest/program/problem.ts';
import { encodeFrame } from './frames.ts';
import type { LiveLimits } from './limits.ts';

/** The part of a `ws` socket that the hub uses. */
export interface LiveSocket {
  /** Bytes that `send` took and the kernel has not. */
  readonly bufferedAmount: number;
  send(data: Buffer, options: { readonly binary: false }): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** What a client asked for, in the hub's terms. */
export interface ClientRequests {
  subscribe(
    client: LiveClient,
    topic: LiveTopic,
    position?: { readonly epoch: string; readonly seq: number },
  ): void;
  unsubscribe(client: LiveClient, topic: LiveTopic): void;
  close(client: LiveClient, code: number, reason: string): void;
}

/** The position up to which a client has been sent a topic; `seq` −1: nothing yet. That is all that is held per topic. */
export interface Subscription {
  epoch: string;
  seq: number;
  /** It began with a position in `hello`, and no `sub` has followed yet. */
  resumed: boolean;
}

const checkFrame = Compile(ClientFrame);
const TEXT_FRAME = { binary: false } as const;

/** One socket: what it is subscribed to, how far it is, and how much it may still say. */
export class LiveClient {
  readonly socket: LiveSocket;
  /** False as soon as its session has ended: asked at every heartbeat. */
  readonly mayStay: () => boolean;
  readonly subscriptions = new Map<LiveTopic, Subscription>();
  /** Clock reading at which it fell behind; undefined while it holds all that it subscribed to. */
  behind_since_ms: number | undefined;
  /** Heartbeats since its peer last gave a sign of life. */
  silent_heartbeats = 0;
  closing = false;
  readonly #limits: LiveLimits;
  #windowEnds_ms = 0;
  #messages = 0;

  constructor(socket: LiveSocket, mayStay: () => boolean, limits: LiveLimits) {
    this.socket = socket;
    this.mayStay = mayStay;
    this.#limits = limits;
  }

  /**
   * Whether a frame of so many bytes may be queued: what waits unsent is at most `buffered_bytes_max`, or one frame that is
   * larger by itself.
   */
  hasRoomFor(bytes: number): boolean {
    const { bufferedAmount } = this.socket;
    return bufferedAmount === 0 || bufferedAmount + bytes <= this.#limits.buffered_bytes_max;
  }

  send(bytes: Buffer): void {
    this.socket.send(bytes, TEXT_FRAME);
  }

  /** Reads one frame of the client and passes on what it asks for; what it cannot read is answered with an `err` frame. */
  receive(data: Buffer, isBinary: boolean, now_ms: number, requests: ClientRequests): void {
    if (this.closing) return;
    this.silent_heartbeats = 0;
    if (this.#exceedsRate(now_ms)) {
      requests.close(this, LIVE_CLOSE.too_many, 'too many messages');
      return;
    }
    const frame = isBinary ? NO_TEXT : readFrame(data);
    if ('violations' in frame) {
      this.#refuse('not a frame of dms-live.v1', undefined, frame.violations);
      return;
    }
    switch (frame.t) {
      case 'hello':
        for (const { topic, epoch, seq } of frame.resume ?? [])
          requests.subscribe(this, topic, { epoch, seq });
        return;
      case 'sub':
        if (takesParams(frame.params)) this.#refuse('this topic takes no params', frame.topic);
        else requests.subscribe(this, frame.topic);
        return;
      case 'unsub':
        requests.unsubscribe(this, frame.topic);
    }
  }

  #exceedsRate(now_ms: number): boolean {
    if (now_ms >= this.#windowEnds_ms) {
      this.#windowEnds_ms = now_ms + this.#limits.message_window_ms;
      this.#messages = 0;
    }
    this.#messages += 1;
    return this.#messages > this.#limits.messages_max;
  }

  /** An error frame counts against the buffer like any other: a client that does not read gets none. */
  #refuse(detail: string, topic?: LiveTopic, errors?: readonly Violation[]): void {
    const problem = problemOf(400, { detail, ...(errors && { errors }) });
    const frame: ServerFrame = { t: 'err', ...(topic && { topic }), problem };
    const bytes = encodeFrame(frame);
    if (this.hasRoomFor(bytes.length)) this.send(bytes);
  }
}

interface NoFrame {
  readonly violations: readonly Violation[];
}

const NO_TEXT: NoFrame = { violations: [{ pointer: '', detail: 'is binary: a frame is text' }] };

/** A frame, or what is wrong with it, with pointers into it. */
function readFrame(data: Buffer): ClientFrame | NoFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(data.toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { violations: [{ pointer: '', detail: 'is not valid JSON' }] };
  }
  return checkFrame.Check(frame) ? frame : { violations: findViolations(ClientFrame, frame) };
}

/** No topic has parameters yet; an empty object says the same as none. */
function takesParams(params: unknown): boolean {
  if (params === undefined || params === null) return false;
  return typeof params !== 'object' || Object.keys(params).length > 0;
}
