import { describe, expect, it } from 'vitest';
import { findQueries, findViews, notedQuery, type NotedView } from './analyst-notes.ts';

const view = (name: string, name_zh: string, comment: string, column: string): NotedView => ({
  name,
  name_zh,
  comment,
  parameters: [],
  columns: [{ name: column, name_zh: '列', type: 'Float64', comment: 'a figure' }],
});

describe('the SQL notes', () => {
  const views = [
    view('mart_concentration', '采购集中度', 'How much each dealer depends on few products', 'hhi'),
    view('mart_turnover', '库存周转', 'How often stock turns', 'turnover_per_year'),
  ];

  it('find a view by all of the words asked for, in either language', () => {
    const found = (find: string): string[] => findViews(views, find).map(({ name }) => name);
    expect(found(' ')).toEqual(['mart_concentration', 'mart_turnover']);
    expect(found('HHI')).toEqual(['mart_concentration']);
    expect(found('周转 figure')).toEqual(['mart_turnover']);
    expect(found('hhi 周转')).toEqual([]);
  });

  it('find a query by its name, its statement and what else is said of it', () => {
    const query = {
      ...notedQuery('fill_rate', '-- Share.\nSELECT due_day FROM mart_fill_days'),
      name_zh: '满足率',
    };
    const found = (find: string): number => findQueries([query], find, () => ['到期的订单行']).length;
    expect(['', 'FILL share', '满足 due_day', '到期'].map(found)).toEqual([1, 1, 1, 1]);
    expect(found('fill turnover')).toBe(0);
  });

  it('tell a query’s head from its statement', () => {
    const file = '-- What it\n-- tells.\n-- clickhouse-client --x\nSELECT 1\n-- not the head\nFROM t\n';
    expect(notedQuery('a', file)).toEqual({
      name: 'a',
      about: 'What it tells.',
      command: 'clickhouse-client --x',
      text: 'SELECT 1\n-- not the head\nFROM t',
    });
  });
});
