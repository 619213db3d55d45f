import { describe, expect, it } from 'vitest';
import { FOUND_MAX, find } from './find.ts';

const dealer = (rank: number, name: string) => ({
  rank,
  dealer_id: `D-${rank}`,
  name,
  region: '浙江',
  sales_value: 1,
  sales_index: 1,
  days_of_supply: null,
});
const wall = {
  dealers: [dealer(1, '宁波恒通'), dealer(2, 'Ningbo Hengtong')],
  activity: new Map([['330000', 5]]),
  alerts: [],
  region: (adcode: string | undefined) => (adcode === '330000' ? '浙江' : '未知'),
  regionName: (told: string) => (told === '浙江' ? 'Zhejiang' : told),
};

describe('find', () => {
  it('finds by any part of a name, whatever its case', () => {
    expect(find('HENG', wall).map((found) => found.key)).toEqual(['dealer:D-2']);
    expect(find('恒通', wall).map((found) => found.key)).toEqual(['dealer:D-1']);
  });

  it('a region’s name finds its dealers and itself', () => {
    expect(find('浙江', wall).map((found) => found.kind)).toEqual(['dealer', 'dealer', 'region']);
  });

  it('a region is also found by its name in the other language', () => {
    expect(find('zhejiang', wall).map((found) => found.kind)).toEqual(['dealer', 'dealer']);
  });

  it('a blank text finds nothing, and no text more than its maximum', () => {
    expect(find('  ', wall)).toEqual([]);
    const dealers = Array.from({ length: 40 }, (_, rank) => dealer(rank, 'same'));
    expect(find('same', { ...wall, dealers })).toHaveLength(FOUND_MAX);
  });
});
