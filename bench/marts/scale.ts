import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlClient } from '../../sql/client.ts';
import { BASE, type Spans } from './base.ts';

/** So many times the dealers, and so many times the days, of the simulated channel. */
export interface Scale {
  readonly dealers: number;
  readonly days: number;
}

/** Half of the growth by more dealers, half by a longer history. */
export function scaleOf(copies: number): Scale {
  const dealers = Math.max(1, Math.round(Math.sqrt(copies)));
  return { dealers, days: Math.max(1, Math.ceil(copies / dealers)) };
}

const TABLES = ['raw_orders', 'raw_scans', 'raw_stock'] as const;

/** Copies what the ledgers hold until there are so many times as many dealers and days. */
export async function copyBase(
  sql: SqlClient,
  spans: Spans,
  scale: Scale,
  onCopy: (done: number, of: number) => void,
): Promise<void> {
  const of = scale.dealers * scale.days;
  for (let copy = 1; copy < of; copy += 1) {
    const group = Math.floor(copy / scale.days);
    const params = {
      copy,
      tag: `~${copy}`,
      dealers: group === 0 ? '' : `~${group}`,
      days: (copy % scale.days) * BASE.days,
    };
    await Promise.all(TABLES.map((table) => copyTable(sql, table, spans, copy, params)));
    if (copy % scale.days === 0) await copyTable(sql, 'raw_dealers', spans, copy, params);
    onCopy(copy + 1, of);
  }
}

async function copyTable(
  sql: SqlClient,
  table: string,
  spans: Spans,
  copy: number,
  params: Readonly<Record<string, string | number>>,
): Promise<void> {
  const span = spans.get(table);
  if (span === undefined) throw new Error(`nothing was simulated into ${table}`);
  await sql.command(benchSql(`copy-${table.replace('raw_', '')}.sql`), {
    params: { ...params, span, offset: copy * span },
    // Copies of events that are there once need no look for rows that others replace: half of the work.
    settings: { max_partitions_per_insert_block: '0', max_insert_threads: '1', optimize_on_insert: 0 },
  });
}

export function benchSql(file: string): string {
  return readFileSync(join(import.meta.dirname, file), 'utf8');
}
