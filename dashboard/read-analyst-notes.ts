import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS } from '../models/contract/metrics.ts';
import { describedTables } from '../sql/data-dictionary/described.ts';
import { chineseNames } from '../sql/data-dictionary/render.ts';
import { zhCN } from './src/i18n/zh-cn.ts';
import { notedQuery, type AnalystNotes, type NotedQuery } from './src/work/notes/analyst-notes.ts';

/** File without its ending → what it is called in Chinese. */
type QueryNames = Readonly<Record<string, string>>;

const SQL_DIR = fileURLToPath(new URL('../sql', import.meta.url));

/** What the pages' SQL notes are made of, from the files that the data dictionary is made of: they say what this build's ClickHouse has. */
export function readAnalystNotes(): AnalystNotes {
  const names = chineseNames();
  const query_names = JSON.parse(
    readFileSync(join(SQL_DIR, 'data-dictionary/chinese-query-names.json'), 'utf8'),
  ) as QueryNames;
  return {
    views: describedTables().map(({ name, comment, parameters, columns }) => ({
      name,
      name_zh: names.tables[name] ?? '',
      comment,
      parameters,
      columns: columns.map((column) => ({ ...column, name_zh: names.columns[column.name] ?? '' })),
    })),
    kpis: METRICS.map(({ id }) => ({
      ...notedQuery(id, readFileSync(join(SQL_DIR, `queries/processors/kpi-${id}.sql`), 'utf8')),
      name_zh: zhCN[`kpi_${id}`],
    })),
    queries: queriesIn('queries/analyst', query_names),
    checks: queriesIn('checks', query_names),
  };
}

function queriesIn(folder: string, names: QueryNames): NotedQuery[] {
  const dir = join(SQL_DIR, folder);
  return readdirSync(dir)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const name = basename(file, '.sql');
      return { ...notedQuery(name, readFileSync(join(dir, file), 'utf8')), name_zh: names[name] ?? '' };
    });
}
