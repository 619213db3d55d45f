import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  LIVE_SUBPROTOCOL,
  LIVE_TOPICS,
  type LiveTopic,
  type PatchFrame,
  type ServerFrame,
} from '../../models/contract/live.ts';
import { AgeHistogram, type Ages } from './age-histogram.ts';

/** Handshakes under way at once while a crowd gathers; a storm has no such bound. */
const OPENING_MAX = 100;
/** A crowd that has not come back by then will not. */
const STORM_MS_MAX = 60_000;
/** A client whose connection failed tries again after this. */
const RETRY_MS = 250;

/** What was heard while one listened. */
export interface Heard {
  readonly frames: number;
  /** Of patches: from `as_of`, the instant at which the result was published, to its arrival at the client. */
  readonly ages: Ages;
  /** Patches that did not follow on what their client held: frames are missing. */
  readonly gaps: number;
}

export interface Storm {
  /** From the cut of all connections until each client had a frame that follows on what it held before; null = not all. */
  readonly resumed_ms: number | null;
  readonly resumed: number;
  /** Frames that did not follow on what their client held: it has missed some. */
  readonly gaps: number;
  /** Topics of which a client was given a whole snapshot instead of what it had missed. */
  readonly snapshots: number;
  /** Connections that failed and were tried again. */
  readonly retries: number;
}

/** Clients of the live protocol in one process, each subscribed to every topic as the wallboard is. */
export class Crowd {
  readonly #url: string;
  readonly #token: string;
  readonly #clients: Client[] = [];
  readonly #ages = new AgeHistogram();
  #frames = 0;
  #gaps = 0;
  #snapshots = 0;

  constructor(url: string, token: string) {
    this.#url = `${url.replace('http', 'ws')}/v1/live`;
    this.#token = token;
  }

  /** Connects so many clients more. Resolves when all were welcomed; rejects when one is refused. */
  async gather(clients: number): Promise<void> {
    const waiting = Array.from({ length: clients }, () => new Client(this.#url, this.#token, this.#hear));
    this.#clients.push(...waiting);
    const openers = Array.from({ length: OPENING_MAX }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await next.open();
    });
    await Promise.all(openers);
  }

  listen(): void {
    this.#ages.clear();
    this.#frames = 0;
    this.#gaps = 0;
    this.#snapshots = 0;
  }

  heard(): Heard {
    return { frames: this.#frames, ages: this.#ages.ages(), gaps: this.#gaps };
  }

  /** Cuts every connection and brings all clients back at once, each with the positions that it holds. */
  async storm(): Promise<Storm> {
    this.listen();
    const began = performance.now();
    for (const client of this.#clients) client.cut();
    let resumed = 0;
    let retries = 0;
    const back = this.#clients.map(async (client) => {
      retries += await client.comeBack();
      resumed += 1;
    });
    const all = await Promise.race([
      Promise.all(back).then(() => true),
      new Promise<false>((resolve) => setTimeout(resolve, STORM_MS_MAX, false).unref()),
    ]);
    const resumed_ms = all ? performance.now() - began : null;
    return { resumed_ms, resumed, gaps: this.#gaps, snapshots: this.#snapshots, retries };
  }

  /** No client reads any more: what is sent to them stays with the server and the kernel. */
  stall(): void {
    for (const client of this.#clients) client.stall();
  }

  cut(): void {
    for (const client of this.#clients) client.cut();
  }

  readonly #hear = (frame: ServerFrame, follows: boolean): void => {
    if (frame.t === 'snap') this.#snapshots += 1;
    if (frame.t !== 'patch') return;
    this.#frames += 1;
    if (!follows) this.#gaps += 1;
    if (frame.as_of !== null) this.#ages.add(Date.now() - Date.parse(frame.as_of));
  };
}

class Client {
  readonly #url: string;
  readonly #token: string;
  readonly #hear: (frame: ServerFrame, follows: boolean) => void;
  readonly #held = new Map<LiveTopic, { readonly epoch: string; readonly seq: number }>();
  #socket: WebSocket | null = null;
  #onData: (() => void) | null = null;

  constructor(url: string, token: string, hear: (frame: ServerFrame, follows: boolean) => void) {
    this.#url = url;
    this.#token = token;
    this.#hear = hear;
  }

  /** Resolves with the welcome. */
  open(): Promise<void> {
    const headers = { authorization: `Bearer ${this.#token}` };
    const socket = new WebSocket(this.#url, LIVE_SUBPROTOCOL, { headers, perMessageDeflate: false });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.on('open', () => {
        const resume = [...this.#held].map(([topic, position]) => ({ topic, ...position }));
        socket.send(JSON.stringify({ t: 'hello', ...(resume.length > 0 && { resume }) }));
        for (const topic of LIVE_TOPICS) {
          if (!this.#held.has(topic)) socket.send(JSON.stringify({ t: 'sub', topic }));
        }
      });
      socket.on('message', (data: Buffer) => {
        const frame = JSON.parse(data.toString('utf8')) as ServerFrame;
        if (frame.t === 'welcome') resolve();
        else this.#take(frame);
      });
      socket.on('error', reject);
      socket.on('close', (code) => {
        reject(new Error(`closed with ${code}`));
      });
    });
  }

  /** Resolves with the first frame of data on a new connection, with how many had failed before. */
  async comeBack(): Promise<number> {
    const data = new Promise<void>((resolve) => {
      this.#onData = resolve;
    });
    let failed = 0;
    while (!(await this.#opens())) {
      failed += 1;
      await delay(RETRY_MS);
    }
    await data;
    this.#onData = null;
    return failed;
  }

  #opens(): Promise<boolean> {
    return this.open().then(
      () => true,
      () => false,
    );
  }

  stall(): void {
    this.#socket?.pause();
  }

  cut(): void {
    this.#socket?.removeAllListeners('close').terminate();
  }

  #take(frame: ServerFrame): void {
    if (frame.t !== 'snap' && frame.t !== 'patch') return;
    const follows = frame.t === 'snap' || this.#followsOn(frame);
    this.#held.set(frame.topic, { epoch: frame.epoch, seq: frame.seq });
    this.#hear(frame, follows);
    this.#onData?.();
  }

  /** A server that sends no snapshot first is taken at its first patch. */
  #followsOn({ topic, epoch, prev }: PatchFrame): boolean {
    const held = this.#held.get(topic);
    return held === undefined || (held.epoch === epoch && held.seq === prev);
  }
}
