import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type {
  LiveTopic,
  PatchFrame,
  PatchOp,
  ServerFrame,
  SnapFrame,
} from '../../../models/contract/live.ts';
import { apply, positions, type LiveState as ClientState } from '../../src/live/state.ts';
import type { LiveClient, LiveSocket } from './client.ts';
import { Hub } from './hub.ts';
import { LIVE_LIMITS } from './limits.ts';
import { createLiveMetrics } from './metrics.ts';
import { LiveState } from './state.ts';

const TOPICS: readonly LiveTopic[] = ['kpis', 'alerts'];
const KEYS = ['a', 'b', 'c'];
const limits = {
  ...LIVE_LIMITS,
  ring_patches_max: 5,
  ring_ops_max: 12,
  // One or two frames fill the buffer: coalescing is the rule here, not the exception.
  buffered_bytes_max: 200,
  messages_max: Infinity,
  behind_ms_max: Infinity,
};

/** A socket whose network is in the test's hands: what was sent waits until it is delivered. A real one cannot stall, lose or reorder on demand. */
class HeldSocket implements LiveSocket {
  readonly queue: Buffer[] = [];
  get bufferedAmount(): number {
    return this.queue.reduce((sum, { length }) => sum + length, 0);
  }
  send(data: Buffer): void {
    this.queue.push(data);
  }
  ping(): void {
    /* no peer that could answer */
  }
  close(): void {
    this.queue.length = 0;
  }
  terminate(): void {
    this.queue.length = 0;
  }
}

/** One wallboard: the page's own reducer behind a socket, and the way in which the page asks anew at a gap. */
class Wall {
  held: ClientState = {};
  /** Times that it had to ask for a snapshot because frames were missing. */
  gaps = 0;
  socket = new HeldSocket();
  client: LiveClient;
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.client = this.#connect();
  }

  reconnect(): void {
    this.#hub.gone(this.client);
    this.socket = new HeldSocket();
    this.client = this.#connect();
  }

  /** Takes the frame at `index` of those under way, once more if `twice`; with `lose` it never arrives. */
  deliver(index: number, fate: 'take' | 'twice' | 'lose'): void {
    const [bytes] = this.socket.queue.splice(index % Math.max(1, this.socket.queue.length), 1);
    if (!bytes || fate === 'lose') return;
    for (let times = fate === 'twice' ? 2 : 1; times > 0; times -= 1) {
      this.#take(JSON.parse(bytes.toString()) as ServerFrame);
    }
  }

  #connect(): LiveClient {
    const client = this.#hub.open(this.socket, () => true);
    this.#say(client, { t: 'hello', resume: positions(this.held) });
    for (const topic of TOPICS) this.#say(client, { t: 'sub', topic });
    return client;
  }

  #take(frame: ServerFrame): void {
    if (frame.t !== 'snap' && frame.t !== 'patch') return;
    const { state, outcome } = apply(this.held, frame);
    this.held = state;
    if (outcome !== 'gap') return;
    this.gaps += 1;
    this.#say(this.client, { t: 'unsub', topic: frame.topic });
    this.#say(this.client, { t: 'sub', topic: frame.topic });
  }

  #say(client: LiveClient, frame: object): void {
    this.#hub.receive(client, Buffer.from(JSON.stringify(frame)), false);
  }
}

/** The server, and what its state was at each (epoch, topic, seq): what every wall is held against. */
class Server {
  #epoch = 0;
  readonly history = new Map<string, string>();
  readonly hub: Hub;

  constructor() {
    const metrics = createLiveMetrics(new Registry());
    this.hub = new Hub({ state: this.#fresh({}), limits, metrics, build: 'b', now: () => 0 });
    this.note();
  }

  publish(topic: LiveTopic, ops: PatchOp[]): void {
    this.hub.publish({ topic, as_of: null, processor: 'test', ops });
    this.note();
  }

  restart(): void {
    this.hub.replaceState(this.#fresh(Object.fromEntries(this.hub.state.snapshot('kpis').rows)));
    this.note();
  }

  note(): void {
    for (const topic of TOPICS) {
      const { seq, rows } = this.hub.state.snapshot(topic);
      this.history.set(`${this.hub.state.epoch} ${topic} ${seq}`, canonical(rows));
    }
  }

  #fresh(kpis: Record<string, unknown>): LiveState {
    this.#epoch += 1;
    const state = new LiveState(`epoch-${this.#epoch}`, limits);
    state.seed('kpis', Object.entries(kpis), null);
    return state;
  }
}

function canonical(rows: ReadonlyMap<string, unknown>): string {
  return JSON.stringify([...rows].toSorted(([a], [b]) => a.localeCompare(b)));
}

function expectEqualAtItsSeq(wall: Wall, server: Server): void {
  for (const topic of TOPICS) {
    const held = wall.held[topic];
    if (held) expect(canonical(held.rows)).toBe(server.history.get(`${held.epoch} ${topic} ${held.seq}`));
  }
}

type Step =
  | { readonly do: 'publish'; readonly topic: LiveTopic; readonly ops: PatchOp[] }
  | {
      readonly do: 'deliver';
      readonly wall: number;
      readonly index: number;
      readonly fate: 'take' | 'twice' | 'lose';
    }
  | { readonly do: 'reconnect'; readonly wall: number }
  | { readonly do: 'sweep' }
  | { readonly do: 'restart' };

const op: fc.Arbitrary<PatchOp> = fc.oneof(
  fc.record({
    op: fc.constant('put' as const),
    key: fc.constantFrom(...KEYS),
    row: fc.record({ v: fc.integer({ min: 0, max: 3 }) }),
  }),
  fc.record({ op: fc.constant('del' as const), key: fc.constantFrom(...KEYS) }),
);
const wall = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      topic: fc.constantFrom(...TOPICS),
      ops: fc.array(op, { maxLength: 4 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      wall,
      index: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 5 }) }),
      fate: fc.oneof(
        { weight: 6, arbitrary: fc.constant('take' as const) },
        { weight: 1, arbitrary: fc.constant('twice' as const) },
        { weight: 1, arbitrary: fc.constant('lose' as const) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const), wall }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

