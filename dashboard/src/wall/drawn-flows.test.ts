import { describe, expect, it } from 'vitest';
import { drawnFlows } from './drawn-flows.ts';
import type { Flow } from './flows.ts';

const flow = (from: string, to: string, cases: number): Flow => ({
  key: `${from}:${to}`,
  from,
  to,
  cases,
  units: cases,
  severity: 'warning',
});
const places = new Map([
  ['330000', { x: 1, y: 1 }],
  ['440000', { x: 2, y: 2 }],
  ['360000', { x: 3, y: 3 }],
]);
const label = (to: string, cases: number): string => `${to} ${cases}`;

describe('drawnFlows', () => {
  it('the label of a place counts the cases of all flows to there', () => {
    const drawn = drawnFlows([flow('330000', '360000', 2), flow('440000', '360000', 3)], places, label, 12);
    expect(drawn.map((one) => one.label.text)).toEqual(['360000 5', '360000 5']);
  });

  it('also those that are not drawn', () => {
    const drawn = drawnFlows([flow('330000', '360000', 2), flow('440000', '360000', 3)], places, label, 1);
    expect(drawn.map((one) => one.label.text)).toEqual(['360000 5']);
  });

  it('a flow to a place that the map does not know is not drawn', () => {
    expect(drawnFlows([flow('330000', '990000', 1)], places, label, 12)).toEqual([]);
  });
});
