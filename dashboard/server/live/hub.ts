import {
  LIVE_CLOSE,
  LIVE_TOPICS,
  type LiveTopic,
  type Part,
  type ServerFrame,
} from '../../../models/contract/live.ts';
import type { ResultMessage } from '../../../models/contract/results.ts';
import { LiveClient, type ClientRequests, type LiveSocket } from './client.ts';
import { LiveFrames, encodeFrame } from './frames.ts';
import { feedLag } from './lag.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './metrics.ts';
import type { LiveState } from './state.ts';

/** Close codes that are not of the contract but of RFC 6455. */
const GOING_AWAY = 1001;

export interface HubOptions {
  readonly state: LiveState;
  readonly limits: LiveLimits;
  readonly metrics: LiveMetrics;
  /** Hash of the built pages, told in `welcome`. */
  readonly build: string;
  /** What stands still; asked at each heartbeat. Default: nothing. */
  readonly stalled?: () => readonly Part[];
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * Fans the live state out. For each client and topic it holds one number, the `seq` that it was sent last. A client
 * whose unsent bytes the next frame would bring above the limit gets nothing more; when it has drained it gets one merged
 * patch (or a snapshot) that brings it from that number to now, so nothing is ever queued for it. One that does not drain
 * is closed with 1013.
 */
export class Hub implements ClientRequests {
  #state: LiveState;
  #frames: LiveFrames;
  readonly #limits: LiveLimits;
  readonly #metrics: LiveMetrics;
  readonly #build: string;
  readonly #stalled: () => readonly Part[];
  readonly #now: () => number;
  readonly #clients = new Set<LiveClient>();
  readonly #subscribers: ReadonlyMap<LiveTopic, Set<LiveClient>>;
  readonly #behind = new Set<LiveClient>();
  /** Clients that were sent a close frame, with the timer that cuts them. */
  readonly #closing = new Map<LiveClient, NodeJS.Timeout>();
  #timers: NodeJS.Timeout[] = [];
  #whenGone: (() => void) | undefined;

  constructor(options: HubOptions) {
    this.#state = options.state;
    this.#frames = new LiveFrames(options.state);
    this.#limits = options.limits;
    this.#metrics = options.metrics;
    this.#build = options.build;
    this.#stalled = options.stalled ?? (() => []);
    this.#now = options.now;
    this.#subscribers = new Map(LIVE_TOPICS.map((topic) => [topic, new Set()]));
  }

