import { describe, expect, it } from 'vitest';
import { wayBetween } from './way.ts';

const words = {
  region: (adcode: string | undefined) => (adcode === undefined ? 'unknown' : adcode.slice(0, 2)),
  within: (region: string) => `within ${region}`,
};

describe('wayBetween', () => {
  it('names both ends of a way between provinces, or to a place that is not known', () => {
    expect(wayBetween('330200', '360100', words)).toBe('33 → 36');
    expect(wayBetween('330200', undefined, words)).toBe('33 → unknown');
  });

  it('names one place once, whether it is told by prefecture, county or province', () => {
    expect(wayBetween('530400', '530400', words)).toBe('53');
    expect(wayBetween('530402', '530400', words)).toBe('53');
    expect(wayBetween('530000', '530400', words)).toBe('53');
    expect(wayBetween('110105', '110000', words)).toBe('11');
  });

  it('tells that a way between prefectures stays within their province', () => {
    expect(wayBetween('320100', '320500', words)).toBe('within 32');
  });
});
