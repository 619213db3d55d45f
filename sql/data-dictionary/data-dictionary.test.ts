import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DBT_SOURCES_FILE, renderDbtSources } from './dbt-sources.ts';
import { describedTables, tablesIn } from './described.ts';
import { DICTIONARY_FILE, chineseNames, missingDescriptions, renderDictionary } from './render.ts';

describe('the data dictionary', () => {
  test('is what `npm run docs:dictionary` writes', () => {
    expect(
      readFileSync(DICTIONARY_FILE, 'utf8') === renderDictionary(describedTables(), chineseNames()),
    ).toBe(true);
  });

  test('and the dbt sources are too', () => {
    expect(
      readFileSync(DBT_SOURCES_FILE, 'utf8') === renderDbtSources(describedTables(), chineseNames()),
    ).toBe(true);
  });

  test('lacks no comment and no Chinese name, and has none too many', () => {
    expect(missingDescriptions(describedTables(), chineseNames())).toEqual([]);
  });

  test('reads columns with commas, quotes and codecs in them', () => {
    const text = `CREATE OR REPLACE VIEW mart_x {{on_cluster}}\n(\n    a Array(Tuple(b Decimal(9, 4), c String)) COMMENT 'the dealer''s, all',\n    d String CODEC(ZSTD(3))\n)\nDEFINER = CURRENT_USER\nAS SELECT 1 WHERE {e: DateTime64(3, 'UTC')} > 0 AND {f: Array(Date)} = [] AND {f: Array(Date)} != []\nCOMMENT 'an x'\n`;
    const [table] = tablesIn(text);
    expect(table).toEqual({
      name: 'mart_x',
      comment: 'an x',
      parameters: ["e DateTime64(3, 'UTC')", 'f Array(Date)'],
      columns: [
        { name: 'a', type: 'Array(Tuple(b Decimal(9, 4), c String))', comment: "the dealer's, all" },
        { name: 'd', type: 'String', comment: '' },
      ],
    });
    expect(missingDescriptions(table ? [table] : [], { tables: {}, columns: { a: '甲', z: '未' } })).toEqual([
      'mart_x.d has no COMMENT',
      'mart_x has no Chinese name',
      'column d has no Chinese name',
      'the Chinese name of column z is of none',
    ]);
  });
});