  get state(): LiveState {
    return this.#state;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Bytes that wait unsent for the one client for which most do. */
  get unsent_bytes_max(): number {
    let most = 0;
    for (const { socket } of this.#clients) most = Math.max(most, socket.bufferedAmount);
    return most;
  }

  /** Starts the heartbeat and the sweep over clients that are behind. */
  start(): void {
    this.#timers = [
      setInterval(() => {
        this.heartbeat();
      }, this.#limits.heartbeat_ms),
      setInterval(() => {
        this.sweep();
      }, this.#limits.sweep_ms),
    ];
  }

  /** Takes a socket in and welcomes it. When there are too many it is closed with 4429. `gone` must follow its end. */
  open(socket: LiveSocket, mayStay: () => boolean): LiveClient {
    const client = new LiveClient(socket, mayStay, this.#limits);
    if (this.#clients.size >= this.#limits.connections_max) {
      this.#closeSocket(client, LIVE_CLOSE.too_many, 'too many connections');
      return client;
    }
    this.#clients.add(client);
    this.#metrics.clients.set(this.#clients.size);
    const { heartbeat_ms: hb_ms } = this.#limits;
    client.send(encodeFrame({ t: 'welcome', hb_ms, build: this.#build, server_time: this.#time() }));
    return client;
  }

  receive(client: LiveClient, data: Buffer, isBinary: boolean): void {
    client.receive(data, isBinary, this.#now(), this);
  }

  /** The socket has closed, whoever wished it. */
  gone(client: LiveClient): void {
    this.#detach(client);
    clearTimeout(this.#closing.get(client));
    this.#closing.delete(client);
    if (this.#closing.size === 0) this.#whenGone?.();
  }

  /** Applies a result and sends the patch, if it changed anything, to every subscriber that has room for it. */
  publish(message: ResultMessage): void {
    const patch = this.#state.apply(message);
    if (!patch) return;
    const { topic } = message;
    const subscribers = this.#subscribers.get(topic);
    if (!subscribers || subscribers.size === 0) return;
    const bytes = this.#frames.patch(topic, patch);
    let sent = 0;
    for (const client of subscribers) {
      const subscription = client.subscriptions.get(topic);
      if (!subscription) continue;
      const isUpToDate = subscription.seq === patch.prev && client.behind_since_ms === undefined;
      if (isUpToDate && client.hasRoomFor(bytes.length)) {
        client.send(bytes);
        subscription.seq = patch.seq;
        sent += 1;
      } else {
        this.#fallBehind(client);
      }
    }
    this.#metrics.frames.inc({ kind: 'patch' }, sent);
  }

  /** A state of another epoch takes over: every subscriber gets a snapshot of it. */
  replaceState(state: LiveState): void {
    this.#state = state;
    this.#frames = new LiveFrames(state);
    for (const client of this.#clients) this.#catchUp(client);
  }

  /**
   * The first `sub` after a resume confirms what stands already; any other asks for a snapshot, as a client does that has lost
   * its place.
   */
  subscribe(client: LiveClient, topic: LiveTopic, position?: { epoch: string; seq: number }): void {
    const standing = client.subscriptions.get(topic);
    if (standing !== undefined && (standing.resumed || position !== undefined)) {
      standing.resumed = false;
      return;
    }
    client.subscriptions.set(topic, { epoch: '', seq: -1, ...position, resumed: position !== undefined });
    this.#subscribers.get(topic)?.add(client);
    this.#catchUp(client);
    if (position) this.#metrics.resumes.inc();
  }

  unsubscribe(client: LiveClient, topic: LiveTopic): void {
    client.subscriptions.delete(topic);
    this.#subscribers.get(topic)?.delete(client);
  }

  /** Ends a client; its connection is cut when the peer has not answered the close within `close_grace_ms`. */
  close(client: LiveClient, code: number, reason: string): void {
    if (client.closing) return;
    this.#detach(client);
    this.#closeSocket(client, code, reason);
  }

  /** Tells every client the time, the age of its feeds and what stands still; ends those whose session is over or whose peer is silent. */
  heartbeat(): void {
    const lag_s = feedLag(this.#state.snapshot('freshness').rows.values(), this.#now());
    const stalled = this.#stalled();
    const bytes = encodeFrame({
      t: 'hb',
      server_time: this.#time(),
      lag_s,
      ...(stalled.length > 0 && { stalled: [...stalled] }),
    } satisfies ServerFrame);
    for (const client of this.#clients) {
      if (!client.mayStay()) {
        this.close(client, LIVE_CLOSE.unauthorized, 'the session has ended');
      } else if (client.silent_heartbeats >= this.#limits.silent_heartbeats_max) {
        this.#detach(client);
        client.socket.terminate();
      } else {
        client.silent_heartbeats += 1;
        client.socket.ping();
        if (client.hasRoomFor(bytes.length)) client.send(bytes);
      }
    }
  }

  /** Looks at the clients that are behind: those that drained are caught up, those that will not are closed. */
  sweep(): void {
    for (const client of this.#behind) {
      this.#catchUp(client);
      const since = client.behind_since_ms;
      if (since !== undefined && this.#now() - since > this.#limits.behind_ms_max) {
        this.close(client, LIVE_CLOSE.too_slow, 'too slow');
      }
    }
  }

  /** Ends every client with 1001, on which they come back by themselves; resolves when all sockets are gone or cut. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const client of this.#clients) this.close(client, GOING_AWAY, 'the server restarts');
    if (this.#closing.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenGone = resolve;
    });
  }

  /** Sends what each topic lacks, as far as there is room; the rest follows in a later sweep. */
  #catchUp(client: LiveClient): void {
    for (const [topic, subscription] of client.subscriptions) {
      const { epoch } = this.#state;
      const { seq } = this.#state.snapshot(topic);
      if (subscription.epoch === epoch && subscription.seq === seq) continue;
      const known = subscription.epoch === epoch ? subscription.seq : -1;
      const { bytes, kind } = this.#frames.since(topic, known);
      if (!client.hasRoomFor(bytes.length)) {
        this.#fallBehind(client);
        return;
      }
      client.send(bytes);
      this.#metrics.frames.inc({ kind: kind === 'patch' ? 'merged' : 'snap' });
      subscription.epoch = epoch;
      subscription.seq = seq;
    }
    client.behind_since_ms = undefined;
    this.#behind.delete(client);
  }

  #fallBehind(client: LiveClient): void {
    if (client.behind_since_ms !== undefined) return;
    client.behind_since_ms = this.#now();
    this.#behind.add(client);
    this.#metrics.fellBehind.inc();
  }

  /** Sends it nothing more. */
  #detach(client: LiveClient): void {
    if (!this.#clients.delete(client)) return;
    for (const topic of client.subscriptions.keys()) this.#subscribers.get(topic)?.delete(client);
    this.#behind.delete(client);
    this.#metrics.clients.set(this.#clients.size);
  }

  #closeSocket(client: LiveClient, code: number, reason: string): void {
    client.closing = true;
    this.#metrics.closes.inc({ code: String(code) });
    const cut = setTimeout(() => {
      client.socket.terminate();
      this.gone(client);
    }, this.#limits.close_grace_ms);
    this.#closing.set(client, cut);
    client.socket.close(code, reason);
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
