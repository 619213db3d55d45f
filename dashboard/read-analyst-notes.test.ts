import { expect, test } from 'vitest';
import { METRICS } from '../models/contract/metrics.ts';
import { describedTables } from '../sql/data-dictionary/described.ts';
import { readAnalystNotes } from './read-analyst-notes.ts';

test('the notes have every view and column of the dictionary, named in both languages, every figure of the wall and every saved query', () => {
  const notes = readAnalystNotes();
  expect(notes.views.map(({ name }) => name)).toEqual(describedTables().map(({ name }) => name));
  for (const { name_zh, comment, columns } of notes.views) {
    const texts = columns.flatMap((column) => [column.name_zh, column.comment]);
    expect([name_zh, comment, ...texts]).not.toContain('');
  }
  expect(notes.kpis.map(({ name }) => name)).toEqual(METRICS.map(({ id }) => id));
  expect(notes.queries.length).toBeGreaterThanOrEqual(20);
  for (const { name_zh, about, command, text } of [...notes.kpis, ...notes.queries, ...notes.checks]) {
    expect([name_zh, about]).not.toContain('');
    expect(command).toMatch(/^(clickhouse-client .+)?$/);
    expect(text).toMatch(/^(SELECT|WITH)/);
  }
});
