import type { SqlClientConfig } from '../../sql/client.ts';
import type { Config } from './config.ts';

/** The variables that say where ClickHouse is, and who asks. */
export const WAREHOUSE = [
  'CLICKHOUSE_URL',
  'CLICKHOUSE_USER',
  'CLICKHOUSE_PASSWORD',
  'CLICKHOUSE_DATABASE',
] as const;

/** How a `SqlClient` reaches the ClickHouse that the configuration names. */
export function warehouseOf(
  config: Config<(typeof WAREHOUSE)[number]>,
): Required<Pick<SqlClientConfig, 'url' | 'user' | 'password' | 'database'>> {
  return {
    url: config.CLICKHOUSE_URL,
    user: config.CLICKHOUSE_USER,
    password: config.CLICKHOUSE_PASSWORD,
    database: config.CLICKHOUSE_DATABASE,
  };
}
