import { LIVE_CLOSE, LIVE_SUBPROTOCOL, LIVE_TOPICS } from '../../../models/contract/live.ts';
import type { ClientFrame, LiveTopic, ServerFrame } from '../../../models/contract/live.ts';
import { backoff } from './backoff.ts';
import { apply, positions, type LiveState } from './state.ts';

/** How the page stands to its server. Times are of `Surroundings.now`. */
export type ConnectionStatus =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  | {
      readonly phase: 'reconnecting';
      readonly since_ms: number;
      readonly retry_at_ms: number;
      readonly attempt: number;
    }
  | { readonly phase: 'unpaired' }
  | { readonly phase: 'forbidden' };

/** The part of a WebSocket that is used. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

/** How frames travel: by WebSocket, or as server-sent events where a proxy lets none pass. */
export type Way = 'websocket' | 'events';

/** What a connection needs of the world: tests give it a false clock and false sockets. */
export interface Surroundings {
  open(protocol: string, way: Way): Socket;
  /** Whether the server knows this browser: asked when a socket was refused, for a browser hides the reason. */
  session(): Promise<'known' | 'unknown' | 'unreachable'>;
  now(): number;
  random(): number;
  after(ms: number, run: () => void): () => void;
}

/** What a connection tells. */
export interface Listener {
  state(state: LiveState): void;
  status(status: ConnectionStatus): void;
  welcome(frame: Extract<ServerFrame, { t: 'welcome' }>): void;
  heartbeat(frame: Extract<ServerFrame, { t: 'hb' }>): void;
  /** An error that the server sent, or a frame that could not be read. */
  problem(topic: LiveTopic | undefined, title: string): void;
}

/** A connection counts as lost after so many heartbeat intervals without a frame. */
const HEARTBEATS_MISSED_MAX = 2.5;
/** So many WebSockets must fail at a server that answers otherwise, before the frames are asked for as events. */
const BLOCKED_MAX = 2;
/** Until the welcome says how often heartbeats come. */
const WELCOME_WAIT_MS = 10_000;

/**
 * Holds one socket to the server, for ever: subscribes to every topic, applies frames, asks for a snapshot at a gap,
 * reconnects with back-off and resumes where it stood. Data already held stays held while it is away.
 */
export class LiveConnection {
  private state: LiveState;
  private socket: Socket | undefined;
  private attempt = 0;
  private away_since_ms: number | undefined;
  private heartbeat_ms = WELCOME_WAIT_MS;
  private cancelWatchdog = (): void => undefined;
  private cancelRetry = (): void => undefined;
  private stopped = false;
  private way: Way = 'websocket';
  /** WebSockets in a row that failed although the server answered. */
  private blocked = 0;
  /** Whether the present socket has brought its welcome. */
  private welcomed = false;
  private readonly around: Surroundings;
  private readonly listener: Listener;

  /** @param held the last state of an earlier visit; resumed from, or replaced by a snapshot. */
  constructor(around: Surroundings, listener: Listener, held: LiveState = {}) {
    this.around = around;
    this.listener = listener;
    this.state = held;
  }

  start(): void {
    this.stopped = false;
    this.connect();
  }

  /** Ends the connection; nothing is told any more. */
  stop(): void {
    this.stopped = true;
    this.cancelRetry();
    this.drop();
  }

  /** Tries at once, not at the end of the wait (the browser came online, a key was pressed). */
  retryNow(): void {
    if (this.socket !== undefined || this.stopped) return;
    this.cancelRetry();
    this.connect();
  }

