import { describe, expect, it } from 'vitest';
import { createFormat } from './format.ts';

const zh = createFormat('zh', 'Asia/Shanghai');
const en = createFormat('en', 'Asia/Shanghai');
const NOW_MS = Date.parse('2026-11-24T06:32:07Z');

describe('createFormat', () => {
  it('writes 18.42 million as 1842万 in Chinese and 18.42M in English', () => {
    expect(zh.money(18_420_000, 'CNY')).toEqual({ prefix: '¥', digits: '1842', suffix: '万' });
    expect(en.money(18_420_000, 'CNY')).toEqual({ prefix: '¥', digits: '18.42', suffix: 'M' });
  });

  it('writes sums below ten thousand in full', () => {
    expect(zh.money(9120.4, 'CNY')).toEqual({ prefix: '¥', digits: '9,120', suffix: '' });
    expect(en.money(0, 'CNY')).toEqual({ prefix: '¥', digits: '0', suffix: '' });
  });

  it('keeps the sign of a negative sum with its digits', () => {
    expect(en.money(-1_500_000, 'CNY').digits).toContain('-');
  });

  it('writes an exact sum to its last digit, also where a float has none', () => {
    expect(en.amount('123456789012345678.91', 'CNY')).toBe('¥123,456,789,012,345,678.91');
    expect(zh.amount('-0.0001', 'CNY')).toBe('-¥0.0001');
    expect(en.amount('1200', 'JPY')).toBe('¥1,200');
    expect(en.exact('12345678901234567.8500')).toBe('12,345,678,901,234,567.85');
  });

  it('writes a ratio as a percentage with one decimal', () => {
    expect(en.percent(0.9684)).toEqual({ prefix: '', digits: '96.8', suffix: '%' });
    expect(zh.percent(1)).toEqual({ prefix: '', digits: '100.0', suffix: '%' });
  });

  it('never says that what is inferred is certain', () => {
    expect([0.936, 0.9989, 0.99901, 1].map((probability) => en.certainty(probability))).toEqual([
      '93.6%',
      '99.9%',
      '>99.9%',
      '>99.9%',
    ]);
    expect(zh.certainty(1)).toBe('>99.9%');
  });

  it('writes a length of time in its largest fitting unit', () => {
    expect([0.4, 59, 90, 3600, 111_600, 259_200].map(en.duration)).toEqual([
      '0.4s',
      '59s',
      '1.5m',
      '1h',
      '31h',
      '3d',
    ]);
    expect([43_200, 259_200].map(zh.duration)).toEqual(['12小时', '3天']);
  });

  it('writes a time of today without and another day with its date', () => {
    expect(zh.time('2026-11-24T06:30:00Z', NOW_MS)).toBe('14:30');
    expect(en.time('2026-11-22T18:00:00Z', NOW_MS)).toBe('11-23 02:00');
    expect(zh.time('2026-11-22T18:00:00Z', NOW_MS)).toBe('11-23 02:00');
  });

  it('writes a time of another year with its year', () => {
    expect(zh.time('2025-11-24T06:30:00Z', NOW_MS)).toBe('2025-11-24 14:30');
    // New Year's Eve in Greenwich is New Year's Day in Shanghai.
    expect(zh.time('2025-12-31T18:00:00Z', NOW_MS)).toBe('01-01 02:00');
  });

  it('groups the thousands of a number that it does not shorten', () => {
    expect([999, 3210, 9999, 10_000, 18_420_000].map(zh.compact)).toEqual([
      '999',
      '3,210',
      '9,999',
      '1万',
      '1840万',
    ]);
    expect(en.compact(3210)).toBe('3.21K');
  });

  it('writes the figures of a column with their points below each other', () => {
    expect([1543, 1206.64].map(en.tenths)).toEqual(['1,543.0', '1,206.6']);
  });

  it('dates an instant by the day of the zone', () => {
    expect(en.date('2026-11-24T16:00:00Z')).toBe('2026-11-25');
  });

  it('names the zone of its clock, and the day there', () => {
    expect(en.clock(Date.parse('2026-11-24T18:00:00Z'))).toEqual({
      date: '2026-11-25 Wed',
      time: '02:00:00',
      zone: 'GMT+8',
    });
  });

  it('refuses a zone that does not exist', () => {
    expect(() => createFormat('en', 'Mars/Olympus')).toThrow(RangeError);
  });
});
