import { Compile, type Validator } from 'typebox/compile';
import { LIVE_ROWS, LIVE_TOPICS, type LiveTopic } from '../../../models/contract/live.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { LiveLimits } from './limits.ts';
import type { LiveMetrics } from './metrics.ts';
import { LiveState } from './state.ts';
import type { Logger } from '../../../ingest/program/program.ts';

/** A row of `sql/queries/live/<topic>.sql`; `row` is the live row as JSON text. */
interface SeedRow {
  readonly key: string;
  readonly row: string;
  /** Event time up to which the topic holds, the same on every row; absent where the topic has none. */
  readonly as_of?: string | null;
}

/** What the queries need besides the tables. */
export interface SeedParams {
  readonly time_zone: string;
  readonly reporting_currency: string;
}

const checks = Object.fromEntries(LIVE_TOPICS.map((topic) => [topic, Compile(LIVE_ROWS[topic])])) as Readonly<
  Record<LiveTopic, Validator>
>;

/** What is wrong with a row of the topic, in words; undefined when it is one. */
export function rowViolation(topic: LiveTopic, row: unknown): string | undefined {
  const check = checks[topic];
  if (check.Check(row)) return undefined;
  const [first] = check.Errors(row);
  return first ? `${first.instancePath} ${first.message}` : 'not a row of its topic';
}

/**
 * A new epoch of the live state, read from the marts. A row that is not of its topic is left out, counted and logged:
 * it must not take the board away.
 * @throws SqlError when a query fails
 */
export async function seedState(options: {
  readonly sql: SqlClient;
  readonly epoch: string;
  readonly limits: LiveLimits;
  readonly params: SeedParams;
  readonly metrics: LiveMetrics;
  readonly log: Logger;
}): Promise<LiveState> {
  const state = new LiveState(options.epoch, options.limits);
  for (const topic of LIVE_TOPICS) {
    const seeds = await options.sql.queryFile<SeedRow>(`queries/live/${topic}.sql`, {
      params: { ...options.params },
    });
    const rows: [string, unknown][] = [];
    for (const seed of seeds) {
      const row: unknown = JSON.parse(seed.row);
      const violation = rowViolation(topic, row);
      if (violation === undefined) {
        rows.push([seed.key, row]);
      } else {
        options.metrics.refusedResults.inc();
        options.log.error({ topic, key: seed.key, violation }, 'a seeded row is not of its topic');
      }
    }
    state.seed(topic, rows, seeds[0]?.as_of ?? null);
  }
  return state;
}
