import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PatchFrame, PatchOp, SnapFrame } from '../../../models/contract/live.ts';
import { apply, positions, type LiveState } from './state.ts';

/** A server's side of one topic: every state it ever had, by epoch and seq. */
class ServerTopic {
  epoch = 'e0';
  seq = 0;
  private epochs = 0;
  private rows = new Map<string, unknown>();
  private readonly opsBySeq = new Map<string, readonly PatchOp[]>();
  readonly history = new Map<string, Map<string, unknown>>([['e0:0', new Map()]]);

  change(ops: readonly PatchOp[]): PatchFrame {
    const prev = this.seq;
    this.seq += 1;
    this.rows = new Map(this.rows);
    for (const op of ops) {
      if (op.op === 'put') this.rows.set(op.key, op.row);
      else this.rows.delete(op.key);
    }
    this.opsBySeq.set(`${this.epoch}:${this.seq}`, ops);
    this.history.set(`${this.epoch}:${this.seq}`, this.rows);
    return this.patch(prev);
  }

  /** Everything since `prev` in one frame: latest row per key, as for a slow client. */
  patch(prev: number): PatchFrame {
    const latest = new Map<string, PatchOp>();
    for (let seq = prev + 1; seq <= this.seq; seq += 1) {
      for (const op of this.opsBySeq.get(`${this.epoch}:${seq}`) ?? []) latest.set(op.key, op);
    }
    return {
      t: 'patch',
      topic: 'kpis',
      epoch: this.epoch,
      seq: this.seq,
      prev,
      as_of: null,
      ops: [...latest.values()],
    };
  }

  snap(): SnapFrame {
    const data = Object.fromEntries(this.rows);
    return { t: 'snap', topic: 'kpis', epoch: this.epoch, seq: this.seq, as_of: null, data };
  }

  restart(): void {
    this.epochs += 1;
    this.epoch = `e${this.epochs}`;
    this.seq = 0;
    this.history.set(`${this.epoch}:0`, this.rows);
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd');
const op: fc.Arbitrary<PatchOp> = fc.oneof(
  fc.record({ op: fc.constant('put' as const), key, row: fc.integer() }),
  fc.record({ op: fc.constant('del' as const), key }),
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('change' as const), ops: fc.array(op, { maxLength: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('deliver' as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), at: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('coalesce' as const), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

describe('apply', () => {
  it('the state after any delivered, repeated, reordered or lost frames equals the server’s at its seq', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const server = new ServerTopic();
        let client: LiveState = apply({}, server.snap()).state;
        const flight: PatchFrame[] = [];
        const receive = (frame: PatchFrame | undefined): void => {
          if (frame === undefined) return;
          const applied = apply(client, frame);
          client = applied.outcome === 'gap' ? apply(client, server.snap()).state : applied.state;
        };
        for (const s of steps) {
          if (s.do === 'change') flight.push(server.change(s.ops));
          else if (s.do === 'deliver') receive(flight.splice(s.at % Math.max(1, flight.length), 1)[0]);
          else if (s.do === 'repeat') receive(flight[s.at % Math.max(1, flight.length)]);
          else if (s.do === 'drop') flight.splice(s.at % Math.max(1, flight.length), 1);
          else if (s.do === 'coalesce') receive(server.patch(Math.max(0, server.seq - s.back)));
          else server.restart();
          const held = client.kpis;
          expect(held).toBeDefined();
          expect(held?.rows).toEqual(server.history.get(`${held?.epoch}:${held?.seq}`));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('a patch whose prev lies beyond the held seq is a gap and changes nothing', () => {
    const server = new ServerTopic();
    const { state } = apply({}, server.snap());
    server.change([{ op: 'put', key: 'a', row: 1 }]);
    const second = server.change([{ op: 'put', key: 'a', row: 2 }]);
    expect(apply(state, second)).toEqual({ state, outcome: 'gap' });
  });

  it('a patch without a snapshot before it is a gap', () => {
    expect(apply({}, new ServerTopic().change([])).outcome).toBe('gap');
  });

  it('a patch of another epoch is a gap even where its seq fits', () => {
    const server = new ServerTopic();
    const { state } = apply({}, server.snap());
    server.restart();
    expect(apply(state, server.change([{ op: 'put', key: 'a', row: 1 }])).outcome).toBe('gap');
  });

  it('a state given stays as it was', () => {
    const server = new ServerTopic();
    const { state } = apply({}, server.snap());
    const rows = state.kpis?.rows;
    apply(state, server.change([{ op: 'put', key: 'a', row: 1 }]));
    expect(rows?.size).toBe(0);
    expect(state.kpis?.seq).toBe(0);
  });

  it('positions name the epoch and seq of each topic held', () => {
    expect(positions(apply({}, new ServerTopic().snap()).state)).toEqual([
      { topic: 'kpis', epoch: 'e0', seq: 0 },
    ]);
  });
});
