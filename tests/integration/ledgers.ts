import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { EVENT_TYPES, type EventTypeName } from '../../models/contract/registry.ts';
import { SqlClient } from '../../sql/client.ts';
import { migrate } from '../../sql/migrate.ts';
import { REFERENCE_DICTIONARIES } from '../../sql/schema-objects.ts';
import type { LabStack } from '../../stack/lab/lab.ts';

export type Event = Record<string, unknown>;

/** A migrated database whose ledgers are empty before each test, written as the sink writes them. */
export interface Ledgers {
  readonly sql: SqlClient;
  /** Writes deliveries: the event's JSON with its place in Kafka. Returns the first offset. */
  readonly deliver: (name: EventTypeName, ...events: Event[]) => Promise<number>;
  readonly reloadReference: () => Promise<void>;
}

/** Sets a database of its own up for the file that calls it, and takes it down at its end. */
export function useLedgers(stack: LabStack): Ledgers {
  const config = {
    url: stack.clickhouse_url,
    ...stack.admin,
    database: `t_core_${randomBytes(4).toString('hex')}`,
  };
  const sql = new SqlClient(config);
  let next_offset = 0;

  beforeAll(async () => {
    await migrate({ config, cluster: null, time_zone: 'Asia/Shanghai', reporting_currency: 'CNY' });
  });
  beforeEach(async () => {
    for (const type of EVENT_TYPES) {
      await sql.command(`TRUNCATE TABLE ${type.raw_table}`);
      await sql.command(`TRUNCATE TABLE ${type.raw_table}_by_key`);
    }
    await sql.command('TRUNCATE TABLE raw_event_conflicts');
  });
  afterAll(async () => {
    await sql.command(`DROP DATABASE IF EXISTS ${config.database} SYNC`);
    await sql.close();
  });

  return {
    sql,
    async deliver(name, ...events) {
      const type = EVENT_TYPES.find((one) => one.type === name);
      if (type === undefined) throw new Error(name);
      const first = next_offset;
      const lines = events.map((event) =>
        JSON.stringify({
          ...event,
          _topic: type.topic,
          _partition: 0,
          _offset: next_offset++,
          _ingested_at: '2026-11-24T00:00:00.000Z',
        }),
      );
      await sql.insertLines({ table: type.raw_table, lines: Buffer.from(lines.join('\n')) });
      return first;
    },
    async reloadReference() {
      for (const dictionary of REFERENCE_DICTIONARIES) {
        await sql.command(`SYSTEM RELOAD DICTIONARY ${dictionary}`);
      }
    },
  };
}

export const order = (event_id: string, more: Event = {}): Event => ({
  event_id,
  source: 'erp',
  event_time: '2026-03-15T08:00:00.000Z',
  dealer_id: 'd1',
  order_id: 'o1',
  line_no: 1,
  sku_id: 'k1',
  stage: 'placed',
  qty: 2,
  unit_price: '10.5',
  currency: 'CNY',
  channel: 'portal',
  ...more,
});
export const version = (event_id: string, valid_from: string, more: Event): Event => ({
  event_id,
  source: 'mdm',
  event_time: '2026-01-01T00:00:00Z',
  valid_from,
  ...more,
});
export const dealer = (event_id: string, valid_from: string, more: Event = {}): Event =>
  version(event_id, valid_from, {
    dealer_id: 'd1',
    name: event_id,
    tier: 2,
    territory_id: 't1',
    status: 'active',
    ...more,
  });

export const scan = (event_id: string, more: Event = {}): Event => ({
  event_id,
  source: 'app',
  event_time: '2026-03-15T08:00:00.000Z',
  dealer_id: 'd1',
  code: event_id,
  level: 'unit',
  biz_step: 'receiving',
  sku_id: 'k1',
  ...more,
});
