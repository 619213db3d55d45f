import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlClient } from '../../sql/client.ts';

/** An alert of the plain rule. */
export interface PlainCase {
  readonly origin_dealer_id: string;
  readonly found: string;
  readonly sku_id: string;
  readonly lot: string;
  readonly codes: readonly string[];
}

/** The peer: "a scan outside its province raises an alert", on the same ledgers. */
export function plainRule(sql: SqlClient): Promise<PlainCase[]> {
  return sql.query<PlainCase>(readFileSync(join(import.meta.dirname, 'plain-rule.sql'), 'utf8'));
}
