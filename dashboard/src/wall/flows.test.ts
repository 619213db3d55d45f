import { describe, expect, it } from 'vitest';
import { mapLayers } from './flows.ts';

describe('mapLayers', () => {
  it('flows between prefectures of two provinces are one flow with their sum and the graver severity', () => {
    const { flows } = mapLayers([
      { kind: 'arc', from_adcode: '330200', to_adcode: '360100', cases: 2, units: 10, severity: 'warning' },
      { kind: 'arc', from_adcode: '330100', to_adcode: '360000', cases: 3, units: 5, severity: 'critical' },
    ]);
    expect(flows).toEqual([
      { key: '330000:360000', from: '330000', to: '360000', cases: 5, units: 15, severity: 'critical' },
    ]);
  });

  it('a grave flow comes before a wide one', () => {
    const { flows } = mapLayers([
      { kind: 'arc', from_adcode: '110000', to_adcode: '120000', cases: 9, units: 9, severity: 'warning' },
      { kind: 'arc', from_adcode: '440000', to_adcode: '450000', cases: 1, units: 1, severity: 'critical' },
    ]);
    expect(flows.map((flow) => flow.from)).toEqual(['440000', '110000']);
  });

  it('the activity of a province is the sum of its places', () => {
    const { activity } = mapLayers([
      { kind: 'region', adcode: '330200', value: 2 },
      { kind: 'region', adcode: '330100', value: 3 },
    ]);
    expect([...activity]).toEqual([['330000', 5]]);
  });
});
