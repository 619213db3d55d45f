import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientFrame, ServerFrame } from '../../../models/contract/live.ts';
import { BACKOFF_MAX_MS, backoff } from './backoff.ts';
import { LiveConnection, type ConnectionStatus, type Socket, type Way } from './connection.ts';
import type { LiveState } from './state.ts';

class FalseSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  readonly sent: ClientFrame[] = [];
  closed = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.closed = true;
  }
  frame(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

/** A world with a clock that moves only when told. */
class FalseWorld {
  readonly sockets: FalseSocket[] = [];
  sessionIs: 'known' | 'unknown' | 'unreachable' = 'known';
  private clock_ms = 0;
  private readonly timers = new Set<{ at_ms: number; run: () => void }>();
  readonly ways: Way[] = [];
  open = (_protocol: string, way: Way): FalseSocket => {
    this.ways.push(way);
    const socket = new FalseSocket();
    this.sockets.push(socket);
    return socket;
  };
  session = (): Promise<'known' | 'unknown' | 'unreachable'> => Promise.resolve(this.sessionIs);
  now = (): number => this.clock_ms;
  random = (): number => 0.5;
  after = (ms: number, run: () => void): (() => void) => {
    const timer = { at_ms: this.clock_ms + ms, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };
  pass(ms: number): void {
    this.clock_ms += ms;
    for (const timer of [...this.timers]) {
      if (timer.at_ms > this.clock_ms) continue;
      this.timers.delete(timer);
      timer.run();
    }
  }
  get last(): FalseSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }
}

const welcome: ServerFrame = {
  t: 'welcome',
  hb_ms: 1000,
  build: 'b1',
  server_time: '2026-11-24T06:32:07.000Z',
};
const snap = (seq: number, data: Record<string, unknown> = {}): ServerFrame => ({
  t: 'snap',
  topic: 'kpis',
  epoch: 'e',
  seq,
  as_of: null,
  data,
});
const patch = (prev: number, seq: number, key: string): ServerFrame => ({
  t: 'patch',
  topic: 'kpis',
  epoch: 'e',
  seq,
  prev,
  as_of: null,
  ops: [{ op: 'put', key, row: { id: key } }],
});

let world: FalseWorld;
let statuses: ConnectionStatus[];
let state: LiveState;
let problems: string[];
let connection: LiveConnection;

beforeEach(() => {
  world = new FalseWorld();
  statuses = [];
  state = {};
  problems = [];
  connection = new LiveConnection(world, {
    state: (next) => (state = next),
    status: (status) => statuses.push(status),
    welcome: () => undefined,
    heartbeat: () => undefined,
    problem: (_topic, title) => problems.push(title),
  });
  connection.start();
});

const open = (): void => {
  world.last.onopen?.();
  world.last.frame(welcome);
};

describe('LiveConnection', () => {
  it('asks for every topic after its hello', () => {
    open();
    expect(world.last.sent[0]).toEqual({ t: 'hello', resume: [] });
    expect(world.last.sent.filter((frame) => frame.t === 'sub')).toHaveLength(7);
    expect(statuses).toEqual([{ phase: 'live' }]);
  });

  it('asks for a snapshot at a gap, and holds the old rows until it comes', () => {
    open();
    world.last.frame(snap(1, { a: { id: 'a' } }));
    world.last.frame(patch(2, 3, 'b'));
    expect(world.last.sent.slice(-2)).toEqual([
      { t: 'unsub', topic: 'kpis' },
      { t: 'sub', topic: 'kpis' },
    ]);
    expect([...(state.kpis?.rows.keys() ?? [])]).toEqual(['a']);
    world.last.frame(snap(3, { a: { id: 'a' }, b: { id: 'b' } }));
    expect(state.kpis?.seq).toBe(3);
  });

  it('keeps its rows when cut off, and resumes from where they stand', () => {
    open();
    world.last.frame(snap(4, { a: { id: 'a' } }));
    world.last.onclose?.({ code: 1006 });
    expect(statuses.at(-1)).toEqual({ phase: 'reconnecting', since_ms: 0, retry_at_ms: 375, attempt: 1 });
    expect(state.kpis?.rows.size).toBe(1);
    world.pass(375);
    world.last.onopen?.();
    expect(world.last.sent[0]).toEqual({ t: 'hello', resume: [{ topic: 'kpis', epoch: 'e', seq: 4 }] });
  });

  it('takes silence longer than 2.5 heartbeats for a lost connection', () => {
    open();
    world.pass(2499);
    expect(statuses.at(-1)?.phase).toBe('live');
    world.pass(1);
    expect(statuses.at(-1)?.phase).toBe('reconnecting');
    expect(world.last.closed).toBe(true);
  });

  it('a refused socket of an unknown browser ends in unpaired, of a known one in a retry', async () => {
    world.sessionIs = 'unknown';
    world.last.onclose?.({ code: 1006 });
    await Promise.resolve();
    await Promise.resolve();
    expect(statuses.at(-1)).toEqual({ phase: 'unpaired' });
    connection.retryNow();
    world.sessionIs = 'unreachable';
    world.last.onclose?.({ code: 1006 });
    await Promise.resolve();
    await Promise.resolve();
    expect(statuses.at(-1)?.phase).toBe('reconnecting');
  });

  const refuse = async (): Promise<void> => {
    world.last.onclose?.({ code: 1006 });
    await Promise.resolve();
    await Promise.resolve();
    world.pass(10_000);
  };

  it('where two WebSockets fail at a server that answers, the third attempt asks for events', async () => {
    await refuse();
    await refuse();
    expect(world.ways).toEqual(['websocket', 'websocket', 'events']);
    open();
    expect(statuses.at(-1)).toEqual({ phase: 'live' });
    // Cut off, it tries a WebSocket once more, and comes straight back.
    world.last.onclose?.({ code: 1006 });
    world.pass(10_000);
    await refuse();
    expect(world.ways.slice(3)).toEqual(['websocket', 'events']);
  });

  it('a server that is away is no proxy in the way: the WebSocket stays', async () => {
    world.sessionIs = 'unreachable';
    for (let n = 0; n < 4; n += 1) await refuse();
    expect(new Set(world.ways)).toEqual(new Set(['websocket']));
  });

  it('a socket that opens and lets nothing through counts as one that failed', () => {
    for (let n = 0; n < 2; n += 1) {
      world.last.onopen?.();
      world.pass(10_000);
      world.pass(10_000);
    }
    expect(world.ways).toEqual(['websocket', 'websocket', 'events']);
  });

  it('close code 4401 of an unknown browser ends in unpaired without a retry', async () => {
    open();
    world.sessionIs = 'unknown';
    world.last.onclose?.({ code: 4401 });
    await Promise.resolve();
    await Promise.resolve();
    world.pass(60_000);
    expect(statuses.at(-1)).toEqual({ phase: 'unpaired' });
    expect(world.sockets).toHaveLength(1);
  });

  it('an unreadable frame is told and changes nothing', () => {
    open();
    world.last.frame(snap(1));
    const before = state;
    world.last.onmessage?.({ data: '{"t":"dance"}' });
    world.last.onmessage?.({ data: 'not json' });
    expect(problems).toEqual(['unreadable frame', 'unreadable frame']);
    expect(state).toBe(before);
  });

  it('a stopped connection neither retries nor listens', () => {
    open();
    connection.stop();
    world.pass(60_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.last.onmessage).toBeNull();
  });
});

describe('backoff', () => {
  it('never exceeds its maximum and never falls below half of its step', () => {
    for (let attempt = 1; attempt < 60; attempt += 1) {
      expect(backoff(attempt, 0.999)).toBeLessThanOrEqual(BACKOFF_MAX_MS);
      expect(backoff(attempt, 0)).toBeGreaterThanOrEqual(250);
    }
  });
});
