import { describe, expect, it } from 'vitest';
import { layersWithin, mapLayers } from './flows.ts';

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

describe('layersWithin', () => {
  it('tells a province by its prefectures, and what crosses its border by the other province', () => {
    const { activity, flows } = layersWithin(
      [
        { kind: 'region', adcode: '330200', value: 2 },
        { kind: 'region', adcode: '330205', value: 3 },
        { kind: 'region', adcode: '440100', value: 9 },
        { kind: 'arc', from_adcode: '330200', to_adcode: '330100', cases: 1, units: 4, severity: 'info' },
        { kind: 'arc', from_adcode: '330205', to_adcode: '440106', cases: 2, units: 5, severity: 'critical' },
        { kind: 'arc', from_adcode: '440100', to_adcode: '450100', cases: 3, units: 6, severity: 'critical' },
      ],
      '330000',
    );
    expect([...activity]).toEqual([['330200', 5]]);
    expect(flows).toMatchObject([
      { from: '330200', to: '440000', cases: 2 },
      { from: '330200', to: '330100', cases: 1 },
    ]);
  });

  it('a municipality, and a county under its province, are one place each', () => {
    const rows = [
      { kind: 'region', adcode: '310115', value: 2 },
      { kind: 'region', adcode: '429004', value: 3 },
    ] as const;
    expect([...layersWithin(rows, '310000').activity]).toEqual([['310000', 2]]);
    expect([...layersWithin(rows, '420000').activity]).toEqual([['429004', 3]]);
  });
});
