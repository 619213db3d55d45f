import { describe, expect, it } from 'vitest';
import { CaseCounts } from './case-counts.ts';

describe('counts of cases', () => {
  const counts = new CaseCounts([
    { facet: 'all', value: '', cases: 7 },
    { facet: 'found', value: '110000', cases: 2 },
    { facet: 'found', value: '440000', cases: 5 },
    { facet: 'state', value: 'open', cases: 7 },
  ]);

  it('tell of each value what it would list; of one that was not counted, nothing', () => {
    expect([counts.total, counts.of('state', 'open'), counts.of('state', 'closed')]).toEqual([7, 7, 0]);
  });

  it('name the provinces with most cases first', () => {
    expect(counts.places).toEqual(['440000', '110000']);
  });
});