  private connect(): void {
    this.way = this.blocked < BLOCKED_MAX ? 'websocket' : 'events';
    const socket = this.around.open(LIVE_SUBPROTOCOL, this.way);
    this.socket = socket;
    this.welcomed = false;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.send({ t: 'hello', resume: positions(this.state) });
      for (const topic of LIVE_TOPICS) this.send({ t: 'sub', topic });
    };
    socket.onmessage = (event) => {
      this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.drop();
      // The network may have changed: the next attempt is a WebSocket again, and one that fails is enough to come back here.
      if (this.way === 'events') this.blocked = BLOCKED_MAX - 1;
      this.closed(event.code, opened);
    };
    this.watch(WELCOME_WAIT_MS);
  }

  private send(frame: ClientFrame): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private receive(data: unknown): void {
    const frame = readFrame(data);
    if (frame === undefined) {
      this.listener.problem(undefined, 'unreadable frame');
      return;
    }
    this.watch(this.heartbeat_ms * HEARTBEATS_MISSED_MAX);
    switch (frame.t) {
      case 'welcome':
        this.heartbeat_ms = frame.hb_ms;
        this.welcomed = true;
        this.attempt = 0;
        if (this.way === 'websocket') this.blocked = 0;
        this.away_since_ms = undefined;
        this.watch(this.heartbeat_ms * HEARTBEATS_MISSED_MAX);
        this.listener.welcome(frame);
        this.listener.status({ phase: 'live' });
        return;
      case 'hb':
        this.listener.heartbeat(frame);
        return;
      case 'err':
        this.listener.problem(topicNamed(frame.topic), frame.problem.detail ?? frame.problem.title);
        return;
      case 'snap':
      case 'patch': {
        const applied = apply(this.state, frame);
        if (applied.outcome === 'gap') this.resubscribe(frame.topic);
        if (applied.outcome !== 'applied') return;
        this.state = applied.state;
        this.listener.state(this.state);
      }
    }
  }

  private resubscribe(topic: LiveTopic): void {
    this.send({ t: 'unsub', topic });
    this.send({ t: 'sub', topic });
  }

  /** A half-open connection sends no close: silence longer than the heartbeat allows ends it. */
  private watch(ms: number): void {
    this.cancelWatchdog();
    this.cancelWatchdog = this.around.after(ms, () => {
      this.drop();
      // Some proxies open the socket and let nothing through.
      if (this.way === 'events') this.blocked = BLOCKED_MAX - 1;
      else if (!this.welcomed) this.blocked += 1;
      this.retryLater();
    });
  }

  private drop(): void {
    this.cancelWatchdog();
    const socket = this.socket;
    this.socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private closed(code: number, opened: boolean): void {
    if (code === LIVE_CLOSE.forbidden) this.end('forbidden');
    else if (opened && code !== LIVE_CLOSE.unauthorized) this.retryLater();
    else void this.refused();
  }

  private async refused(): Promise<void> {
    const session = await this.around.session();
    if (this.stopped || this.socket !== undefined) return;
    if (session === 'unknown') {
      this.end('unpaired');
      return;
    }
    if (session === 'known' && this.way === 'websocket') this.blocked += 1;
    this.retryLater();
  }

  private end(phase: 'unpaired' | 'forbidden'): void {
    this.listener.status({ phase });
  }

  private retryLater(): void {
    const now = this.around.now();
    this.attempt += 1;
    this.away_since_ms ??= now;
    const wait = backoff(this.attempt, this.around.random());
    this.listener.status({
      phase: 'reconnecting',
      since_ms: this.away_since_ms,
      retry_at_ms: now + wait,
      attempt: this.attempt,
    });
    this.cancelRetry = this.around.after(wait, () => {
      this.connect();
    });
  }
}

const SERVER_FRAMES: ReadonlySet<unknown> = new Set<ServerFrame['t']>([
  'welcome',
  'snap',
  'patch',
  'hb',
  'err',
]);

/** Reads a frame by its tag; what the server sends within is its own contract. Undefined for anything else. */
function readFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    if (typeof frame !== 'object' || frame === null || !('t' in frame)) return undefined;
    return SERVER_FRAMES.has(frame.t) ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}

function topicNamed(topic: string | undefined): LiveTopic | undefined {
  return LIVE_TOPICS.find((known) => known === topic);
}
