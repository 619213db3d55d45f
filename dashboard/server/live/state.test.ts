import { describe, expect, it } from 'vitest';
import type { PatchOp } from '../../../models/contract/live.ts';
import type { ResultMessage } from '../../../models/contract/results.ts';
import { LiveState } from './state.ts';

const limits = { ring_patches_max: 4, ring_ops_max: 10 };
const put = (key: string, value: number): PatchOp => ({ op: 'put', key, row: { value, name: key } });
const result = (ops: PatchOp[], as_of: string | null = null): ResultMessage => ({
  topic: 'kpis',
  as_of,
  processor: 'test',
  ops,
});

describe('LiveState', () => {
  it('a result applied twice changes nothing the second time', () => {
    const state = new LiveState('e', limits);
    expect(state.apply(result([put('a', 1)]))).toMatchObject({ prev: 0, seq: 1 });
    expect(state.apply(result([put('a', 1)]))).toBeNull();
    expect(state.snapshot('kpis').seq).toBe(1);
  });

  it('a row with its members in another order is the same row', () => {
    const state = new LiveState('e', limits);
    state.seed('kpis', [['a', { name: 'a', value: 1 }]], null);
    expect(state.apply(result([put('a', 1)]))).toBeNull();
  });

  it('a patch has only what changed, and the deletion of an absent key is no change', () => {
    const state = new LiveState('e', limits);
    state.seed('kpis', [['a', { value: 1, name: 'a' }]], null);
    const patch = state.apply(result([put('a', 1), put('b', 2), { op: 'del', key: 'c' }]));
    expect(patch?.ops).toEqual([put('b', 2)]);
  });

  it('a later as-of alone is a change, an earlier one is not', () => {
    const state = new LiveState('e', limits);
    expect(state.apply(result([], '2026-11-24T08:00:00Z'))).toMatchObject({ seq: 1, ops: [] });
    expect(state.apply(result([], '2026-11-24T07:59:59Z'))).toBeNull();
    // The same instant in another zone.
    expect(state.apply(result([], '2026-11-24T16:00:00+08:00'))).toBeNull();
    expect(state.snapshot('kpis').as_of).toBe('2026-11-24T08:00:00Z');
  });

  it('the patches since a position merge into the newest row of each key', () => {
    const state = new LiveState('e', limits);
    state.apply(result([put('a', 1)]));
    state.apply(result([put('a', 2), put('b', 1)]));
    state.apply(result([{ op: 'del', key: 'b' }]));
    expect(state.since('kpis', 1)).toEqual({
      prev: 1,
      seq: 3,
      as_of: null,
      ops: [put('a', 2), { op: 'del', key: 'b' }],
    });
    expect(state.since('kpis', 3)).toMatchObject({ prev: 3, seq: 3, ops: [] });
  });

  it('a position beyond the ring, ahead of the state or never sent cannot be told', () => {
    const state = new LiveState('e', limits);
    for (let value = 1; value <= 6; value += 1) state.apply(result([put('a', value)]));
    expect(state.since('kpis', 2)).toMatchObject({ prev: 2, seq: 6 });
    expect(state.since('kpis', 1)).toBeNull();
    expect(state.since('kpis', 7)).toBeNull();
    expect(state.since('kpis', -1)).toBeNull();
  });

  it('the ring is bounded by rows too, and a patch larger than the ring leaves it empty', () => {
    const state = new LiveState('e', limits);
    state.apply(result([put('a', 1)]));
    state.apply(result(Array.from({ length: 11 }, (_, index) => put(`k${index}`, 1))));
    expect(state.since('kpis', 1)).toBeNull();
    expect(state.since('kpis', 2)).toMatchObject({ ops: [] });
  });

  it('topics are apart', () => {
    const state = new LiveState('e', limits);
    state.apply(result([put('a', 1)]));
    expect(state.snapshot('alerts').seq).toBe(0);
    expect(state.snapshot('alerts').rows.size).toBe(0);
  });
});
