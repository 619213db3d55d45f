import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en.ts';
import { createFormat } from '../i18n/format.ts';
import { kpiView, type KpiRow } from './kpi-view.ts';

const f = createFormat('en', 'Asia/Shanghai');
const row = (over: Partial<KpiRow>): KpiRow => ({
  id: 'fill_rate',
  value: 0.968,
  unit: 'ratio',
  direction: 'up',
  as_of: '2026-11-24T06:00:00Z',
  ...over,
});

describe('kpiView', () => {
  it('a rise is good where up is good and bad where down is', () => {
    expect(kpiView(row({ delta: 0.004 }), f, en).delta).toEqual({
      arrow: 'up',
      tone: 'good',
      text: '0.4 pp',
    });
    expect(kpiView(row({ delta: 0.004, direction: 'down' }), f, en).delta?.tone).toBe('bad');
    expect(kpiView(row({ delta: -0.004, direction: 'down' }), f, en).delta).toMatchObject({
      arrow: 'down',
      tone: 'good',
    });
  });

  it('a change that rounds to nothing is neither up nor down', () => {
    expect(kpiView(row({ delta: 0.0001 }), f, en).delta).toMatchObject({ arrow: 'flat', tone: 'neutral' });
  });

  it('a change of money is told relative to yesterday', () => {
    const money = row({ unit: 'CNY', value: 106, delta: 6 });
    expect(kpiView(money, f, en).delta?.text).toBe('6.0%');
  });

  it('a change of money from nothing is told as the sum', () => {
    expect(kpiView(row({ unit: 'CNY', value: 50, delta: 50 }), f, en).delta?.text).toBe('¥50');
  });

  it('a target is a floor where up is good and a ceiling where down is', () => {
    expect(kpiView(row({ target: 0.97 }), f, en).target).toEqual({
      text: 'target ≥\u00a097%',
      attained: false,
    });
    const supply = row({ unit: 'd', value: 41.7, target: 45, direction: 'down' });
    expect(kpiView(supply, f, en).target).toEqual({ text: 'target ≤\u00a045\u00a0days', attained: true });
  });

  it('one is told of in the singular', () => {
    const told = (unit: string, value: number) => kpiView(row({ unit, value }), f, en).figure?.suffix;
    expect([told('cases', 1), told('dealers', 1)]).toEqual(['case', 'dealer']);
    expect([told('cases', 0), told('dealers', 23), told('d', 1)]).toEqual(['cases', 'dealers', 'days']);
    expect(kpiView(row({ unit: 'd', value: 2, target: 1, direction: 'down' }), f, en).target?.text).toBe(
      'target ≤\u00a01\u00a0day',
    );
  });

  it('a figure keeps its one decimal, also where it is none: it does not jump between 13.9 and 14', () => {
    const told = (value: number) => kpiView(row({ unit: 'd', value }), f, en).figure?.digits;
    expect([13.94, 14].map(told)).toEqual(['13.9', '14.0']);
  });

  it('a figure without a value has neither change nor target', () => {
    expect(kpiView(row({ value: null, delta: 1, target: 2 }), f, en)).toEqual({
      figure: null,
      delta: null,
      target: null,
      restatement: null,
    });
  });

  it('a restated figure says by how much, of which day, and what it was', () => {
    const bucket_start = '2026-11-22T16:00:00.000Z';
    const restated = (unit: string, value_before: number | null, value: number) =>
      row({
        unit,
        restated: true,
        restatement: { bucket_start, value, value_before, restated_at: '2026-11-24T02:00:00.000Z' },
      });
    expect(kpiView(restated('CNY', 110, 10), f, en).restatement).toEqual({
      difference: '-¥100',
      hint: 'Late data changed the figure of 11-23 from ¥110 to ¥10',
    });
    expect(kpiView(restated('ratio', 0.961, 0.968), f, en).restatement?.difference).toBe('+0.7 pp');
    expect(kpiView(restated('d', null, 3), f, en).restatement).toEqual({
      difference: null,
      hint: 'Late data changed the figure of 11-23 from no value to 3 days',
    });
  });
});
