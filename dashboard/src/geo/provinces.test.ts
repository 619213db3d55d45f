import { describe, expect, it } from 'vitest';
import { regionName } from './provinces.ts';

describe('regionName', () => {
  it('a province told by its full name has its short name, in the language chosen', () => {
    const full = ['广东省', '上海市', '广西壮族自治区', '内蒙古自治区', '香港特别行政区', '浙江'];
    expect(full.map((told) => regionName(told, 'zh'))).toEqual([
      '广东',
      '上海',
      '广西',
      '内蒙古',
      '香港',
      '浙江',
    ]);
    expect(full.map((told) => regionName(told, 'en'))).toEqual([
      'Guangdong',
      'Shanghai',
      'Guangxi',
      'Inner Mongolia',
      'Hong Kong',
      'Zhejiang',
    ]);
  });

  it('a territory that is no province keeps its name', () => {
    expect(['华东大区', '河南北部', ''].map((told) => regionName(told, 'en'))).toEqual([
      '华东大区',
      '河南北部',
      '',
    ]);
  });
});