function run(server: Server, walls: readonly Wall[], one: Step): void {
  switch (one.do) {
    case 'publish':
      server.publish(one.topic, one.ops);
      return;
    case 'deliver':
      walls[one.wall]?.deliver(one.index, one.fate);
      return;
    case 'reconnect':
      walls[one.wall]?.reconnect();
      return;
    case 'sweep':
      server.hub.sweep();
      return;
    case 'restart':
      server.restart();
  }
}

describe('the live protocol', () => {
  it('what a client holds up to seq equals the server’s state at seq, over losses, repeats, reorders, reconnects and stalls', () => {
    let merged = 0;
    let compared = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const server = new Server();
        const walls = [new Wall(server.hub), new Wall(server.hub)];
        for (const one of steps) {
          run(server, walls, one);
          for (const each of walls) {
            expectEqualAtItsSeq(each, server);
            compared += Object.keys(each.held).length;
            const data = each.socket.queue.map((bytes) => JSON.parse(bytes.toString()) as ServerFrame);
            merged += data.filter((frame) => frame.t === 'patch' && frame.seq - frame.prev > 1).length;
          }
        }
        // The network heals: after a reconnect and full delivery every wall holds the present state.
        for (const each of walls) {
          each.reconnect();
          for (let round = 0; round < 20; round += 1) {
            while (each.socket.queue.length > 0) each.deliver(0, 'take');
            server.hub.sweep();
          }
          for (const topic of TOPICS) {
            const { seq, rows } = server.hub.state.snapshot(topic);
            expect(each.held[topic]).toMatchObject({ epoch: server.hub.state.epoch, seq });
            expect(canonical(each.held[topic]?.rows ?? new Map())).toBe(canonical(rows));
          }
        }
      }),
      { numRuns: 400 },
    );
    // The run did meet what it is about.
    expect(merged).toBeGreaterThan(0);
    expect(compared).toBeGreaterThan(1_000);
  });

  it('a client whose network loses nothing never misses a frame, however slow it is and often it comes back', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const server = new Server();
        const walls = [new Wall(server.hub), new Wall(server.hub)];
        for (const one of steps) {
          run(server, walls, one.do === 'deliver' ? { ...one, index: 0, fate: 'take' } : one);
          for (const each of walls) expectEqualAtItsSeq(each, server);
        }
        expect(walls.map(({ gaps }) => gaps)).toEqual([0, 0]);
      }),
      { numRuns: 200 },
    );
  });

  it('what waits unsent for a client never exceeds the limit, unless it is one frame', () => {
    const server = new Server();
    const stalled = new Wall(server.hub);
    let largest = 0;
    for (let value = 0; value < 1_000; value += 1) {
      server.publish('kpis', [{ op: 'put', key: `k${value % 50}`, row: { value } }]);
      largest = Math.max(largest, ...stalled.socket.queue.map(({ length }) => length));
      server.hub.sweep();
      expect(stalled.socket.bufferedAmount).toBeLessThanOrEqual(Math.max(limits.buffered_bytes_max, largest));
    }
    // It drains: one frame brings it up to date.
    while (stalled.socket.queue.length > 0) stalled.deliver(0, 'take');
    server.hub.sweep();
    expect(stalled.socket.queue).toHaveLength(1);
    const frame = JSON.parse(String(stalled.socket.queue[0])) as SnapFrame | PatchFrame;
    expect(frame.seq).toBe(1_000);
    stalled.deliver(0, 'take');
    expectEqualAtItsSeq(stalled, server);
    expect(stalled.held.kpis?.rows.size).toBe(50);
  });
});
