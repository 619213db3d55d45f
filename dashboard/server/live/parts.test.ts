import { describe, expect, it } from 'vitest';
import type { Neighbour } from '../../../ingest/program/neighbour.ts';
import { PROCESSORS_SILENT_MS, Parts } from './parts.ts';

type State = Neighbour['state'];

function setting() {
  const states: Record<'edge' | 'clickhouse' | 'kafka' | 'sink', State> = {
    edge: 'well',
    clickhouse: 'well',
    kafka: 'well',
    sink: 'well',
  };
  const watch = (name: keyof typeof states): Pick<Neighbour, 'state' | 'readiness'> => ({
    get state() {
      return states[name];
    },
    readiness: () => (states[name] === 'well' ? { ready: true } : { ready: false, reason: name }),
  });
  const clock = { now_ms: 0 };
  const parts = new Parts({
    edge: watch('edge'),
    clickhouse: watch('clickhouse'),
    kafka: watch('kafka'),
    sink: watch('sink'),
    now: () => clock.now_ms,
  });
  return { states, clock, parts };
}

describe('what stands still', () => {
  it('is nothing while all answer, and the server is ready', () => {
    const { parts } = setting();
    expect(parts.stalled()).toEqual([]);
    expect(parts.readiness()).toEqual({ ready: true });
  });

  it('is the part that does not answer; of a sink that is when its group is empty', () => {
    const { parts, states } = setting();
    states.edge = 'silent';
    states.sink = 'lacking';
    expect(parts.stalled()).toEqual(['edge', 'sink']);
    expect(parts.readiness()).toEqual({ ready: false, reason: 'edge' });
  });

  it('are the processors after three missing signs of life, until the next', () => {
    const { parts, clock } = setting();
    clock.now_ms = PROCESSORS_SILENT_MS;
    expect(parts.stalled()).toEqual([]);
    clock.now_ms += 1;
    expect(parts.stalled()).toEqual(['processors']);
    parts.heardOfProcessors();
    expect(parts.stalled()).toEqual([]);
  });

  it('is Kafka alone when that does not answer, and nobody behind it in the moment when it is back', () => {
    const { parts, states, clock } = setting();
    states.kafka = 'silent';
    states.sink = 'silent';
    clock.now_ms = 10 * PROCESSORS_SILENT_MS;
    expect(parts.stalled()).toEqual(['kafka']);
    Object.assign(states, { kafka: 'well', sink: 'well' });
    expect(parts.stalled()).toEqual([]);
  });

  it('is Kafka also when only the question about the sink finds that out first', () => {
    const { parts, states } = setting();
    states.sink = 'silent';
    expect(parts.stalled()).toEqual(['kafka']);
  });

  it('is ClickHouse, and not the processors that wait for it', () => {
    const { parts, states, clock } = setting();
    states.clickhouse = 'silent';
    clock.now_ms = 10 * PROCESSORS_SILENT_MS;
    expect(parts.stalled()).toEqual(['clickhouse']);
  });
});
